//! What an answer says to a person.

use crate::case::Answer;
use crate::value::Value;

/// Longest message, in characters.
pub const MAX_LENGTH: usize = 200;

/// Keys that hold a message, the most telling first.
const KEYS: [&str; 14] = [
    "message",
    "detail",
    "error_description",
    "error",
    "errors",
    "exception",
    "reason",
    "description",
    "msg",
    "title",
    "exception_message",
    "details",
    "error_message",
    "fault",
];

/// The message in an answer: of a JSON error object, the title of a page, or the first line of a text.
/// `json` is the body where it is JSON. At most [`MAX_LENGTH`] characters.
pub fn message(answer: &Answer, json: Option<&Value>) -> Option<String> {
    let found = if let Some(value) = json {
        in_json(value, 4)?.to_owned()
    } else {
        let head = answer.body.get(..answer.body.len().min(16 << 10))?;
        let text = String::from_utf8_lossy(head);
        if text.trim_start().starts_with('<') { in_page(&text)? } else { in_text(&text)? }
    };
    let line = found.lines().map(str::trim).find(|line| !line.is_empty())?;
    let clean = line.chars().map(|char| if char.is_control() { ' ' } else { char });
    let short: String = clean.take(MAX_LENGTH).collect();
    Some(short.trim().to_owned()).filter(|short| !short.is_empty())
}

fn in_json(value: &Value, depth: usize) -> Option<&str> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::String(text) => text.as_str().filter(|text| !text.trim().is_empty()),
        Value::Array(items) => items.iter().take(8).find_map(|item| in_json(item, depth)),
        Value::Object(object) => {
            KEYS.iter().find_map(|key| in_json(object.get(key)?, depth)).or_else(|| {
                // Problems by field: `{"errors": {"name": ["is too short"]}}`.
                object
                    .iter()
                    .find(|(_, value)| matches!(value, Value::Array(_) | Value::Object(_)))
                    .and_then(|(_, value)| in_json(value, depth))
            })
        }
        _ => None,
    }
}

fn in_page(page: &str) -> Option<String> {
    ["title", "h1", "pre", "p", "message"].iter().find_map(|tag| {
        // ASCII only, so that offsets in the copy are offsets in the page.
        let lower = page.to_ascii_lowercase();
        let open = lower.find(&format!("<{tag}"))?;
        let begin = open + lower[open..].find('>')? + 1;
        let end = begin + lower[begin..].find(&format!("</{tag}"))?;
        let text = page.get(begin..end)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    })
}

fn in_text(text: &str) -> Option<String> {
    let printable = text.chars().take(64).filter(|char| !char.is_control()).count();
    let seen = text.chars().take(64).count();
    (seen > 0 && printable * 4 >= seen * 3).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn of(body: &str) -> Option<String> {
        let answer = Answer { body: body.to_owned().into(), ..Answer::default() };
        message(&answer, read::json(body.as_bytes()).ok().as_ref())
    }

    #[test]
    fn the_human_part_is_found() {
        for (body, found) in [
            (r#"{"error":"boom"}"#, "boom"),
            (r#"{"code":7,"error":{"code":1,"message":"no table"}}"#, "no table"),
            (
                r#"{"detail":[{"loc":["body","x"],"msg":"field required","type":"missing"}]}"#,
                "field required",
            ),
            (r#"{"type":"about:blank","title":"Bad","detail":"worse"}"#, "worse"),
            (r#"{"errors":{"name":["is too short"]}}"#, "is too short"),
            (r#""quantity table exhausted""#, "quantity table exhausted"),
            ("<html><head><TITLE>502 Bad Gateway</TITLE></head></html>", "502 Bad Gateway"),
            ("<!doctype html><body><h1 class=a>Oops</h1>", "Oops"),
            ("\n  runtime error: nil pointer\nmore", "runtime error: nil pointer"),
        ] {
            assert_eq!(of(body).as_deref(), Some(found), "{body}");
        }
    }

    #[test]
    fn nothing_is_made_up() {
        for body in ["", "{}", "[]", "{\"ok\":true}", "\u{1}\u{2}\u{3}\u{4}", "<html></html>"] {
            assert_eq!(of(body), None, "{body:?}");
        }
        assert_eq!(of(&"x".repeat(1000)).map(|m| m.len()), Some(MAX_LENGTH));
    }
}
