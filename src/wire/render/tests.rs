//! Whole calls, and the laws of every call.

use proptest::prelude::*;

use super::*;
use crate::case::Body;
use crate::value::{Reference, Symbol, read};
use crate::wire::http1;

fn value(json: &str) -> Value {
    read::json(json.as_bytes()).unwrap()
}

fn call(operation: &str, path: &[(&str, &str)]) -> Call {
    let path = path.iter().map(|(name, json)| ((*name).to_owned(), value(json))).collect();
    Call { operation: operation.to_owned(), path, ..Call::default() }
}

fn target(operation: &str, path: &[(&str, &str)]) -> String {
    request(&call(operation, path), "/api/").unwrap().target
}

#[test]
fn a_whole_call_is_rendered_in_a_fixed_order() {
    let mut call = call("PUT /orders/{id}", &[("id", "7")]);
    call.query = vec![("a".to_owned(), value("[1,2]")), ("b".to_owned(), value("[3,4]"))];
    call.headers =
        vec![("X-Trace".to_owned(), value("\"t\"")), ("accept".to_owned(), value("\"text/csv\""))];
    call.cookies = vec![("c".to_owned(), value("1")), ("d".to_owned(), value("\"x y\""))];
    call.body = Some(Body::Json(value(r#"{"qty":1}"#)));
    call.render = vec![
        ("query/b".to_owned(), "pipeDelimited".to_owned()),
        ("json".to_owned(), "application/merge-patch+json".to_owned()),
    ];
    let encoded = http1::encode(&request(&call, "/api").unwrap(), "shop");
    let text = String::from_utf8([&encoded.head[..], &encoded.body[..]].concat()).unwrap();
    insta::assert_snapshot!(text.replace("\r\n", "\n").replace(USER_AGENT, "phi-fuzz"), @r#"
    PUT /api/orders/7?a=1&a=2&b=3%7C4 HTTP/1.1
    Host: shop
    User-Agent: phi-fuzz
    Content-Type: application/merge-patch+json
    X-Trace: t
    accept: text/csv
    Cookie: c=1; d=x%20y
    Content-Length: 9

    {"qty":1}
    "#);
}

#[test]
fn a_path_never_collapses() {
    assert_eq!(target("GET /a/{x}/b", &[("x", "\"..\"")]), "/api/a/%2E%2E/b");
    assert_eq!(target("GET /a/{x}/b", &[("x", "\"\"")]), "/api/a//b");
    assert_eq!(target("GET /a/{x}{y}", &[("x", "\".\""), ("y", "\".\"")]), "/api/a/%2E%2E");
    assert_eq!(target("GET /a/{x}", &[("x", "\"b/../c?d#e\"")]), "/api/a/b%2F..%2Fc%3Fd%23e");
    assert_eq!(target("GET /a/{x}.json", &[("x", "\".\"")]), "/api/a/..json");
}

#[test]
fn templates_keep_their_text() {
    assert_eq!(target("GET /a b/é/%41/{", &[]), "/api/a%20b/%C3%A9/%41/%7B");
    let mut call = call("GET /a?x=1", &[]);
    call.query = vec![("y".to_owned(), Value::int(2))];
    assert_eq!(request(&call, "").unwrap().target, "/a?x=1&y=2");
}

#[test]
fn what_cannot_be_sent_names_its_place() {
    let told = |call: &Call| request(call, "").unwrap_err().to_string();
    assert!(told(&call("Orders.Create", &[])).contains("is no REST operation"));
    assert!(told(&call("GET /a/{x}", &[])).starts_with("path/x is missing"));
    let mut symbolic = call("GET /a", &[]);
    let from = Reference::parse("s1/body/id").unwrap();
    symbolic.query =
        vec![("a/b".to_owned(), Value::Array(vec![Value::Symbol(Box::new(Symbol::From(from)))]))];
    assert!(told(&symbolic).starts_with("query/a~1b still holds a symbol"));
    let mut header = call("GET /a", &[]);
    header.headers = vec![("X".to_owned(), value(r#""a\nb""#))];
    assert!(told(&header).starts_with("headers/X: CR, LF and NUL"));
    header.headers = vec![("X Y".to_owned(), Value::Null)];
    assert!(told(&header).contains("is no token"));
    let mut fact = call("GET /a", &[]);
    fact.body = Some(Body::Json(Value::Null));
    fact.render = vec![("json".to_owned(), "a/b\r\nX: y".to_owned())];
    assert!(told(&fact).starts_with("as/json: a media type holds no"));
    fact.query = vec![("q".to_owned(), Value::Null)];
    fact.render = vec![("query/q".to_owned(), "pipes".to_owned())];
    assert!(told(&fact).starts_with("as/query/q: `pipes`"));
}

#[test]
fn losses_name_their_places() {
    let mut call = call("POST /a/{x}", &[("x", "\"\"")]);
    call.query = vec![
        ("q".to_owned(), value("[]")),
        ("o".to_owned(), value(r#"{"z":1,"p":2}"#)),
        ("p".to_owned(), value("1")),
    ];
    call.body = Some(Body::Form(value(r#"{"a":null}"#)));
    let plain = plain(&call, "").unwrap();
    let losses: Vec<_> = plain.losses.iter().map(|(place, loss)| (&**place, *loss)).collect();
    assert_eq!(
        losses,
        [
            ("path/x", Loss::EmptySegment),
            ("query/q", Loss::Empty),
            ("query/o", Loss::Collision),
            ("form", Loss::Null)
        ]
    );
    assert_eq!(plain.request.target, "/a/?z=1&p=2&p=1");
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::int),
        prop::collection::vec(prop_oneof![0_u32..0x80, 0xD7F0_u32..0xE010, any::<u32>()], 0..6)
            .prop_map(|points| Value::String(crate::value::Text::from_code_points(points))),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(Value::Bytes),
        Just(Value::text("..")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let member = ("[a-c/~ é\"]{0,2}", inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::Array),
            prop::collection::vec(member, 0..4).prop_map(Value::object),
        ]
    })
}

fn facts_of_any_kind() -> impl Strategy<Value = Vec<(String, String)>> {
    let places = [
        "path/x",
        "query/q",
        "headers/X-H",
        "cookies/c",
        "form/a",
        "multipart/a",
        "xml/a",
        "xml",
        "json",
    ];
    let words = [
        "simple",
        "label",
        "matrix explode",
        "form joined",
        "pipeDelimited",
        "deepObject",
        "cookie",
        "reserved",
        "bare",
        "application/json",
        "whole",
        "attribute",
        "wrapped",
        "cdata",
        "none",
        "text/csv; filename=\"x\"",
        "application/xml name=n",
    ];
    let fact = (prop::sample::select(places.to_vec()), prop::sample::select(words.to_vec()));
    prop::collection::vec(fact.prop_map(|(place, word)| (place.to_owned(), word.to_owned())), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Only deviations damage HTTP: a call without any is a well-formed request, or an error.
    #[test]
    fn every_call_gives_a_well_formed_request_or_an_error(
        [x, q, h, c, b] in [values(), values(), values(), values(), values()],
        kind in prop::option::of(0_usize..6),
        render in facts_of_any_kind(),
    ) {
        let kinds = [Body::Json, Body::Form, Body::Multipart, Body::Xml, Body::Text, Body::Bytes];
        let call = Call {
            operation: "PUT /a/{x}".to_owned(),
            path: vec![("x".to_owned(), x)],
            query: vec![("q".to_owned(), q)],
            headers: vec![("X-H".to_owned(), h)],
            cookies: vec![("c".to_owned(), c)],
            body: kind.map(|kind| kinds[kind](b)),
            render,
            ..Call::default()
        };
        if let Ok(Plain { request: sent, losses }) = plain(&call, "") {
            let encoded = http1::encode(&sent, "h");
            let mut fields = [httparse::EMPTY_HEADER; 16];
            let mut parsed = httparse::Request::new(&mut fields);
            // Control characters other than CR, LF and NUL are sent, but never unnoticed.
            let control = |octet: &u8| octet.is_ascii_control() && *octet != b'\t';
            let odd = sent.headers.iter().any(|h| h.value.iter().any(control)) && !losses.is_empty();
            match parsed.parse(&encoded.head) {
                Ok(status) => {
                    prop_assert_eq!(status, httparse::Status::Complete(encoded.head.len()));
                    prop_assert_eq!(parsed.path, Some(&*sent.target));
                    prop_assert!(sent.target.starts_with("/a/"));
                }
                Err(error) => prop_assert!(odd, "{}: {}", error, encoded.head.escape_ascii()),
            }
            prop_assert_eq!(request(&call, ""), Ok(sent));
        }
    }
}
