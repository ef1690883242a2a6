//! Whether an answer serves a thing, or tells that it is gone.

use crate::case::Exchange;
use crate::value::{Value, read};

/// Words by which an answer says that what it shows is gone.
const GONE: [&str; 13] = [
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
    "deletiontimestamp",
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
                || matches!(&*key, "state" | "status" | "lifecycle" | "metadata" | "meta")
                    && value.as_object().is_some_and(|inner| !inner.is_empty())
                    && says_gone(value)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_may_say_in_many_ways_that_a_thing_is_gone() {
        let says = |body: &str| says_gone(&read::json(body.as_bytes()).unwrap());
        for body in [
            r#"{"id":1,"state":"deleted"}"#,
            r#"{"id":1,"deleted_at":"2025-01-01T00:00:00Z"}"#,
            r#"{"id":1,"status":{"state":"expired"}}"#,
            r#"{"metadata":{"name":"a","deletionTimestamp":"2025-01-01T00:00:00Z"}}"#,
            r#"{"data":{"id":1,"status":"Archived"}}"#,
            "null",
            "{}",
        ] {
            assert!(says(body), "{body}");
        }
        for body in [
            r#"{"id":1,"deleted_at":null}"#,
            r#"{"id":1,"deleted":false}"#,
            r#"{"id":1,"status":{"state":"active"}}"#,
            r#"{"id":1,"status":{}}"#,
            r#"{"id":1,"name":"deleted"}"#,
            r#"{"metadata":{"name":"a"}}"#,
        ] {
            assert!(!says(body), "{body}");
        }
    }
}
