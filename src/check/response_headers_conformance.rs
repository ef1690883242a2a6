//! `response_headers_conformance`: promised headers are there, with promised values.

use std::sync::Arc;

use super::content_type_conformance::is_covered_by_error_default;
use super::{Check, Failure, Promised, Severity, View, wording};
use crate::case::{Answer, History, Label};
use crate::spec::HeaderField;
use crate::value::{Number, Object, Text, Value};

/// Promised headers are there, with promised values.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResponseHeadersConformance;

const NAME: &str = "response_headers_conformance";

impl Check for ResponseHeadersConformance {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

The headers that the document marks as required for this status are there, and every promised header
that is there has a value its schema accepts. Both are errors on a success, warnings on a refusal.

## When it is silent

- Invalid and malformed calls, and statuses that only `default` covers.
- `Content-Type`, which the specification excludes here.
- Values that the schema accepts under any reading: as text, as the number or boolean it spells, as a
  list or an object in the `simple` style. `format` alone never fails: `Last-Modified` is a date, but
  not one of JSON Schema's.
- A gateway's own answer, a path parameter that may have led to another operation.

## How to mend the service

Send the header on every path that gives this status, or do not mark it as required.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.promised(self.labels()).filter_map(|promised| judge(view, promised)).collect()
    }
}

fn judge(view: &View<'_>, promised: Promised<'_, '_>) -> Option<Failure> {
    let Promised { seen, operation, answer } = promised;
    let headers = &operation.responses.of(answer.status)?.headers;
    if headers.is_empty()
        || answer.status >= 500
        || is_covered_by_error_default(promised)
        || answer.status >= 400 && !wording::names_status(operation, answer.status)
    {
        return None;
    }
    let wrong: Vec<(&str, &str)> =
        headers.iter().filter_map(|header| fault(header, answer)).collect();
    if wrong.is_empty() || !view.is_surely_routed(seen) || view.is_from_gateway(seen) {
        return None;
    }
    let severity = if answer.status < 400 { Severity::Error } else { Severity::Warning };
    let told: Vec<String> = wrong.iter().map(|(name, what)| format!("{name} {what}")).collect();
    let why = format!("{} answers {}: {}", seen.title(), answer.status, wording::list(&told));
    let mut message: Vec<String> = told.iter().map(|text| text.to_ascii_lowercase()).collect();
    message.sort_unstable();
    Some(
        Failure::new(NAME, seen, severity, answer.status.to_string(), why)
            .saying(message.join("; "))
            .wanting([answer.status.to_string()]),
    )
}

fn fault<'a>(header: &'a HeaderField, answer: &Answer) -> Option<(&'a str, &'static str)> {
    if header.name.eq_ignore_ascii_case("content-type") {
        return None;
    }
    let lines: Vec<&str> = answer
        .headers
        .iter()
        .filter(|sent| sent.name.eq_ignore_ascii_case(&header.name))
        .map(|sent| sent.text().unwrap_or("\u{FFFD}"))
        .collect();
    if lines.is_empty() {
        return header.required.then_some((header.name.as_str(), "is required and missing"));
    }
    // Lines of one name are one list (RFC 9110, section 5.3), but for Set-Cookie.
    let joined = lines.join(", ");
    let mut candidates = readings(&joined);
    candidates.extend(lines.iter().flat_map(|line| readings(line)));
    let accepted = candidates.iter().any(|reading| header.schema.accepts(reading));
    (!accepted).then_some((header.name.as_str(), "has a value that its schema forbids"))
}

/// What a header's text may stand for in the `simple` style (OpenAPI 3.2.0, section 4.12.2.2).
fn readings(text: &str) -> Vec<Value> {
    let text = text.trim();
    let scalar = |text: &str| {
        Number::parse(text).map(Value::Number).or(match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        })
    };
    let typed = |text: &str| scalar(text).unwrap_or_else(|| Value::text(text));
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let mut readings = vec![Value::text(text)];
    readings.extend(scalar(text));
    readings.push(Value::Array(parts.iter().map(|part| Value::text(*part)).collect()));
    readings.push(Value::Array(parts.iter().map(|part| typed(part)).collect()));
    let exploded = parts.iter().map(|part| {
        let (key, value) = part.split_once('=')?;
        Some((Text::from(key), typed(value)))
    });
    readings.extend(exploded.collect::<Option<Object>>().map(Value::Object));
    if parts.len().is_multiple_of(2) {
        let pairs = parts.chunks(2).map(|pair| (Text::from(pair[0]), typed(pair[1])));
        readings.push(Value::Object(pairs.collect()));
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Promises, Said, fails, operation, silent};
    use super::*;
    use crate::spec::Operation;

    fn get() -> Operation {
        operation("GET /orders")
            .answers("200", &[])
            .sends_header("X-Total", true, r#"{"type":"integer"}"#)
            .answers("404", &[])
            .sends_header("X-Reason", true, "{}")
            .answers("default", &[])
            .sends_header("X-Error", true, "{}")
    }

    fn said(status: u16) -> Said {
        Said::answer("GET /orders", status)
    }

    #[test]
    fn a_missing_required_header_fails() {
        let failure = fails(&ResponseHeadersConformance, &get(), said(200));
        assert_eq!(failure.severity, Severity::Error);
        insta::assert_snapshot!(failure.why, @"GET /orders answers 200: X-Total is required and missing");
        let failure = fails(&ResponseHeadersConformance, &get(), said(404));
        assert_eq!(failure.severity, Severity::Warning);
    }

    #[test]
    fn a_value_that_no_reading_fits_fails() {
        fails(&ResponseHeadersConformance, &get(), said(200).header("x-total", "many"));
    }

    #[test]
    fn silent_for_values_of_any_fitting_reading() {
        silent(&ResponseHeadersConformance, &get(), said(200).header("x-total", "7"));
        for (schema, value) in [
            (r#"{"type":"string"}"#, "7"),
            (r#"{"type":"boolean"}"#, "true"),
            (r#"{"type":"array","items":{"type":"integer"}}"#, "1, 2"),
            (r#"{"type":"object","required":["a"]}"#, "a=1,b=2"),
            (r#"{"type":"string","format":"date-time"}"#, "Sun, 06 Nov 1994 08:49:37 GMT"),
        ] {
            let operation =
                operation("GET /orders").answers("200", &[]).sends_header("X", true, schema);
            silent(&ResponseHeadersConformance, &operation, said(200).header("X", value));
        }
    }

    #[test]
    fn silent_for_optional_headers_and_for_content_type() {
        let operation = operation("GET /orders")
            .answers("200", &[])
            .sends_header("X", false, "{}")
            .sends_header("Content-Type", true, r#"{"const":"a/b"}"#);
        silent(&ResponseHeadersConformance, &operation, said(200));
    }

    #[test]
    fn silent_where_only_default_covers_and_for_other_labels() {
        for status in [400, 500, 202] {
            silent(&ResponseHeadersConformance, &get(), said(status));
        }
        for label in [Label::Invalid, Label::Malformed, Label::Unspecified] {
            silent(&ResponseHeadersConformance, &get(), said(200).label(label));
        }
    }
}
