//! Two calls of one operation that say different things: what one of them sets, the other leaves alone. Where
//! several write at once, one of both is lost if a service stores the whole that it has read before.

use super::catalogue::{given, slots};
use super::confirm;
use super::planned::{Slot, set};
use super::value::{Place, draw};
use crate::case::Call;
use crate::choice::{Rng, Source};
use crate::spec::Operation;
use crate::value::{Object, Text, Value};

/// So many values are drawn to find out what members there may be.
const DRAWN: u64 = 4;

/// The call with one member of its body and without another one, and the other way round, as few as may be in each;
/// `None` where there are no two.
pub(super) fn contrast(operation: &Operation, base: &Call) -> Option<[Call; 2]> {
    let bodies = slots(operation).into_iter().filter(|(slot, _)| matches!(slot, Slot::Body(_)));
    for (slot, place) in bodies {
        let Some(Value::Object(own)) = given(operation, base, slot) else { continue };
        let with = |members: &Object| {
            let mut call = base.clone();
            set(operation, &mut call, slot, Some(Value::Object(members.clone())))?;
            confirm::lawful(operation, call, base.label)
        };
        let full = Place { fullness: 1.0, ..place };
        let drawn = (0..DRAWN).filter_map(|seed| {
            let drawn = Source::random(Rng::new(seed)).run(|source| draw(full, source));
            drawn.ok().map(|(value, _)| value)
        });
        let mut told: Vec<(Text, Object, Call)> = Vec::new();
        for value in std::iter::once(Value::Object(own.clone())).chain(drawn) {
            let Value::Object(value) = value else { continue };
            for (name, value) in &value {
                if holds(&own, name) && told.iter().any(|(known, ..)| known == name) {
                    continue;
                }
                let mut members = own.clone();
                members.set(name.clone(), value.clone());
                let members = least(members, name, &|members| with(members).is_some());
                let Some(call) = with(&members) else { continue };
                let apart = |(other, others, _): &&(Text, Object, Call)| {
                    !holds(&members, other) && !holds(others, name)
                };
                if let Some((_, _, first)) = told.iter().find(apart) {
                    return Some([first.clone(), call]);
                }
                told.push((name.clone(), members, call));
            }
        }
    }
    None
}

fn holds(object: &Object, name: &Text) -> bool {
    object.keys().any(|own| own == name)
}

/// The members that a body cannot do without that holds one of them.
fn least(members: Object, kept: &Text, is_lawful: &dyn Fn(&Object) -> bool) -> Object {
    let names: Vec<Text> = members.iter().map(|(name, _)| name.clone()).collect();
    names.into_iter().filter(|name| name != kept).fold(members, |members, name| {
        let others = members.iter().filter(|(other, _)| *other != name);
        let less: Object = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        if is_lawful(&less) { less } else { members }
    })
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::baseline;
    use super::*;
    use crate::generate::fixture::taking;

    fn names(schema: &str) -> Option<[Vec<String>; 2]> {
        let operation = taking(schema, "");
        let base = baseline(&operation).unwrap();
        let both = contrast(&operation, &base)?;
        Some(both.map(|call| {
            let Some(Value::Object(body)) = call.body.as_ref().and_then(|body| body.value()) else {
                panic!("no object")
            };
            body.iter().map(|(name, _)| name.to_string()).collect()
        }))
    }

    #[test]
    fn each_sets_what_the_other_leaves_alone() {
        let schema = r#"{"type":"object","required":["id"],"properties":{
            "id":{"type":"string"},"a":{"type":"string","maxLength":9},"b":{"type":"integer"}}}"#;
        let [first, second] = names(schema).unwrap();
        assert_eq!((first.len(), second.len()), (2, 2));
        assert!(first.contains(&"id".to_owned()) && second.contains(&"id".to_owned()));
        assert_ne!(first[1], second[1]);
    }

    #[test]
    fn where_one_has_to_be_there_each_has_its_own() {
        let schema = r#"{"type":"object","minProperties":1,"additionalProperties":false,
            "properties":{"a":{"type":"string"},"b":{"type":"string"}}}"#;
        let [first, second] = names(schema).unwrap();
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_ne!(first, second);
    }

    #[test]
    fn there_are_none_without_two_members_that_may_be_left_out() {
        let schema = r#"{"type":"object","required":["id"],"additionalProperties":false,
            "properties":{"id":{"type":"string"},"a":{"type":"string"}}}"#;
        assert_eq!(names(schema), None);
    }
}
