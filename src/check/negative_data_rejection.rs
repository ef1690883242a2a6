//! `negative_data_rejection`: input that breaks a rule of the document is refused.

use std::sync::Arc;

use super::lenient::{self, Coercion};
use super::{Check, Failure, Promised, Severity, View, promise, wording};
use crate::case::{Deviation, History, Label, value_at};
use crate::spec::Operation;
use crate::value::{Pointer, Value};

/// Input that breaks a rule of the document is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct NegativeDataRejection;

const NAME: &str = "negative_data_rejection";

impl Check for NegativeDataRejection {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Invalid]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A call that breaks exactly one named rule of the document is not answered 2xx.

An *error*, in JSON and form bodies: a type that cannot be coerced, a missing required member, `null`
where it is forbidden, a value outside of `enum` or `const`, a broken bound on a number, a length or a
count, a `discriminator` that names nothing, a value that no branch of `anyOf` takes.

A *warning*: `pattern` (dialects of regular expressions differ), `multipleOf` (floats), `uniqueItems`
(many read a set), `oneOf`, `not`, `if`, `dependentRequired`, `contains`, `minProperties` and
`maxProperties` (schemas often say them more strictly than is meant); broken rules in path, query and
cookie parameters and in XML or text bodies.

## When it is silent

- The value passes once it is read leniently: trimmed, in another case, `\"5\"` as 5, 1 as true, 1.5 as 1,
  `null` or `\"\"` as not given. But if the answer echoes it as it was sent, it was not coerced, and
  the check speaks.
- What arrives as text has no type: `type` in path, query, header, cookie and form parameters.
- Unknown members and `readOnly` members: ignoring them is legal. A warning if the answer echoes them.
- `format`: JSON Schema leaves it open whether it binds.
- `maximum`, `maxLength` and the like in the query of a safe method: capping a page size is customary.
- A missing value whose schema has a `default`.
- Headers (`missing_required_header` speaks), parameters that are repeated, empty or unknown, numbers in
  another spelling, and what is wrong below the schema only: media types, codings, methods.
- The answer is 202 or 207, or it is an error in disguise (`{\"error\": …}`, `\"success\": false`).
- `HEAD`, `OPTIONS`, and bodies of `GET`, `HEAD` and `DELETE`, which have no meaning.
- A path parameter that may have led to another operation.

## How to mend the service

Validate input against the document before using it, and answer 400 or 422; or relax the document to
what the service really takes.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.promised(self.labels()).filter_map(|promised| judge(view, promised)).collect()
    }
}

fn judge(view: &View<'_>, promised: Promised<'_, '_>) -> Option<Failure> {
    let Promised { seen, operation, answer } = promised;
    if !seen.is_success()
        || matches!(answer.status, 202 | 207)
        || matches!(seen.method(), "HEAD" | "OPTIONS" | "TRACE")
    {
        return None;
    }
    let (severity, deviation) = seen
        .call
        .deviations
        .iter()
        .filter_map(|deviation| Some((weigh(promised, deviation)?, deviation)))
        .max_by_key(|(severity, _)| *severity)?;
    if is_refusal_in_disguise(seen.json()) || !view.is_surely_routed(seen) {
        return None;
    }
    let place = deviation.at.as_deref().unwrap_or_default();
    let sent = value_at(seen.call, place).map(|value| format!(" {}", short(value)));
    let why = format!(
        "{} answers {} although {place}{} breaks `{}`; such input must be refused",
        seen.title(),
        answer.status,
        sent.unwrap_or_default(),
        deviation.rule
    );
    let want: Vec<String> =
        wording::statuses(operation).into_iter().filter(|s| s.starts_with('4')).collect();
    let want = if want.is_empty() { vec!["4XX".to_owned()] } else { want };
    Some(
        Failure::new(NAME, seen, severity, "accepted", why)
            .saying(format!("{} {}", deviation.rule, without_indices(place)))
            .wanting(want),
    )
}

