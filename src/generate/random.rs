//! Random calls: those a contract allows, and those that break one rule of it.

use std::sync::Arc;

use super::edit::{Edit, Leaf, Site};
use super::planned::{Planned, Slot};
use super::value::Place;
use super::walk::Spot;
use super::{catalogue, confirm, deviation, input};
use crate::case::{Call, Label};
use crate::choice::{Draw, Overrun, Rng, Source};
use crate::schema::shape::Constants;
use crate::spec::Operation;
use crate::value::{Pointer, Value};

/// So many broken values are worked out for one that breaks just what it says.
const ATTEMPTS: usize = 60;

/// A random call that the contract allows, confirmed: unspecified where a value cannot be read back
/// from the wire, else valid.
///
/// # Errors
/// A required part of the input can have no value, or what was drawn is not allowed after all.
pub fn random(operation: &Operation, rng: Rng) -> Draw<Call> {
    random_hearing(operation, &[], rng)
}

/// The same, where a free value is now and then a constant that was heard.
///
/// # Errors
/// As for [`random`].
pub fn random_hearing(operation: &Operation, heard: &[&Constants], rng: Rng) -> Draw<Call> {
    let drawn =
        Source::random(rng).run(|source| input::draw_hearing(operation, "s1", heard, source));
    confirm::lawful(operation, drawn?.0, Label::Valid).ok_or(Overrun)
}

/// A random call that breaks one rule: a random valid one, broken at one of its places; where nothing
/// is valid, any values at all. `None` where none was found.
pub fn random_invalid(operation: &Operation, mut rng: Rng) -> Option<Call> {
    let drawn = (0..4).find_map(|_| random(operation, Rng::new(rng.next_u64())).ok());
    let Some(base) = drawn else {
        let drawn = Source::random(rng).run(|source| input::draw_any(operation, "s1", source));
        return confirm::named(operation, drawn.ok()?.0);
    };
    let base = Arc::new(base);
    let mut given: Vec<(Slot, Place<'_>, Value)> = Vec::new();
    for (slot, place) in catalogue::slots(operation) {
        given.extend(catalogue::given(operation, &base, slot).map(|value| (slot, place, value)));
    }
    for _ in 0..ATTEMPTS {
        let (slot, place, root) = rng.pick(&given)?;
        let spot = somewhere(*place, root, &mut rng);
        let mut broken: Vec<(Option<&'static str>, &'static str, Leaf)> = Vec::new();
        let family = rng.pick(&deviation::FAMILIES)?;
        family.breaks_at(&spot, &mut |rule, class, leaf| broken.push((rule, class, leaf)));
        let index = rng.index(broken.len());
        let Some((rule, class, leaf)) = (index < broken.len()).then(|| broken.swap_remove(index))
        else {
            continue;
        };
        let edit = Edit { class, site: Arc::clone(&spot.site), leaf };
        let call = Planned::breaking(&base, *slot, rule, edit).call(operation);
        if call.is_some() {
            return call;
        }
    }
    None
}

/// A random place of a value, by a walk that may end anywhere.
fn somewhere<'s>(mut place: Place<'s>, root: &Value, rng: &mut Rng) -> Spot<'s> {
    let mut pointer = Pointer::root();
    let mut current = root;
    let (mut optional, mut required) = (false, false);
    while rng.chance(0.8) {
        match current {
            Value::Object(object) => {
                let members: Vec<_> = object.iter().collect();
                let Some((name, value)) = rng.pick(&members) else { break };
                let Some(below) = place.member(name) else { break };
                required = place.shapes.node_or_any(place.node).branches.iter().any(|branch| {
                    let object = branch.as_object();
                    object.is_some_and(|o| o.members.iter().any(|m| m.required && m.name == *name))
                });
                optional = !required;
                pointer.push(name.clone());
                (place, current) = (below, value);
            }
            Value::Array(items) if !items.is_empty() => {
                let index = rng.index(items.len());
                let Some(below) = place.element(index) else { break };
                (optional, required) = (false, false);
                pointer.push(index.to_string());
                (place, current) = (below, &items[index]);
            }
            _ => break,
        }
    }
    let node = place.shapes.node_or_any(place.node);
    let site = Arc::new(Site { pointer, root: root.clone() });
    Spot { place, node, site, optional, required }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::case::{Body, Label};
    use crate::generate::fixture::taking;

    const FIELDS: &str = r#"{"type":"object","required":["id"],"properties":{
        "id":{"type":"integer","format":"int32"},
        "kind":{"enum":["gift","sale"]},
        "limit":{"type":"integer","minimum":1,"maximum":4711},
        "count":{"type":"integer"},
        "note":{"type":"string"},
        "tags":{"type":"array","items":{"type":"integer"}},
        "a":{"type":"boolean"},"b":{"type":"boolean"},"c":{"type":"boolean"},"d":{"type":"boolean"},
        "e":{"type":"boolean"}}}"#;

    fn drawn(count: u64) -> Vec<Value> {
        let operation = taking(FIELDS, "");
        let calls = (0..count).filter_map(|seed| random(&operation, Rng::new(seed)).ok());
        let body = |call: Call| match call.body {
            Some(Body::Json(value)) => Some(value),
            _ => None,
        };
        calls.filter_map(body).collect()
    }

    #[test]
    fn some_calls_are_sparse_and_some_are_full() {
        let sizes: Vec<usize> =
            drawn(300).iter().filter_map(|value| Some(value.as_object()?.len())).collect();
        let share =
            |wanted: &dyn Fn(usize) -> bool| sizes.iter().filter(|size| wanted(**size)).count();
        assert!(share(&|size| size == 1) > 15, "{sizes:?}");
        assert!(share(&|size| size >= 10) > 15, "{sizes:?}");
        assert!(share(&|size| (3..9).contains(&size)) > 90, "{sizes:?}");
    }

    #[test]
    fn constants_of_the_document_turn_up_in_free_values() {
        let values = drawn(1500);
        let of = |name: &str| -> HashSet<String> {
            values.iter().filter_map(|value| value.get(name)).map(Value::to_string).collect()
        };
        let (notes, counts) = (of("note"), of("count"));
        assert!(notes.contains(r#""gift""#) && notes.contains(r#""sale""#));
        assert!(counts.contains("4711") && counts.contains("4712") && counts.contains("4710"));
    }

    #[test]
    fn equal_elements_turn_up_in_lists() {
        let values = drawn(300);
        let lists = values.iter().filter_map(|value| value.get("tags")?.as_array());
        let twins = lists.filter(|list| {
            let distinct: HashSet<&Value> =
                list.iter().filter(|v| v.to_string().len() > 2).collect();
            list.iter().filter(|v| v.to_string().len() > 2).count() > distinct.len()
        });
        assert!(twins.count() > 20);
    }

    #[test]
    fn numbers_keep_to_the_range_of_their_format() {
        for value in drawn(300) {
            let id = value.get("id").and_then(Value::as_i64).unwrap();
            assert!(i32::try_from(id).is_ok(), "{id}");
        }
    }

    #[test]
    fn random_broken_calls_break_many_rules() {
        let operation = taking(FIELDS, "");
        let mut rules = HashSet::new();
        for seed in 0..200 {
            let Some(call) = random_invalid(&operation, Rng::new(seed)) else { continue };
            assert!(call.label == Label::Invalid && confirm::confirms(&operation, &call));
            rules.extend(call.deviations.iter().map(|deviation| deviation.rule.to_string()));
        }
        for rule in ["type", "enum", "minimum", "maximum", "required"] {
            assert!(rules.contains(rule), "{rule}: {rules:?}");
        }
    }
}
