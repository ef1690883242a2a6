//! `response_schema_conformance`: a JSON answer is what its schema says.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::content_type_conformance::is_covered_by_error_default;
use super::{Check, Failure, Promised, Seen, Severity, View, media, wording, write_only};
use crate::case::{Ending, History, Label};
use crate::schema::{Schema, Violation};
use crate::spec::{Content, Sequence};
use crate::value::{Pointer, Text};
use crate::wire::body::sequence;

/// A JSON answer is what its schema says.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResponseSchemaConformance;

const NAME: &str = "response_schema_conformance";

/// Errors told in the sentence; all are in the signature.
const TOLD: usize = 5;

/// Refusals that frameworks and gateways write in a form of their own, unless the document names them.
const FRAMEWORKS: [u16; 13] = [401, 403, 404, 405, 406, 408, 411, 413, 414, 415, 417, 429, 431];

impl Check for ResponseSchemaConformance {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid, Label::Invalid]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A JSON body fits the schema that the document gives for this status and media type. All that is wrong in
a body is told at once. A success to a valid call that does not fit is an error, also one that is no
JSON although it says so. A refusal that does not fit is a warning. So is a success that fits and holds a
`writeOnly` member, which SHOULD NOT come back. Sequences of JSON texts (`application/jsonl`,
`application/json-seq`) are judged item by item.

## When it is silent

- No schema, or one of a file (`format: binary`); no body (`HEAD`, 204, 304, an empty one without `Content-Type`), another media type
  (`content_type_conformance` speaks), a body that was cut short or too large to read.
- A success to an invalid call: `negative_data_rejection` speaks.
- Malformed calls; 5xx; a success that only the `default` for errors covers.
- 401, 403, 404, 405, 406, 408, 411, 413, 414, 415, 417, 429 and 431 that only `default` covers, and
  whatever a gateway answers by itself.
- `writeOnly` members that are missing, or that come back as null, true, false, nothing or a mask (`****`,
  `[FILTERED]`), or under one of several branches; `itemSchema` of other sequences than those of JSON;
  `format`, since JSON Schema leaves it open whether it binds.
- A path parameter may have led to another operation.

## How to mend the service

Decide whether the service or the document is right. Usual causes: a field that may be null and is not
declared so, an enum that has grown, a number sent as text, a field left out when empty. A password that
comes back: answer with a view of the record, not with the record.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.promised(self.labels()).filter_map(|promised| judge(view, promised)).collect()
    }
}

fn judge(view: &View<'_>, promised: Promised<'_, '_>) -> Option<Failure> {
    let Promised { seen, operation, answer } = promised;
    let status = answer.status;
    let success = (200..300).contains(&status);
    let applies = if success {
        seen.exchange.label == Label::Valid && !is_covered_by_error_default(promised)
    } else {
        (400..500).contains(&status)
            && (wording::names_status(operation, status) || !FRAMEWORKS.contains(&status))
    };
    if !applies || !seen.may_have_body() || answer.ending != Ending::Complete {
        return None;
    }
    let actual = media::essence(answer.header("content-type")?);
    let contents = &operation.responses.of(status)?.contents;
    let items;
    let (schema, body) = match Sequence::of(actual) {
        Some(sequence) => {
            let schema = sequence_schema(contents, sequence)?;
            match sequence::read(sequence, &answer.body) {
                Ok(read) => items = read,
                Err((number, error)) => {
                    let what = format!("a sequence of JSON whose item {number} is none: {error}");
                    return unreadable(view, promised, "not_json", &what);
                }
            }
            (schema, &items)
        }
        None if media::is_json(actual) => {
            let schema = content(contents, actual)?.schema.as_ref()?;
            if schema.fits_again(&answer.body) {
                return None;
            }
            let Some(body) = seen.json() else { return not_json(view, promised) };
            (schema, body)
        }
        None => return None,
    };
    if schema.accepts(body) {
        let places = write_only::told(schema, body);
        if places.is_empty() && media::is_json(actual) {
            schema.note_fitting(&answer.body);
        }
        return if success { given_away(view, promised, &places) } else { None };
    }
    let violations = schema.violations(body);
    if violations.is_empty() || !view.is_surely_routed(seen) || view.is_from_gateway(seen) {
        return None;
    }
    let severity = if success { Severity::Error } else { Severity::Warning };
    let why = format!(
        "{} answers {status} with a body that its schema forbids: {}",
        seen.title(),
        told(&violations)
    );
    Some(
        Failure::new(NAME, seen, severity, status.to_string(), why)
            .saying(keyword_paths(&violations))
            .wanting([status.to_string()]),
    )
}