/// How bad it is that this deviation was accepted; `None` where that is legal.
fn weigh(promised: Promised<'_, '_>, deviation: &Deviation) -> Option<Severity> {
    let place = deviation.at.as_deref()?;
    let part = place.split('/').next()?;
    // Left out or misplaced after rendering: the call still holds the value.
    let (rule, left_out) = match deviation.rule.as_str()? {
        "missing_parameter" | "misplaced_parameter" => ("required", true),
        rule => (rule, false),
    };
    let severity = weight(rule, part, promised.operation)?;
    let found = promise::at(promised.operation, promised.seen.call, place)?;
    if left_out && !found.parameter.is_some_and(|parameter| parameter.required) {
        return None;
    }
    let schema = found.schema?;
    let present = |value: &&Value| !left_out && found.at.find(value).is_some();
    let Some(value) = found.value.filter(present) else {
        // Nothing stands there: a required value is missing.
        let own = found.parameter.is_some() || !found.at.tokens().is_empty();
        let filled_in = if own {
            promise::has_default(schema, &found.at)
        } else {
            schema.accepts(&Value::object::<&str>([]))
        };
        return (!filled_in).then_some(severity);
    };
    let sent = found.at.find(value)?;
    let ignored = matches!(rule, "additionalProperties" | "unevaluatedProperties" | "readOnly");
    // The label was confirmed before it was sent; the document may be another one by now.
    if rule != "readOnly" && schema.accepts(value) {
        return None;
    }
    let tolerable = ignored || lenient::accepts(schema, value, &found.at, coercion(rule, part));
    if tolerable && !(part == "json" && is_echoed(promised, &found.at, sent)) {
        return None;
    }
    Some(severity)
}

/// How bad it is to accept a broken rule in a part of a call, before coercion is looked at.
fn weight(rule: &str, part: &str, operation: &Operation) -> Option<Severity> {
    use Severity::{Error, Warning};
    let in_body = match rule {
        // No assertion, or one that is legally ignored.
        "format" | "contentEncoding" | "contentMediaType" => return None,
        "type" | "null" | "nullable" | "required" | "enum" | "const" | "minimum" | "maximum"
        | "exclusiveMinimum" | "exclusiveMaximum" | "minLength" | "maxLength" | "minItems"
        | "maxItems" | "discriminator" | "anyOf" => Error,
        "pattern"
        | "multipleOf"
        | "uniqueItems"
        | "oneOf"
        | "not"
        | "if"
        | "then"
        | "else"
        | "dependentRequired"
        | "dependentSchemas"
        | "dependencies"
        | "minProperties"
        | "maxProperties"
        | "propertyNames"
        | "patternProperties"
        | "contains"
        | "minContains"
        | "maxContains"
        | "items"
        | "prefixItems"
        | "unevaluatedItems"
        | "additionalItems"
        | "additionalProperties"
        | "unevaluatedProperties"
        | "readOnly" => Warning,
        // Repeated, empty, misplaced or unknown parameters, spellings of numbers, and what we do
        // not know: implementations may differ.
        _ => return None,
    };
    match part {
        // A body has no meaning there (RFC 9110, sections 9.3.1, 9.3.2 and 9.3.5).
        _ if promise::BODIES.contains(&part)
            && matches!(&*operation.method, "GET" | "HEAD" | "DELETE") =>
        {
            None
        }
        "json" => Some(in_body),
        "form" | "multipart" if !is_about_type(rule) => Some(in_body),
        "xml" | "text" if !is_about_type(rule) => Some(Warning),
        "path" | "cookies" if in_body == Error && !is_about_type(rule) => Some(Warning),
        "query" if in_body == Error && !is_about_type(rule) => {
            let capped = operation.is_safe() && is_cap(rule);
            (!capped).then_some(Warning)
        }
        _ => None,
    }
}

/// How far a lenient reading may go for a rule in a part of a call.
fn coercion(rule: &str, part: &str) -> Coercion {
    let across =
        is_about_type(rule) || matches!(rule, "enum" | "const" | "oneOf" | "discriminator");
    match (across, part) {
        (false, _) => Coercion::Within,
        (true, "json") => Coercion::Across,
        (true, _) => Coercion::FromText,
    }
}

fn is_about_type(rule: &str) -> bool {
    matches!(rule, "type" | "null" | "nullable" | "anyOf")
}

fn is_cap(rule: &str) -> bool {
    matches!(
        rule,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "maxLength" | "maxItems"
    )
}

/// Whether the answer holds the very value at the same place, at its top or in an envelope. Nothing
/// proves nothing: services write `null` for what was not given.
fn is_echoed(promised: Promised<'_, '_>, at: &Pointer, sent: &Value) -> bool {
    if matches!(sent, Value::Null) || at.tokens().is_empty() {
        return false;
    }
    let Some(answer) = promised.seen.json() else { return false };
    let here = |value: &Value| at.find(value).is_some_and(|echo| echo == sent);
    here(answer)
        || answer.as_object().is_some_and(|object| object.iter().any(|(_, member)| here(member)))
}

