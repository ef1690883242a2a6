//! Answers that say in their body that the call failed, whatever their status says.

use crate::value::Value;

/// Whether a 2xx answer says in its body that the call failed.
pub(super) fn is_refusal(answer: Option<&Value>) -> bool {
    let Some(object) = answer.and_then(Value::as_object) else { return false };
    let is_empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Number(number) => number.as_i128() == Some(0),
        Value::Bool(true) | Value::Bytes(_) | Value::Symbol(_) => false,
    };
    object.iter().any(|(key, value)| match key.as_str() {
        Some("error" | "errors" | "validationErrors" | "validation_errors" | "failure") => {
            !is_empty(value)
        }
        Some("success" | "ok" | "valid" | "accepted") => value.as_bool() == Some(false),
        Some("status" | "result" | "state") => value.as_str().is_some_and(|text| {
            let text = text.to_ascii_lowercase();
            matches!(&*text, "error" | "fail" | "failed" | "failure" | "invalid" | "rejected")
        }),
        _ => false,
    })
}
