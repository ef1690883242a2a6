//! What a call gives to a thing, and what an answer shows of one.

use std::borrow::Cow;

use super::Seen;
use crate::case::Body;
use crate::value::{Pointer, Value, read};

/// Members that hold what an answer is about.
const ENVELOPES: [&str; 3] = ["data", "result", "item"];

/// So many members of a body are looked at, and so deep.
const MOST: usize = 64;
const DEEPEST: usize = 8;

/// The object that a call gave, as it went out; `None` where it gave none that can be read.
pub(super) fn written<'a>(seen: &Seen<'a>) -> Option<Cow<'a, Value>> {
    let written = match seen.call.body.as_ref()? {
        // What went out has no symbols left.
        Body::Json(value) | Body::Proto(value) => {
            read::json(&seen.exchange.sent.body).map_or(Cow::Borrowed(value), Cow::Owned)
        }
        Body::Form(value) => Cow::Borrowed(value),
        _ => return None,
    };
    written.as_object().is_some().then_some(written)
}

/// The part of the call that [`written`] is: the first token of its places.
pub(super) fn part(seen: &Seen<'_>) -> &'static str {
    seen.call.body.as_ref().map_or("json", Body::part)
}

/// The places of an object that hold no object with members, and what stands there. Lists count as a
/// whole; what only an execution knows is left out.
pub(super) fn members(object: &Value) -> Vec<(Pointer, &Value)> {
    fn walk<'v>(value: &'v Value, at: &mut Pointer, all: &mut Vec<(Pointer, &'v Value)>) {
        if all.len() >= MOST {
            return;
        }
        match value.as_object().filter(|object| !object.is_empty()) {
            Some(object) if at.tokens().len() < DEEPEST => {
                for (key, value) in object {
                    at.push(key.clone());
                    walk(value, at, all);
                    at.pop();
                }
            }
            _ if value.is_concrete() => all.push((at.clone(), value)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    walk(object, &mut Pointer::root(), &mut all);
    all
}

/// What an answer shows at a place of a thing, itself or in an envelope.
pub(super) fn shown<'b>(body: &'b Value, at: &Pointer) -> Option<&'b Value> {
    at.find(body).or_else(|| {
        let object = body.as_object()?;
        let only = object.iter().next().filter(|_| object.len() == 1).map(|(_, only)| only);
        let named = ENVELOPES.iter().find_map(|name| object.get(name));
        at.find(named.or(only)?)
    })
}

/// Whether two looks show the same at a place, or nothing.
pub(super) fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same(other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Said, json, seen_with};
    use super::*;

    #[test]
    fn members_are_those_that_hold_no_others() {
        let body = json(r#"{"a":{"b":1,"c":[1,{"d":2}]},"e":{},"f":null}"#);
        let all: Vec<_> =
            members(&body).iter().map(|(at, value)| format!("{at} {value}")).collect();
        assert_eq!(all, ["/a/b 1", r#"/a/c [1,{"d":2}]"#, "/e {}", "/f null"]);
    }

    #[test]
    fn what_went_out_counts() {
        let said = Said::answer("POST /a", 201).sending_json(r#"{"a":1}"#);
        seen_with(said.clone().sending_body(br#"{"a":2}"#), |seen| {
            assert_eq!(written(seen).unwrap().to_string(), r#"{"a":2}"#);
        });
        seen_with(said.sending_body(b"{"), |seen| {
            assert_eq!(written(seen).unwrap().to_string(), r#"{"a":1}"#);
        });
        seen_with(Said::answer("POST /a", 201).sending_json("[1]"), |seen| {
            assert!(written(seen).is_none());
        });
    }

    #[test]
    fn envelopes_are_opened() {
        let at = Pointer::parse("/a").unwrap();
        for body in [r#"{"a":1}"#, r#"{"data":{"a":1},"links":{}}"#, r#"{"user":{"a":1}}"#] {
            assert_eq!(shown(&json(body), &at), Some(&Value::int(1)), "{body}");
        }
        assert_eq!(shown(&json(r#"{"owner":{"a":1},"id":1}"#), &at), None);
    }
}