/// Everything in a JSON answer that the schema of its operation forbids.
pub(super) fn breaches(seen: &Seen<'_>) -> Vec<Violation> {
    let find = || {
        let answer = seen.exchange.answer()?;
        let contents = &seen.operation?.responses.of(answer.status)?.contents;
        let actual = media::essence(answer.header("content-type")?);
        let schema = content(contents, actual)?.schema.as_ref()?;
        Some(schema.violations(seen.json()?))
    };
    find().unwrap_or_default()
}

/// The content that describes a JSON body: the very type, else another one of JSON, else a range.
/// `application/octet-stream` and schemas of octets describe a file, whatever is in it.
fn content<'a>(contents: &'a [Content], actual: &str) -> Option<&'a Content> {
    fn declared(content: &Content) -> &str {
        media::essence(&content.media_type)
    }
    let found = contents
        .iter()
        .find(|content| declared(content).eq_ignore_ascii_case(actual))
        .or_else(|| contents.iter().find(|content| media::is_json(declared(content))))
        .or_else(|| {
            let range = |content: &&Content| declared(content).contains('*');
            contents.iter().filter(range).find(|content| media::covers(&content.media_type, actual))
        })?;
    let format = found.schema.as_ref().and_then(Schema::format);
    (!matches!(format, Some("binary" | "byte"))).then_some(found)
}

/// The schema that describes the items of a sequence.
fn sequence_schema(contents: &[Content], sequence: Sequence) -> Option<&Schema> {
    let mut own = contents.iter().filter(|c| Sequence::of(&c.media_type) == Some(sequence));
    own.find_map(|content| content.schema.as_ref()).filter(|schema| schema.is_sequence())
}

/// A body that fits and holds what its schema says is only written.
fn given_away(view: &View<'_>, promised: Promised<'_, '_>, places: &[Pointer]) -> Option<Failure> {
    let Promised { seen, answer, .. } = promised;
    if places.is_empty() || !view.is_surely_routed(seen) || view.is_from_gateway(seen) {
        return None;
    }
    let shown: Vec<String> = places.iter().take(TOLD).map(ToString::to_string).collect();
    let why = format!(
        "{} answers {} with {}, which its schema says is only written (`writeOnly`)",
        seen.title(),
        answer.status,
        shown.join(", ")
    );
    let places: BTreeSet<String> = places.iter().map(without_indices).collect();
    let outcome = format!("{} write_only", answer.status);
    Some(
        Failure::new(NAME, seen, Severity::Warning, outcome, why)
            .saying(places.into_iter().collect::<Vec<_>>().join("; "))
            .wanting([answer.status.to_string()]),
    )
}

fn not_json(view: &View<'_>, promised: Promised<'_, '_>) -> Option<Failure> {
    let body = &promised.answer.body;
    if body.iter().all(u8::is_ascii_whitespace) {
        return unreadable(view, promised, "empty", "an empty body where JSON is promised");
    }
    let error = crate::value::read::json(body).err()?;
    let what = format!("a body that says it is JSON and is none: {error}");
    unreadable(view, promised, "not_json", &what)
}

fn unreadable(
    view: &View<'_>,
    promised: Promised<'_, '_>,
    outcome: &str,
    what: &str,
) -> Option<Failure> {
    let Promised { seen, answer, .. } = promised;
    if !view.is_surely_routed(seen) || view.is_from_gateway(seen) {
        return None;
    }
    let success = (200..300).contains(&answer.status);
    let severity = if success { Severity::Error } else { Severity::Warning };
    let why = format!("{} answers {} with {what}", seen.title(), wording::status(answer));
    let outcome = format!("{} {outcome}", answer.status);
    Some(Failure::new(NAME, seen, severity, outcome, why).wanting([answer.status.to_string()]))
}

/// The first violations, for people.
pub(super) fn told(violations: &[Violation]) -> String {
    let mut told: Vec<String> = violations
        .iter()
        .take(TOLD)
        .map(|violation| {
            let at = violation.instance.to_string();
            if at.is_empty() {
                violation.message.clone()
            } else {
                format!("{at} {}", violation.message)
            }
        })
        .collect();
    if violations.len() > TOLD {
        told.push(format!("{} more", violations.len() - TOLD));
    }
    told.join("; ")
}

/// The places in the schema that are broken, without indices, each once, in order.
pub(super) fn keyword_paths(violations: &[Violation]) -> String {
    let paths: BTreeSet<String> =
        violations.iter().map(|violation| without_indices(&violation.schema)).collect();
    paths.into_iter().collect::<Vec<_>>().join("; ")
}

fn without_indices(pointer: &Pointer) -> String {
    let is_index = |token: &Text| {
        token.as_str().is_some_and(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()))
    };
    pointer
        .tokens()
        .iter()
        .filter(|token| !is_index(token))
        .cloned()
        .collect::<Pointer>()
        .to_string()
}

#[cfg(test)]
mod tests;
