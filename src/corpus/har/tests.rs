use std::sync::Arc;

use super::*;
use crate::case::Label;
use crate::schema::Documents;
use crate::spec::openapi;

const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{
    "/users":{"post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{
        "type":"object","required":["name"],"properties":{"name":{"type":"string"},
            "key":{"type":"string"}}}}}},
        "responses":{"201":{"description":"","content":{"application/json":{"schema":{
            "type":"object","properties":{"id":{"type":"integer"}}}}}}}}},
    "/users/{id}":{"get":{"parameters":[
        {"name":"id","in":"path","required":true,"schema":{"type":"integer"}},
        {"name":"deep","in":"query","schema":{"type":"boolean"}},
        {"name":"tags","in":"query","explode":false,"schema":{"type":"array","items":{"type":"string"}}}],
        "responses":{"200":{"description":""}}}},
    "/users/me":{"get":{"responses":{"200":{"description":""}}}}}}"#;

fn service() -> Service {
    let (documents, root) = Documents::single(read::json(DOCUMENT.as_bytes()).unwrap());
    openapi::read(&Arc::new(documents), &root).unwrap()
}

/// An entry: method, address, body and the answer with its status.
fn entry(method: &str, url: &str, body: &str, status: u16, answer: &str) -> String {
    let text = |text: &str| Value::text(text).to_string();
    let body = if body.is_empty() {
        String::new()
    } else {
        format!(
            r#","postData":{{"mimeType":"application/json; charset=utf-8","text":{}}}"#,
            text(body)
        )
    };
    format!(
        r#"{{"request":{{"method":"{method}","url":"{url}",
            "headers":[{{"name":"Authorization","value":"Bearer hush"}}]{body}}},
            "response":{{"status":{status},"headers":[],"content":{{"text":{}}}}}}}"#,
        text(answer)
    )
}

fn traffic(entries: &[String]) -> Traffic {
    let list = read::json(format!("[{}]", entries.join(",")).as_bytes()).unwrap();
    let redactor = Redactor::new([("alice.bearer", "hush")]);
    Traffic::of(list.as_array().unwrap(), &service(), "127.0.0.1:80", &["/api"], &redactor)
}

#[test]
fn a_request_becomes_a_call_behind_what_made_its_id() {
    let traffic = traffic(&[
        entry("POST", "https://shop.example/api/users", r#"{"name":"Ada"}"#, 201, r#"{"id":41}"#),
        entry("GET", "https://shop.example/api/users/me", "", 200, "{}"),
        entry("GET", "https://shop.example/api/users/41?deep=true&tags=a,b&x=1", "", 200, "{}"),
    ]);
    assert!(traffic.left_out.is_empty(), "{:?}", traffic.left_out);
    let calls: Vec<Vec<&str>> =
        traffic.cases.iter().map(|case| case.calls().map(|c| &*c.operation).collect()).collect();
    let make = "POST /users";
    assert_eq!(calls, [vec![make], vec!["GET /users/me"], vec![make, "GET /users/{id}"]]);
    let last = traffic.cases[2].call("s2").unwrap();
    assert_eq!(last.references(), ["s1"]);
    let query =
        Value::object(last.query.iter().map(|(name, value)| (name.as_str(), value.clone())));
    assert_eq!(query.to_string(), r#"{"deep":true,"tags":["a","b"]}"#);
    assert!(last.headers.is_empty() && last.label == Label::Valid);
}

#[test]
fn other_hosts_and_what_the_document_does_not_know_are_left_out_and_told() {
    let traffic = traffic(&[
        entry("GET", "http://127.0.0.1:80/api/users/1", "", 200, "{}"),
        entry("GET", "https://ads.example/pixel", "", 200, ""),
        entry("GET", "http://127.0.0.1:80/api/nothing", "", 404, ""),
        entry("POST", "http://127.0.0.1:80/api/users", "no json", 400, ""),
        r#"{"request":{"url":"ws://127.0.0.1:80/api/users"}}"#.to_owned(),
    ]);
    assert_eq!(traffic.cases.len(), 1);
    let told: Vec<(&str, usize)> =
        traffic.left_out.iter().map(|(why, count)| (why.as_str(), *count)).collect();
    assert_eq!(
        told,
        [
            ("asked for what the document does not know", 1),
            ("has a body that is no JSON", 1),
            ("no request can be read there", 1),
            ("went to other hosts", 1)
        ]
    );
}

#[test]
fn secrets_become_symbols_and_what_breaks_the_contract_is_labelled() {
    let traffic = traffic(&[
        entry("POST", "http://h/users", r#"{"name":"n","key":"hush"}"#, 201, "{}"),
        entry("POST", "http://h/users", r#"{"key":"k"}"#, 422, "{}"),
    ]);
    let [secret, broken] = &traffic.cases[..] else { panic!("{traffic:?}") };
    let shown = format!("{secret:?}");
    assert!(shown.contains("Secret") && !shown.contains("\"hush\""), "{shown}");
    assert_eq!(broken.label(), Label::Invalid);
}

#[test]
fn what_is_no_har_is_told_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traffic.har");
    for (content, told) in [("{", "line 1"), ("{}", "log.entries"), ("[1]", "log.entries")] {
        std::fs::write(&path, content).unwrap();
        let error = Traffic::read(&path, &service(), "h", &[], &Redactor::default()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("traffic.har") && error.contains(told), "{error}");
    }
    let error = Traffic::read(&path.join("none"), &service(), "h", &[], &Redactor::default());
    assert!(error.unwrap_err().to_string().starts_with("cannot read"));
}
