//! What a refusal asks for: a call is given what the service says that it misses.
//!
//! Documents leave out rules that services have. A refusal often says them in words: a member that is
//! needed, the values that are allowed, a name that is wrong. Each reading of it gives a call to try.

use std::collections::HashSet;

use super::facts::facts;
use super::input;
use super::value::Place;
use super::walk::simplest;
use crate::case::{Body, Call, Label};
use crate::generate::confirm;
use crate::schema::shape::{Branch, Member};
use crate::spec::{Location, Operation};
use crate::value::{Text, Value};

/// So many calls are made of one refusal.
const MOST: usize = 12;

/// So many allowed values are tried of those that a refusal lists.
const MOST_ALLOWED: usize = 3;

/// Calls that do what a refusal asks for, the likeliest first; each is one that the contract allows.
pub fn calls(operation: &Operation, refused: &Call, told: &str) -> Vec<Call> {
    let words = words(told);
    let allowed = quoted(told);
    let mut all: Vec<Call> = Vec::new();
    let mut add = |call: Option<Call>| {
        let lawful = call.and_then(|call| confirm::lawful(operation, call, Label::Valid));
        if let Some(call) = lawful.filter(|call| call != refused && !all.contains(call)) {
            all.push(call);
        }
    };
    let missing = |member: &&Member| words.contains(&*member.name.lossy().to_lowercase());
    let members = members(operation, refused);
    let named: Vec<&Member> = members.iter().filter(missing).collect();
    add(with(operation, refused, &named, &[]));
    for allowed in allowed.iter().take(MOST_ALLOWED) {
        add(with(operation, refused, &named, std::slice::from_ref(allowed)));
        add(Some(with_text(operation, refused, &words, allowed)));
    }
    add(with_parameters(operation, refused, &|name| words.contains(&name.to_lowercase())));
    let every: Vec<&Member> = members.iter().filter(|member| !member.read_only).collect();
    add(with(operation, refused, &every, &[]));
    add(with_parameters(operation, refused, &|_| true));
    add(without(refused, &words));
    all.truncate(MOST);
    all
}

/// The words of a text in lower case, names with `_` and `-` as one.
fn words(text: &str) -> HashSet<String> {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let all = text.split(move |c: char| !word(c)).filter(|word| !word.is_empty());
    all.map(str::to_lowercase).collect()
}

/// What stands in quotes in a text: often the values that are allowed.
fn quoted(text: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for mark in ['\'', '"', '`'] {
        let inside = text.split(mark).skip(1).step_by(2);
        for text in inside.filter(|text| !text.is_empty() && text.len() <= 64) {
            if !all.contains(&Value::text(text)) {
                all.push(Value::text(text));
            }
        }
    }
    all
}

/// The place of the body that a call has, or would have.
fn place<'o>(operation: &'o Operation, call: &Call) -> Option<Place<'o>> {
    let own = input::content_of(operation, call);
    let first = || operation.body.as_ref()?.contents.first();
    own.or_else(first).and_then(input::body_place)
}

/// The members that the contract names for the body, those of all its branches.
fn members(operation: &Operation, call: &Call) -> Vec<Member> {
    let Some(place) = place(operation, call) else { return Vec::new() };
    let branches = place.shapes.node(place.node).map_or(&[][..], |node| &node.branches);
    let objects = branches.iter().filter_map(Branch::as_object);
    objects.flat_map(|object| object.members.iter().cloned()).collect()
}

/// The call with members that it does not have, each the simplest, or one of these values where the
/// contract allows it.
fn with(operation: &Operation, call: &Call, wanted: &[&Member], allowed: &[Value]) -> Option<Call> {
    let place = place(operation, call)?;
    let mut call = call.clone();
    if call.body.is_none() {
        let content = operation.body.as_ref()?.contents.first()?;
        call.body = Some(input::body(content.kind, Value::object::<Text>([])));
    }
    let Some(Value::Object(object)) = call.body.as_mut().and_then(Body::value_mut) else {
        return None;
    };
    for member in wanted {
        if object.contains(&member.name.lossy()) {
            continue;
        }
        let at = place.at(member.node);
        let fits = |value: &&Value| {
            at.shapes.node(at.node).is_none_or(|node| at.shapes.confirms(node, value))
        };
        let value = allowed.iter().find(fits).cloned().or_else(|| simplest(at))?;
        object.push(member.name.clone(), value);
    }
    call.render = facts(operation, &call);
    Some(call)
}

