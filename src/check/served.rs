//! Whether an answer serves a thing, or tells that it is gone.

use crate::case::Exchange;
use crate::value::{Value, read};

/// Words by which an answer says that what it shows is gone.
const GONE: [&str; 12] = [
    "deleted",
    "removed",
    "archived",
    "inactive",
    "disabled",
    "cancelled",
    "canceled",
    "revoked",
    "expired",
    "terminated",
    "closed",
    "deleting",
];

/// Whether an answer serves a thing, and not the news that it is gone.
pub(super) fn is_served(exchange: &Exchange) -> bool {
    let Some(answer) = exchange.answer() else { return false };
    let cached = answer.header("age").is_some_and(|age| age.trim() != "0")
        || answer.header("x-cache").is_some_and(|hit| hit.to_ascii_lowercase().contains("hit"));
    (200..300).contains(&answer.status)
        && answer.status != 202
        && !cached
        && !answer.body.is_empty()
        && !read::json(&answer.body).is_ok_and(|body| says_gone(&body))
}

/// Whether an answer says that what it shows is gone.
pub(super) fn says_gone(body: &Value) -> bool {
    let Some(members) = body.as_object() else {
        return matches!(body, Value::Null) || body.as_array().is_some_and(<[Value]>::is_empty);
    };
    members.is_empty()
        || members.iter().any(|(key, value)| {
            let key = key.lossy().to_ascii_lowercase();
            let named = GONE.iter().any(|word| key.contains(word));
            let told = value.as_str().is_some_and(|text| {
                GONE.iter().any(|word| text.to_ascii_lowercase().contains(word))
            });
            // `deleted_at: null` and `deleted: false` say the opposite.
            named && !matches!(value, Value::Null | Value::Bool(false))
                || told && matches!(&*key, "state" | "status" | "phase" | "lifecycle")
                || matches!(&*key, "data" | "result" | "item") && says_gone(value)
        })
}
