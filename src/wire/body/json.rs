//! JSON bodies (RFC 8259), by our own writer, so that nothing is lost.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::value::{Value, write};

/// The octets that most bodies find room in.
const USUAL: usize = 512;

/// The JSON text of a concrete value, without spaces; octets are base64 text.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = String::with_capacity(USUAL);
    if has_bytes(value) {
        write::append(&mut out, &spelled(value));
    } else {
        write::append(&mut out, value);
    }
    out.into_bytes()
}

fn has_bytes(value: &Value) -> bool {
    match value {
        Value::Bytes(_) => true,
        Value::Array(items) => items.iter().any(has_bytes),
        Value::Object(object) => object.iter().any(|(_, value)| has_bytes(value)),
        _ => false,
    }
}

fn spelled(value: &Value) -> Value {
    match value {
        Value::Bytes(octets) => Value::text(BASE64.encode(octets)),
        Value::Array(items) => Value::Array(items.iter().map(spelled).collect()),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), spelled(value))).collect())
        }
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_base64_and_surrogates_are_escapes() {
        let lone = crate::value::Text::from_code_points([0xD800]);
        let value = Value::object([("a", Value::Bytes(vec![0, 255])), ("b", Value::String(lone))]);
        assert_eq!(encode(&value), br#"{"a":"AP8=","b":"\ud800"}"#);
    }
}