/// Whether a 2xx answer says in its body that the call failed.
fn is_refusal_in_disguise(answer: Option<&Value>) -> bool {
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

fn short(value: &Value) -> String {
    let text = crate::value::write::compact(&value.to_file());
    if text.chars().count() <= 60 {
        return text;
    }
    format!("{}…", text.chars().take(59).collect::<String>())
}

fn without_indices(place: &str) -> String {
    let kept = place.split('/').filter(|t| t.is_empty() || !t.bytes().all(|b| b.is_ascii_digit()));
    kept.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Promises, Said, fails, judge, operation, silent};
    use super::*;
    use crate::spec::Location;

    const ORDER: &str = r#"{"type":"object","required":["qty","kind"],"additionalProperties":false,
        "properties":{
            "qty":{"type":"integer","minimum":1,"maximum":1000},
            "kind":{"enum":["gift","plain"]},
            "name":{"type":"string","minLength":1,"maxLength":5,"pattern":"^[a-z]*$"},
            "note":{"type":"string","default":""},
            "tags":{"type":"array","items":{"type":"string"},"maxItems":2,"uniqueItems":true},
            "paid":{"type":"boolean"},
            "mail":{"type":"string","format":"email"},
            "id":{"type":"integer","readOnly":true}}}"#;

    fn create() -> Operation {
        operation("POST /orders")
            .takes_body("application/json", ORDER)
            .answers("201", &[])
            .answers("422", &[])
    }

    /// A call that breaks `rule` at `at` with this body, accepted.
    fn said(rule: &str, at: &str, body: &str) -> Said {
        Said::answer("POST /orders", 201).sending_json(body).breaking(rule, at)
    }

    fn severity(rule: &str, at: &str, body: &str) -> Option<Severity> {
        judge(&NegativeDataRejection, &create(), said(rule, at, body)).map(|f| f.severity)
    }

    #[test]
    fn hard_rules_in_json_are_errors() {
        for (rule, at, body) in [
            ("maximum", "json/qty", r#"{"qty":1001,"kind":"gift"}"#),
            ("minimum", "json/qty", r#"{"qty":0,"kind":"gift"}"#),
            ("type", "json/qty", r#"{"qty":{"a":1},"kind":"gift"}"#),
            ("type", "json/qty", r#"{"qty":"many","kind":"gift"}"#),
            ("type", "json/tags", r#"{"qty":1,"kind":"gift","tags":{"a":1}}"#),
            ("null", "json/qty", r#"{"qty":null,"kind":"gift"}"#),
            ("null", "json/tags/0", r#"{"qty":1,"kind":"gift","tags":[null]}"#),
            ("enum", "json/kind", r#"{"qty":1,"kind":"loan"}"#),
            ("required", "json/qty", r#"{"kind":"gift"}"#),
            ("maxLength", "json/name", r#"{"qty":1,"kind":"gift","name":"abcdef"}"#),
            ("maxItems", "json/tags", r#"{"qty":1,"kind":"gift","tags":["a","b","c"]}"#),
            ("type", "json", "[]"),
        ] {
            assert_eq!(severity(rule, at, body), Some(Severity::Error), "{rule} {body}");
        }
    }

    #[test]
    fn rules_that_implementations_read_differently_are_warnings() {
        for (rule, at, body) in [
            ("pattern", "json/name", r#"{"qty":1,"kind":"gift","name":"a1"}"#),
            ("uniqueItems", "json/tags", r#"{"qty":1,"kind":"gift","tags":["a","a"]}"#),
        ] {
            assert_eq!(severity(rule, at, body), Some(Severity::Warning), "{rule} {body}");
        }
    }

    #[test]
    fn it_says_what_was_sent_and_what_is_wrong_with_it() {
        let failure = fails(
            &NegativeDataRejection,
            &create(),
            said("maximum", "json/qty", r#"{"qty":1001,"kind":"gift"}"#),
        );
        insta::assert_snapshot!(failure.why, @"POST /orders answers 201 although json/qty 1001 breaks `maximum`; such input must be refused");
        assert_eq!(
            (failure.message.as_str(), failure.want.clone()),
            ("maximum json/qty", vec!["422".to_owned()])
        );
    }

    #[test]
    fn silent_for_coercion_in_json() {
        for (rule, at, body) in [
            ("type", "json/qty", r#"{"qty":"5","kind":"gift"}"#),
            ("type", "json/qty", r#"{"qty":5.5,"kind":"gift"}"#),
            ("type", "json/paid", r#"{"qty":1,"kind":"gift","paid":"yes"}"#),
            ("type", "json/paid", r#"{"qty":1,"kind":"gift","paid":1}"#),
            ("type", "json/note", r#"{"qty":1,"kind":"gift","note":5}"#),
            ("enum", "json/kind", r#"{"qty":1,"kind":" Gift"}"#),
            ("maxLength", "json/name", r#"{"qty":1,"kind":"gift","name":"abcde "}"#),
            ("null", "json/note", r#"{"qty":1,"kind":"gift","note":null}"#),
            ("minLength", "json/name", r#"{"qty":1,"kind":"gift","name":""}"#),
        ] {
            assert_eq!(severity(rule, at, body), None, "{rule} {body}");
        }
    }

    #[test]
    fn what_is_echoed_uncoerced_was_not_coerced() {
        let echo = |body: &str| said("type", "json/qty", r#"{"qty":"5","kind":"gift"}"#).json(body);
        fails(&NegativeDataRejection, &create(), echo(r#"{"id":1,"qty":"5"}"#));
        fails(&NegativeDataRejection, &create(), echo(r#"{"data":{"qty":"5"}}"#));
        silent(&NegativeDataRejection, &create(), echo(r#"{"id":1,"qty":5}"#));
        let null = said("null", "json/note", r#"{"qty":1,"kind":"gift","note":null}"#);
        silent(&NegativeDataRejection, &create(), null.json(r#"{"note":null}"#));
    }

    #[test]
    fn silent_for_unknown_and_read_only_members_unless_they_are_echoed() {
        let unknown = said("additionalProperties", "json/x", r#"{"qty":1,"kind":"gift","x":1}"#);
        silent(&NegativeDataRejection, &create(), unknown.clone().json(r#"{"qty":1}"#));
        let failure = fails(&NegativeDataRejection, &create(), unknown.json(r#"{"x":1}"#));
        assert_eq!(failure.severity, Severity::Warning);
        let read_only = said("readOnly", "json/id", r#"{"qty":1,"kind":"gift","id":77}"#);
        silent(&NegativeDataRejection, &create(), read_only.clone().json(r#"{"id":1}"#));
        fails(&NegativeDataRejection, &create(), read_only.json(r#"{"id":77}"#));
    }

    #[test]
    fn silent_for_format_even_where_it_is_echoed() {
        let mail = said("format", "json/mail", r#"{"qty":1,"kind":"gift","mail":"x"}"#);
        silent(&NegativeDataRejection, &create(), mail.json(r#"{"mail":"x"}"#));
    }

    #[test]
    fn a_bound_without_a_type_is_not_read_away() {
        let operation = operation("POST /orders")
            .takes_body("application/json", r#"{"properties":{"qty":{"maximum":5}}}"#);
        fails(&NegativeDataRejection, &operation, said("maximum", "json/qty", r#"{"qty":6}"#));
        let mended = said("maximum", "json/qty", r#"{"qty":5}"#);
        silent(&NegativeDataRejection, &operation, mended);
    }

    #[test]
    fn silent_for_a_missing_value_with_a_default() {
        let operation = operation("POST /orders").takes_body(
            "application/json",
            r#"{"required":["a"],"properties":{"a":{"default":1}}}"#,
        );
        silent(&NegativeDataRejection, &operation, said("required", "json/a", "{}"));
    }

    #[test]
    fn silent_for_a_missing_body_that_may_be_empty() {
        let missing = || Said::answer("POST /orders", 201).breaking("required", "json");
        let lax = operation("POST /orders").takes_body("application/json", r#"{"type":"object"}"#);
        silent(&NegativeDataRejection, &lax, missing());
        fails(&NegativeDataRejection, &create(), missing());
    }

    #[test]
    fn silent_for_every_other_answer_and_label() {
        let body = r#"{"qty":1001,"kind":"gift"}"#;
        let broken = || said("maximum", "json/qty", body);
        for status in [202, 207, 302, 400, 422, 500] {
            let said = Said::answer("POST /orders", status)
                .sending_json(body)
                .breaking("maximum", "json/qty");
            silent(&NegativeDataRejection, &create(), said);
        }
        for label in [Label::Valid, Label::Malformed, Label::Unspecified] {
            silent(&NegativeDataRejection, &create(), broken().label(label));
        }
    }

    #[test]
    fn silent_for_a_refusal_in_disguise() {
        let broken = || said("maximum", "json/qty", r#"{"qty":1001,"kind":"gift"}"#);
        for body in [
            r#"{"error":"qty"}"#,
            r#"{"errors":[{"field":"qty"}]}"#,
            r#"{"success":false}"#,
            r#"{"status":"Failed"}"#,
        ] {
            silent(&NegativeDataRejection, &create(), broken().json(body));
        }
        for body in
            [r#"{"error":null}"#, r#"{"errors":[]}"#, r#"{"success":true}"#, r#"{"status":"open"}"#]
        {
            fails(&NegativeDataRejection, &create(), broken().json(body));
        }
    }

    #[test]
    fn silent_for_types_of_what_arrives_as_text() {
        let operation = operation("POST /orders")
            .takes(Location::Query, "n", false, r#"{"type":"integer"}"#)
            .takes(Location::Header, "h", false, r#"{"type":"integer"}"#)
            .takes_body("application/x-www-form-urlencoded", ORDER);
        let parameter = Said::answer("POST /orders", 201).breaking("type", "query/n");
        silent(
            &NegativeDataRejection,
            &operation,
            parameter.call(|c| c.query.push(("n".to_owned(), "abc".into()))),
        );
        let form = Said::answer("POST /orders", 201).breaking("type", "form/qty").call(|call| {
            let fields = super::super::fixture::json(r#"{"qty":"many","kind":"gift"}"#);
            call.body = Some(crate::case::Body::Form(fields));
        });
        silent(&NegativeDataRejection, &operation, form);
        let bound =
            Said::answer("POST /orders", 201).breaking("maximum", "form/qty").call(|call| {
                let fields = super::super::fixture::json(r#"{"qty":1001,"kind":"gift"}"#);
                call.body = Some(crate::case::Body::Form(fields));
            });
        assert_eq!(fails(&NegativeDataRejection, &operation, bound).severity, Severity::Error);
    }

    #[test]
    fn bounds_of_queries_are_capped_by_safe_methods_and_warned_of_for_others() {
        let query = |method: &str, rule: &str, schema: &str, value: Value| {
            let name = format!("{method} /orders");
            let operation = operation(&name).takes(Location::Query, "q", false, schema);
            let said = Said::answer(&name, 200)
                .breaking(rule, "query/q")
                .call(|call| call.query.push(("q".to_owned(), value)));
            judge(&NegativeDataRejection, &operation, said).map(|failure| failure.severity)
        };
        let bound = r#"{"type":"integer","maximum":100}"#;
        assert_eq!(query("GET", "maximum", bound, 101.into()), None);
        assert_eq!(query("POST", "maximum", bound, 101.into()), Some(Severity::Warning));
        let choice = r#"{"enum":["a","b"]}"#;
        assert_eq!(query("GET", "enum", choice, "c".into()), Some(Severity::Warning));
        assert_eq!(query("GET", "enum", choice, "A".into()), None);
        assert_eq!(query("GET", "duplicate", choice, "a".into()), None);
    }

    #[test]
    fn a_required_parameter_that_is_left_out_on_the_wire_is_a_warning() {
        let left_out = |required: bool, schema: &str| {
            let operation = operation("GET /orders").takes(Location::Query, "q", required, schema);
            let said = Said::answer("GET /orders", 200)
                .breaking("missing_parameter", "query/q")
                .call(|call| call.query.push(("q".to_owned(), 1.into())));
            judge(&NegativeDataRejection, &operation, said).map(|failure| failure.severity)
        };
        assert_eq!(left_out(true, "{}"), Some(Severity::Warning));
        assert_eq!(left_out(true, r#"{"default":1}"#), None);
        assert_eq!(left_out(false, "{}"), None);
    }

    #[test]
    fn silent_for_headers_and_for_bodies_without_meaning() {
        let headers = operation("GET /orders").takes(Location::Header, "X", true, "{}");
        silent(
            &NegativeDataRejection,
            &headers,
            Said::answer("GET /orders", 200).breaking("required", "headers/X"),
        );
        let delete = operation("DELETE /orders").takes_body("application/json", ORDER);
        let said = Said::answer("DELETE /orders", 204)
            .sending_json(r#"{"qty":1001,"kind":"gift"}"#)
            .breaking("maximum", "json/qty");
        silent(&NegativeDataRejection, &delete, said);
    }
}
