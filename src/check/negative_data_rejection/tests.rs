//! Each test is named by the rule of silence, or of failure, that it shows.

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
    let read_only = said("readOnly", "json/id", r#"{"qty":1,"kind":"gift","id":771234}"#);
    silent(&NegativeDataRejection, &create(), read_only.clone().json(r#"{"id":1}"#));
    fails(&NegativeDataRejection, &create(), read_only.json(r#"{"id":771234}"#));
    // A counter may have come to that by itself.
    let counter = said("readOnly", "json/id", r#"{"qty":1,"kind":"gift","id":7}"#);
    silent(&NegativeDataRejection, &create(), counter.json(r#"{"id":7}"#));
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
    let operation = operation("POST /orders")
        .takes_body("application/json", r#"{"required":["a"],"properties":{"a":{"default":1}}}"#);
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
        let said =
            Said::answer("POST /orders", status).sending_json(body).breaking("maximum", "json/qty");
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
    let bound = Said::answer("POST /orders", 201).breaking("maximum", "form/qty").call(|call| {
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
