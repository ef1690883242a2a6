//! Messages whose JSON mapping is one of their own (<https://protobuf.dev/programming-guides/json/>).

use prost_reflect::MessageDescriptor;

use crate::schema::Direction;
use crate::value::{Value, read};

/// The schema of a message that goes this way, where it has a mapping of its own.
pub(super) fn schema(message: &MessageDescriptor, direction: Direction) -> Option<Value> {
    let name = message.full_name().strip_prefix("google.protobuf.")?;
    let text = match name {
        // From 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z, in nine digits at most.
        "Timestamp" => {
            r#"{"type":"string","format":"date-time",
                "pattern":"^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\\.[0-9]{1,9})?Z$"}"#
        }
        // At most 315,576,000,000 seconds either way.
        "Duration" => {
            r#"{"type":"string","pattern":"^-?(0|[1-9][0-9]{0,10}|[12][0-9]{11}|315576000000)(\\.[0-9]{1,9})?s$"}"#
        }
        "FieldMask" => {
            r#"{"type":"string",
                "pattern":"^([a-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*)*(,[a-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*)*)*)?$"}"#
        }
        "Empty" => r#"{"type":"object","additionalProperties":false}"#,
        "Struct" => {
            r##"{"type":"object","additionalProperties":{"$ref":"#/$defs/google.protobuf.Value"}}"##
        }
        "ListValue" => r##"{"type":"array","items":{"$ref":"#/$defs/google.protobuf.Value"}}"##,
        "Value" => {
            r##"{"anyOf":[{"type":"null"},{"type":"boolean"},{"type":"string"},
                 {"type":"number","minimum":-1.7976931348623157e308,"maximum":1.7976931348623157e308},
                 {"$ref":"#/$defs/google.protobuf.Struct"},{"$ref":"#/$defs/google.protobuf.ListValue"}]}"##
        }
        "Any" => return Some(any(message, direction)),
        _ => return None,
    };
    let mut schema = read::json(text.as_bytes()).ok()?;
    if let Value::Object(members) = &mut schema
        && direction == Direction::Response
        && matches!(name, "Timestamp" | "Duration")
    {
        // One that JSON cannot write comes as its fields: who was sent it may give it back.
        members.set("type", Value::Array(["string", "object"].map(Value::text).to_vec()));
    }
    Some(schema)
}

/// What may be in an `Any`: a service may answer whatever it likes, and of what it may be sent, what everyone knows
/// is tried.
fn any(message: &MessageDescriptor, direction: Direction) -> Value {
    let object = |members: Vec<(&str, Value)>| {
        Value::object([("type", Value::text("object"))].into_iter().chain(members))
    };
    if direction == Direction::Response {
        return object(Vec::new());
    }
    let closed = || ("additionalProperties", Value::Bool(false));
    let known = needs(message.full_name()).iter();
    let known = known.filter(|name| message.parent_pool().get_message_by_name(name).is_some());
    let known = known.map(|name| {
        // Who names the kind, before its last slash, is nobody's rule (`google/protobuf/any.proto`).
        let pattern = format!("^[\\s\\S]*/{}$", name.replace('.', "\\."));
        let usual = Value::text(format!("type.googleapis.com/{name}"));
        let kind = Value::object([
            ("type", Value::text("string")),
            ("pattern", Value::text(pattern)),
            ("examples", Value::Array(vec![usual])),
        ]);
        let value = Value::object([("$ref", Value::text(format!("#/$defs/{name}")))]);
        let required = ["@type", "value"].map(Value::text).to_vec();
        object(vec![
            ("required", Value::Array(required)),
            closed(),
            ("properties", Value::object([("@type", kind), ("value", value)])),
        ])
    });
    let nothing = object(vec![closed()]);
    Value::object([("anyOf", Value::Array([nothing].into_iter().chain(known).collect()))])
}

/// The messages that the schema of one refers to, by their full names.
pub(super) fn needs(name: &str) -> &'static [&'static str] {
    match name {
        "google.protobuf.Struct" | "google.protobuf.ListValue" => &["google.protobuf.Value"],
        "google.protobuf.Value" => &["google.protobuf.Struct", "google.protobuf.ListValue"],
        "google.protobuf.Any" => &["google.protobuf.Duration", "google.protobuf.Empty"],
        _ => &[],
    }
}

/// Whether a message stands for the one scalar in it (`google.protobuf.StringValue`, …).
pub(super) fn is_wrapper(name: &str) -> bool {
    name.strip_prefix("google.protobuf.").is_some_and(|name| {
        let wrapped =
            ["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"];
        name.strip_suffix("Value").is_some_and(|kind| wrapped.contains(&kind))
    })
}
