//! `nullable` (OpenAPI 3.0) and `x-nullable`: from a flag to a type.
//!
//! OpenAPI 3.0.3 gives `nullable` no effect without `type`, nor where `enum` lacks `null`. Documents
//! mean it all the same, and so does this.

use crate::value::{Object, Value};

/// Keywords beside which adding a type would not be enough to let `null` pass.
const BINDING: [&str; 8] = ["$ref", "allOf", "anyOf", "oneOf", "not", "if", "const", "enum"];

/// What does not bind, and so stays outside.
const ANNOTATIONS: [&str; 7] =
    ["default", "examples", "readOnly", "writeOnly", "xml", "x-read-only", "x-write-only"];

/// Whether a schema is marked as one that takes `null`.
pub(super) fn is_nullable(source: &Object) -> bool {
    ["nullable", "x-nullable"]
        .iter()
        .any(|flag| source.get(flag).and_then(Value::as_bool) == Some(true))
}

/// Lets `null` pass a rewritten schema.
pub(super) fn allow_null(mut schema: Object) -> Object {
    let binding: Vec<&str> =
        BINDING.into_iter().filter(|keyword| schema.contains(keyword)).collect();
    match *binding {
        [] | ["enum"] => {
            match schema.get_mut("type") {
                Some(Value::Array(types)) => push_new(types, Value::text("null")),
                Some(single) => {
                    let only = std::mem::replace(single, Value::Null);
                    let mut types = vec![only];
                    push_new(&mut types, Value::text("null"));
                    *single = Value::Array(types);
                }
                None => {}
            }
            if let Some(Value::Array(values)) = schema.get_mut("enum") {
                push_new(values, Value::Null);
            }
            schema
        }
        _ => {
            let mut outer = Object::new();
            for keyword in ANNOTATIONS {
                if let Some(value) = schema.remove(keyword) {
                    outer.push(keyword, value);
                }
            }
            let null = Value::object([("type", Value::text("null"))]);
            outer.push("anyOf", Value::Array(vec![Value::Object(schema), null]));
            outer
        }
    }
}

fn push_new(values: &mut Vec<Value>, value: Value) {
    if !values.contains(&value) {
        values.push(value);
    }
}
