//! Members that an answer holds although its schema says that they are only written (`writeOnly`:
//! OpenAPI 3.0.3, "Schema Object"; JSON Schema validation 2020-12, section 9.4).

use crate::schema::Schema;
use crate::value::{Pointer, Value};

/// So many references are followed to a place.
const MOST_STEPS: usize = 64;

/// The places of such members in a body that tell something.
pub(super) fn told(schema: &Schema, body: &Value) -> Vec<Pointer> {
    let mut found = Vec::new();
    if schema.writes_only()
        && let Ok(bundle) = schema.bundle()
    {
        walk(bundle, bundle, body, &Pointer::root(), MOST_STEPS, &mut found);
    }
    found
}

/// Looks at a value by a schema, and by all that surely hold with it.
fn walk(
    bundle: &Value,
    schema: &Value,
    value: &Value,
    at: &Pointer,
    steps: usize,
    found: &mut Vec<Pointer>,
) {
    let Some(steps) = steps.checked_sub(1) else { return };
    let list = |key: &str| schema.get(key).and_then(Value::as_array).unwrap_or_default();
    let reference = schema.get("$ref").and_then(Value::as_str);
    let target = reference
        .and_then(|reference| Pointer::parse(reference.strip_prefix('#')?).ok())
        .and_then(|pointer| pointer.find(bundle));
    // Of a choice between `null` and something, what is there is the something.
    let some = list("anyOf").iter().filter(|branch| !is_null(branch));
    let only = some.clone().next().filter(|_| some.count() == 1);
    for same in target.into_iter().chain(list("allOf")).chain(only) {
        walk(bundle, same, value, at, steps, found);
    }
    match value {
        Value::Object(object) => {
            let members = schema.get("properties").and_then(Value::as_object);
            for (name, value) in object {
                let place = at.child(name.clone());
                let written = list("x-write-only").iter().any(|own| own.as_text() == Some(name));
                if written && tells(value) && !found.contains(&place) {
                    found.push(place);
                } else if let Some(own) = name.as_str().and_then(|name| members?.get(name)) {
                    walk(bundle, own, value, &place, steps, found);
                }
            }
        }
        Value::Array(items) => {
            let first = list("prefixItems");
            for (index, item) in items.iter().enumerate() {
                if let Some(own) = first.get(index).or_else(|| schema.get("items")) {
                    walk(bundle, own, item, &at.index(index), steps, found);
                }
            }
        }
        _ => {}
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// Whether a value gives away more than that there is one.
fn tells(value: &Value) -> bool {
    let masked = |text: &str| {
        let words = ["redacted", "hidden", "masked", "filtered"];
        let plain = text.trim_matches(|char: char| !char.is_alphanumeric()).to_ascii_lowercase();
        text.contains("**") || text.contains("••") || words.contains(&&*plain) || plain.is_empty()
    };
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => !masked(&text.lossy()),
        Value::Array(items) => items.iter().any(tells),
        Value::Object(object) => object.iter().any(|(_, value)| tells(value)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::schema::{Dialect, Direction, Documents};
    use crate::value::read;

    const USER: &str = r##"{"allOf":[{"$ref":"#/$defs/Base"}],"properties":{
        "friends":{"type":"array","items":{"$ref":"#/$defs/Base"}},
        "boss":{"anyOf":[{"$ref":"#/$defs/Base"},{"type":"null"}]},
        "either":{"anyOf":[{"$ref":"#/$defs/Base"},{"type":"object"}]}},
        "$defs":{"Base":{"properties":{"name":{"type":"string"},"password":{"type":"string","writeOnly":true}}}}}"##;

    fn found(body: &str) -> Vec<String> {
        let (documents, root) = Documents::single(read::json(USER.as_bytes()).unwrap());
        let documents = Arc::new(documents);
        let schema = Schema::new(documents, root, Dialect::Draft2020, Direction::Response);
        let body = read::json(body.as_bytes()).unwrap();
        told(&schema, &body).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn members_are_found_wherever_the_schema_surely_holds() {
        let base = r#"{"name":"x","password":"hunter2"}"#;
        let body =
            format!(r#"{{"password":"a1","friends":[{{}},{base}],"boss":{base},"either":{base}}}"#);
        assert_eq!(found(&body), ["/password", "/friends/1/password", "/boss/password"]);
    }

    #[test]
    fn what_tells_nothing_is_passed_over() {
        for value in ["null", "\"\"", "\"****\"", "\"**21\"", "\"[FILTERED]\"", "true", "[]"] {
            assert_eq!(found(&format!(r#"{{"password":{value}}}"#)), [""; 0], "{value}");
        }
        assert_eq!(found(r#"{"password":7}"#), ["/password"]);
    }
}