/// The call with a text in the place of those that a refusal names.
fn with_text(operation: &Operation, call: &Call, words: &HashSet<String>, text: &Value) -> Call {
    let mut call = call.clone();
    let named = |name: &str| words.contains(&name.to_lowercase());
    for location in [Location::Query, Location::Header] {
        for (name, value) in input::list(&mut call, location) {
            if named(name) && value.as_text().is_some() {
                *value = text.clone();
            }
        }
    }
    if let Some(Value::Object(object)) = call.body.as_mut().and_then(Body::value_mut) {
        for (name, value) in object.iter_mut() {
            if named(&name.lossy()) && value.as_text().is_some() {
                *value = text.clone();
            }
        }
    }
    call.render = facts(operation, &call);
    call
}

/// The call with the parameters that are wanted and that it does not have.
fn with_parameters(
    operation: &Operation,
    call: &Call,
    wanted: &dyn Fn(&str) -> bool,
) -> Option<Call> {
    let mut call = call.clone();
    for parameter in input::parameters(operation) {
        if parameter.required
            || !wanted(&parameter.name)
            || input::given(&call, parameter).is_some()
        {
            continue;
        }
        let example = parameter.examples.iter().find(|value| parameter.schema.accepts(value));
        let value = example.cloned().or_else(|| simplest(input::parameter_place(parameter)))?;
        input::list(&mut call, parameter.location).push((parameter.name.clone(), value));
    }
    call.render = facts(operation, &call);
    Some(call)
}

/// The call without the optional members that a refusal names.
fn without(call: &Call, words: &HashSet<String>) -> Option<Call> {
    let mut call = call.clone();
    let Some(Value::Object(object)) = call.body.as_mut().and_then(Body::value_mut) else {
        return None;
    };
    let named: Vec<String> = object
        .keys()
        .map(|name| name.lossy().into_owned())
        .filter(|name| words.contains(&name.to_lowercase()))
        .collect();
    for name in named {
        object.remove(&name);
    }
    Some(call)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::catalogue;
    use crate::generate::fixture::taking;

    const BODY: &str = r#"{"type":"object","required":["name"],"properties":{
        "name":{"type":"string"},"kind":{"type":"string"},"size":{"type":"integer","minimum":3},
        "parent_id":{"type":"string","minLength":2}}}"#;

    fn repaired(refused: &str, told: &str) -> Vec<String> {
        let operation = taking(BODY, "");
        let mut call = catalogue::baseline(&operation).unwrap();
        call.body = Some(Body::Json(crate::generate::fixture::json(refused)));
        let body = |call: &Call| call.body.as_ref().and_then(Body::value).unwrap().to_string();
        calls(&operation, &call, told).iter().map(body).collect()
    }

    #[test]
    fn a_member_that_is_missed_is_added() {
        let told = r#"[{"loc":["body","parent_id"],"msg":"field required"}]"#;
        assert_eq!(repaired(r#"{"name":"a"}"#, told)[0], r#"{"name":"a","parent_id":"00"}"#);
    }

    #[test]
    fn allowed_values_are_tried() {
        let tried = repaired(r#"{"name":"a"}"#, "kind must be one of 'small', 'large'");
        assert!(tried.contains(&r#"{"name":"a","kind":"small"}"#.to_owned()), "{tried:?}");
        let tried = repaired(r#"{"name":"a","kind":"x"}"#, r#"invalid kind: allowed "small""#);
        assert!(tried.contains(&r#"{"name":"a","kind":"small"}"#.to_owned()), "{tried:?}");
    }

    #[test]
    fn what_is_not_wanted_is_left_out_and_everything_is_tried() {
        let tried = repaired(r#"{"name":"a","size":3}"#, "size is not supported here");
        assert!(tried.contains(&r#"{"name":"a"}"#.to_owned()), "{tried:?}");
        assert!(tried.iter().any(|body| body.contains("kind") && body.contains("parent_id")));
    }
}
