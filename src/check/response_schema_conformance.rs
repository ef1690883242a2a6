//! `response_schema_conformance`: a JSON answer is what its schema says.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::content_type_conformance::is_covered_by_error_default;
use super::{Check, Failure, Promised, Severity, View, media, wording};
use crate::case::{Ending, History, Label};
use crate::schema::{Schema, Violation};
use crate::spec::Content;
use crate::value::{Pointer, Text};

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
JSON although it says so. A refusal that does not fit is a warning.

## When it is silent

- No schema, or one of a file (`format: binary`); no body (`HEAD`, 204, 304, an empty one without `Content-Type`), another media type
  (`content_type_conformance` speaks), a body that was cut short or too large to read.
- A success to an invalid call: `negative_data_rejection` speaks.
- Malformed calls; 5xx; a success that only the `default` for errors covers.
- 401, 403, 404, 405, 406, 408, 411, 413, 414, 415, 417, 429 and 431 that only `default` covers, and
  whatever a gateway answers by itself.
- `writeOnly` members that are missing; `format`, since JSON Schema leaves it open whether it binds.
- A path parameter may have led to another operation.

## How to mend the service

Decide whether the service or the document is right. Usual causes: a field that may be null and is not
declared so, an enum that has grown, a number sent as text, a field left out when empty.
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
    if !media::is_json(actual) {
        return None;
    }
    let schema = content(&operation.responses.of(status)?.contents, actual)?.schema.as_ref()?;
    let Some(body) = seen.json() else {
        return not_json(view, promised, success);
    };
    if schema.accepts(body) {
        return None;
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

fn not_json(view: &View<'_>, promised: Promised<'_, '_>, success: bool) -> Option<Failure> {
    let Promised { seen, answer, .. } = promised;
    if !view.is_surely_routed(seen) || view.is_from_gateway(seen) {
        return None;
    }
    let (outcome, what) = if answer.body.iter().all(u8::is_ascii_whitespace) {
        ("empty", "an empty body where JSON is promised".to_owned())
    } else {
        let error = crate::value::read::json(&answer.body).err()?;
        ("not_json", format!("a body that says it is JSON and is none: {error}"))
    };
    let severity = if success { Severity::Error } else { Severity::Warning };
    let why = format!("{} answers {} with {what}", seen.title(), answer.status);
    let outcome = format!("{} {outcome}", answer.status);
    Some(Failure::new(NAME, seen, severity, outcome, why).wanting([answer.status.to_string()]))
}

fn told(violations: &[Violation]) -> String {
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
fn keyword_paths(violations: &[Violation]) -> String {
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
mod tests {
    use super::super::fixture::{Promises, Said, fails, operation, silent};
    use super::*;
    use crate::spec::Operation;

    const ORDERS: &str = r#"{"type":"array","items":{"type":"object","required":["id"],
        "properties":{"id":{"type":"integer"},"state":{"enum":["open","done"]},"at":{"format":"date"}}}}"#;
    const ERROR: &str = r#"{"type":"object","required":["error"]}"#;

    fn get() -> Operation {
        operation("GET /orders")
            .answers("200", &[("application/json", Some(ORDERS))])
            .answers("400", &[("application/json", Some(ERROR))])
            .answers("default", &[("application/json", Some(ERROR))])
    }

    fn said(status: u16, body: &str) -> Said {
        Said::answer("GET /orders", status).json(body)
    }

    #[test]
    fn all_that_is_wrong_in_a_body_is_one_error() {
        let failure = fails(
            &ResponseSchemaConformance,
            &get(),
            said(200, r#"[{"id":1},{"id":"2","state":"gone"},{"state":"lost"}]"#),
        );
        assert_eq!(failure.severity, Severity::Error);
        for place in ["/1/id", "/1/state", "/2/state"] {
            assert!(failure.why.contains(place), "{}", failure.why);
        }
    }

    #[test]
    fn the_signature_does_not_depend_on_positions() {
        let message =
            |body: &str| fails(&ResponseSchemaConformance, &get(), said(200, body)).message;
        let first = message(r#"[{"id":"x"}]"#);
        assert!(first.contains("/items/properties/id/type"), "{first}");
        assert_eq!(first, message(r#"[{"id":1},{"id":2},{"id":"y"}]"#));
        assert_ne!(first, message(r#"[{"id":1,"state":"gone"}]"#));
    }

    #[test]
    fn a_body_that_says_it_is_json_and_is_none_is_an_error() {
        for body in ["<html>", "[1,", "{'a':1}"] {
            let failure = fails(&ResponseSchemaConformance, &get(), said(200, body));
            assert_eq!(
                (failure.severity, failure.outcome.as_str()),
                (Severity::Error, "200 not_json")
            );
        }
        assert_eq!(fails(&ResponseSchemaConformance, &get(), said(200, "")).outcome, "200 empty");
    }

    #[test]
    fn a_refusal_that_does_not_fit_is_a_warning_for_valid_and_invalid_calls() {
        for label in [Label::Valid, Label::Invalid] {
            let failure = fails(
                &ResponseSchemaConformance,
                &get(),
                said(400, "{\"message\":1}").label(label),
            );
            assert_eq!(failure.severity, Severity::Warning);
        }
        silent(&ResponseSchemaConformance, &get(), said(400, "{}").label(Label::Malformed));
    }

    #[test]
    fn silent_for_bodies_that_fit() {
        silent(
            &ResponseSchemaConformance,
            &get(),
            said(200, r#"[{"id":1,"state":"open","at":"now"}]"#),
        );
        silent(&ResponseSchemaConformance, &get(), said(400, r#"{"error":"x"}"#));
    }

    #[test]
    fn silent_without_a_body_or_with_one_that_was_cut() {
        silent(&ResponseSchemaConformance, &get(), Said::answer("GET /orders", 200));
        let head = said(200, "{}").exchange(|e| e.sent.method = "HEAD".to_owned());
        silent(&ResponseSchemaConformance, &get(), head);
        for ending in [Ending::Truncated, Ending::TooLarge, Ending::TimedOut] {
            silent(&ResponseSchemaConformance, &get(), said(200, "[{").ending(ending));
        }
    }

    #[test]
    fn silent_for_another_media_type_and_without_a_schema() {
        let html = Said::answer("GET /orders", 200).header("content-type", "text/html").body("<");
        silent(&ResponseSchemaConformance, &get(), html);
        let open = operation("GET /orders").answers("200", &[("application/json", None)]);
        silent(&ResponseSchemaConformance, &open, said(200, "7"));
    }

    #[test]
    fn silent_for_files() {
        let file = r#"{"type":"string","format":"binary"}"#;
        for media in ["application/octet-stream", "*/*", "application/json"] {
            let operation = operation("GET /orders").answers("200", &[(media, Some(file))]);
            silent(&ResponseSchemaConformance, &operation, said(200, r#"{"a":1}"#));
        }
        let octets = operation("GET /orders")
            .answers("200", &[("application/octet-stream", Some(r#"{"type":"string"}"#))]);
        silent(&ResponseSchemaConformance, &octets, said(200, r#"{"a":1}"#));
        let range = operation("GET /orders").answers("200", &[("*/*", Some(ORDERS))]);
        fails(&ResponseSchemaConformance, &range, said(200, r#"{"a":1}"#));
    }

    #[test]
    fn silent_for_a_success_to_an_invalid_call_and_for_5xx() {
        silent(&ResponseSchemaConformance, &get(), said(200, "{}").label(Label::Invalid));
        silent(&ResponseSchemaConformance, &get(), said(500, "{}"));
    }

    #[test]
    fn silent_for_what_only_the_error_default_covers() {
        silent(&ResponseSchemaConformance, &get(), said(202, "{}"));
        for status in FRAMEWORKS {
            silent(&ResponseSchemaConformance, &get(), said(status, r#"{"detail":"Not Found"}"#));
        }
        fails(&ResponseSchemaConformance, &get(), said(409, r#"{"detail":"x"}"#));
    }

    #[test]
    fn silent_where_a_path_parameter_leads_elsewhere() {
        let get = operation("GET /orders/{id}")
            .answers("200", &[("application/json", Some(r#"{"type":"object"}"#))]);
        let said = |id: &str| {
            Said::answer("GET /orders/{id}", 200)
                .json("[]")
                .call(|call| call.path.push(("id".to_owned(), id.into())))
        };
        silent(&ResponseSchemaConformance, &get, said(""));
        fails(&ResponseSchemaConformance, &get, said("7"));
    }
}
