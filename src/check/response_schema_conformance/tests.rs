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
    let message = |body: &str| fails(&ResponseSchemaConformance, &get(), said(200, body)).message;
    let first = message(r#"[{"id":"x"}]"#);
    assert!(first.contains("/items/properties/id/type"), "{first}");
    assert_eq!(first, message(r#"[{"id":1},{"id":2},{"id":"y"}]"#));
    assert_ne!(first, message(r#"[{"id":1,"state":"gone"}]"#));
}

#[test]
fn a_body_that_says_it_is_json_and_is_none_is_an_error() {
    for body in ["<html>", "[1,", "{'a':1}"] {
        let failure = fails(&ResponseSchemaConformance, &get(), said(200, body));
        assert_eq!((failure.severity, failure.outcome.as_str()), (Severity::Error, "200 not_json"));
    }
    assert_eq!(fails(&ResponseSchemaConformance, &get(), said(200, "")).outcome, "200 empty");
}

#[test]
fn a_refusal_that_does_not_fit_is_a_warning_for_valid_and_invalid_calls() {
    for label in [Label::Valid, Label::Invalid] {
        let failure =
            fails(&ResponseSchemaConformance, &get(), said(400, "{\"message\":1}").label(label));
        assert_eq!(failure.severity, Severity::Warning);
    }
    silent(&ResponseSchemaConformance, &get(), said(400, "{}").label(Label::Malformed));
}

#[test]
fn what_is_only_written_and_comes_back_is_a_warning() {
    let user = r#"{"content":{"application/json":{"schema":{"type":"object","required":["password"],
        "properties":{"password":{"type":"string","writeOnly":true}}}}}}"#;
    let document = format!(
        r#"{{"openapi":"3.1.0","info":{{}},"paths":{{"/me":{{"get":{{"responses":{{"200":{user},"400":{user}}}}}}}}}}}"#
    );
    let service = crate::spec::load::alone("t.json", document.as_bytes()).unwrap().service;
    let get = service.operations.into_iter().next().unwrap();
    let said = |status, body: &str| Said::answer("GET /me", status).json(body);
    let failure = fails(&ResponseSchemaConformance, &get, said(200, r#"{"password":"hunter2"}"#));
    assert_eq!(failure.severity, Severity::Warning);
    assert_eq!((&*failure.outcome, &*failure.message), ("200 write_only", "/password"));
    for (status, body) in
        [(200, "{}"), (200, r#"{"password":"****"}"#), (400, r#"{"password":"hunter2"}"#)]
    {
        silent(&ResponseSchemaConformance, &get, said(status, body));
    }
}

#[test]
fn sequences_are_judged_item_by_item() {
    let service = crate::spec::load::alone(
        "t.json",
        br#"{"openapi":"3.2.0","info":{},"paths":{"/lines":{"get":{"responses":{"200":{"content":{
            "application/jsonl":{"itemSchema":{"type":"object","required":["id"]}},
            "application/json-seq":{"schema":{"type":"object"}}}}}}}}}"#,
    );
    let lines = service.unwrap().service.operations.remove(0);
    let said = |media: &str, body: &str| {
        Said::answer("GET /lines", 200).header("content-type", media).body(body)
    };
    let jsonl = |body| said("application/jsonl", body);
    let failure = fails(&ResponseSchemaConformance, &lines, jsonl("{\"id\":1}\n{}\n"));
    assert!(failure.why.contains("/1 "), "{}", failure.why);
    let failure = fails(&ResponseSchemaConformance, &lines, jsonl("{\"id\":1}\n{"));
    assert_eq!(failure.outcome, "200 not_json");
    for said in [jsonl("{\"id\":1}\n{\"id\":2}"), jsonl(""), said("application/json-seq", "x")] {
        silent(&ResponseSchemaConformance, &lines, said);
    }
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
