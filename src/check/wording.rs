//! Parts of sentences that several checks say.

use super::Seen;
use super::message::message;
use super::normalise::{normalise, sent_texts};
use crate::case::Answer;
use crate::spec::{Operation, StatusPattern};
use crate::value::{Value, write};
use crate::wire::grpc;

/// Longest value in a sentence, in characters.
const LONGEST: usize = 60;

/// The statuses that the document promises, as people write them: `200`, `4XX`, `default`.
pub(super) fn statuses(operation: &Operation) -> Vec<String> {
    operation
        .responses
        .by_status
        .iter()
        .map(|(pattern, _)| match pattern {
            StatusPattern::Code(code) => code.to_string(),
            StatusPattern::Range(first) => format!("{first}XX"),
            StatusPattern::Default => "default".to_owned(),
        })
        .collect()
}

/// The answer's message in quotes with a leading space, or nothing.
pub(super) fn quoted(seen: &Seen<'_>) -> String {
    seen.answer()
        .and_then(|answer| message(answer, seen.json()))
        .map(|text| format!(" \"{text}\""))
        .unwrap_or_default()
}

/// The answer's message for the signature.
pub(super) fn normal(seen: &Seen<'_>) -> String {
    seen.answer()
        .and_then(|answer| message(answer, seen.json()))
        .map(|text| normalise(&text, &sent_texts(seen.call, seen.exchange)))
        .unwrap_or_default()
}

/// What an answer says that became of its call: `201`, `INVALID_ARGUMENT`.
pub(super) fn status(answer: &Answer) -> String {
    let code = grpc::status(answer).and_then(|status| status.code.name());
    code.map_or_else(|| answer.status.to_string(), str::to_owned)
}

/// Whether the document promises this very status or its range, not only a default.
pub(super) fn names_status(operation: &Operation, status: u16) -> bool {
    operation.responses.by_status.iter().any(|(pattern, _)| match pattern {
        StatusPattern::Code(code) => *code == status,
        StatusPattern::Range(first) => *first == status / 100,
        StatusPattern::Default => false,
    })
}

/// `a`, `a and b`, `a, b and c`
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A value as it stands in a sentence: its JSON, cut where it is long.
pub(super) fn short(value: &Value) -> String {
    let text = write::compact(&value.to_file());
    if text.chars().count() <= LONGEST {
        return text;
    }
    format!("{}…", text.chars().take(LONGEST - 1).collect::<String>())
}

/// The place without the numbers of elements, so that the same fault in another element is the same.
pub(super) fn without_indices(place: &str) -> String {
    let kept = place.split('/').filter(|t| t.is_empty() || !t.bytes().all(|b| b.is_ascii_digit()));
    kept.collect::<Vec<_>>().join("/")
}
