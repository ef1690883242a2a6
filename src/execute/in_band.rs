//! Errors that stand in the body of an answer whose status is OK.

use crate::value::{Pointer, Value};
use crate::wire::grpc::Code;

/// Names of what is no error.
const FINE: [&str; 4] = ["OK", "NONE", "SUCCESS", "UNSPECIFIED"];

/// What is refused for a reason that has no code in gRPC.
const OTHER: &str = "FAILED_PRECONDITION";

/// The code that an answer holds at a place in its body; `None` where it holds no error.
///
/// A number is read as a code of gRPC or as a status of HTTP, a text as a name of a code, alone or at the end of
/// the name of an enumeration's value (`ERROR_CODE_NOT_FOUND`). Anything else that is not empty is an error of a
/// kind that is not known.
pub(super) fn code(body: &Value, at: &Pointer) -> Option<Code> {
    let other = || Code::named(OTHER);
    match at.find(body)? {
        Value::Null | Value::Bool(false) => None,
        // Numbers of 64 bits are written as texts.
        Value::String(text) if text.as_str().is_some_and(|text| text.parse::<i64>().is_ok()) => {
            numbered(text.as_str()?)
        }
        Value::String(text) => named(text.as_str()?),
        Value::Array(items) => other().filter(|_| !items.is_empty()),
        Value::Object(members) => other().filter(|_| !members.is_empty()),
        Value::Number(number) => numbered(&number.to_string()),
        _ => other(),
    }
}

fn numbered(number: &str) -> Option<Code> {
    let code = number.parse().ok().map(Code).filter(|code| code.name().is_some());
    let code = code.or_else(|| Code::of_http(number)).or_else(|| Code::named(OTHER));
    code.filter(|code| *code != Code::OK)
}

fn named(text: &str) -> Option<Code> {
    let name = text.to_ascii_uppercase();
    let is = |known: &str| name == known || name.ends_with(&format!("_{known}"));
    if name.is_empty() || FINE.into_iter().any(is) {
        return None;
    }
    // The longest that fits: `INTERNAL` is no end of another, `OK` might be.
    let known = (1..=16).map(Code).find(|code| code.name().is_some_and(is));
    known.or_else(|| Code::named(OTHER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    #[test]
    fn an_error_is_read_from_numbers_names_and_whatever_is_there() {
        let at = Pointer::parse("/status/code").unwrap();
        for (body, expected) in [
            ("{}", None),
            (r#"{"status":{"code":0}}"#, None),
            (r#"{"status":{"code":200}}"#, None),
            (r#"{"status":{"code":""}}"#, None),
            (r#"{"status":{"code":"STATUS_UNSPECIFIED"}}"#, None),
            (r#"{"status":{"code":null}}"#, None),
            (r#"{"status":{"code":5}}"#, Some("NOT_FOUND")),
            (r#"{"status":{"code":404}}"#, Some("NOT_FOUND")),
            (r#"{"status":{"code":"ERROR_CODE_INTERNAL"}}"#, Some("INTERNAL")),
            (r#"{"status":{"code":"no such card"}}"#, Some(OTHER)),
            (r#"{"status":{"code":1001}}"#, Some(OTHER)),
            (r#"{"status":{"code":"16"}}"#, Some("UNAUTHENTICATED")),
            (r#"{"status":{"code":"0"}}"#, None),
            (r#"{"status":{"code":{"reason":"full"}}}"#, Some(OTHER)),
        ] {
            let value = read::json(body.as_bytes()).unwrap();
            assert_eq!(code(&value, &at).and_then(Code::name), expected, "{body}");
        }
    }
}
