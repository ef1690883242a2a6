use super::*;
use crate::case::Body;
use crate::generate::fixture::{json, taking};
use crate::spec::Operation;
use crate::value::{Symbol, Value};

const ORDER: &str = r#"{"type":"object","required":["lines"],"additionalProperties":false,"properties":{
    "id":{"type":"integer","readOnly":true},
    "mail":{"type":"string","format":"email"},
    "lines":{"type":"array","items":{"type":"object","required":["sku"],
        "properties":{"sku":{"type":"string"},"qty":{"type":"integer","minimum":1}}}}}}"#;

fn order() -> Operation {
    taking(
        ORDER,
        r#"{"name":"n","in":"query","schema":{"type":"integer"}},
           {"name":"flags","in":"query","schema":{"type":"array","items":{"type":"boolean"}}},
           {"name":"Tenant","in":"header","required":false,"schema":{"type":"string"}}"#,
    )
}

fn call(body: &str, label: Label, deviations: &[(&str, &str)]) -> Call {
    Call {
        id: "s1".to_owned(),
        operation: "POST /things".to_owned(),
        body: Some(Body::Json(json(body))),
        label,
        deviations: deviations.iter().map(|(rule, at)| Deviation::schema(rule, *at)).collect(),
        ..Call::default()
    }
}

fn with_query(name: &str, value: &str, label: Label) -> Call {
    let mut call = call(r#"{"lines":[]}"#, label, &[]);
    call.query.push((name.to_owned(), json(value)));
    if label == Label::Invalid {
        call.deviations.push(Deviation::schema("type", format!("query/{name}")));
    }
    call
}

#[test]
fn a_label_is_kept_only_where_the_values_show_it() {
    let operation = order();
    let confirmed = |body: &str, label, deviations: &[(&str, &str)]| {
        confirms(&operation, &call(body, label, deviations))
    };
    let wrong = r#"{"lines":[{"sku":"a","qty":0}]}"#;
    let at = "json/lines/0/qty";
    assert!(confirmed(r#"{"lines":[]}"#, Label::Valid, &[]));
    assert!(!confirmed(wrong, Label::Valid, &[]));
    assert!(!confirmed(wrong, Label::Unspecified, &[]));
    assert!(confirmed(wrong, Label::Invalid, &[("minimum", at)]));
    assert!(!confirmed(wrong, Label::Invalid, &[("maximum", at)]));
    assert!(!confirmed(r#"{"lines":[]}"#, Label::Invalid, &[("minimum", at)]));
    // More is broken than is named.
    let worse = r#"{"lines":[{"sku":"a","qty":0}],"x":1}"#;
    assert!(!confirmed(worse, Label::Invalid, &[("minimum", at)]));
    let both = [("minimum", at), ("additionalProperties", "json/x")];
    assert!(confirmed(worse, Label::Invalid, &both));
    // What only breaks a format breaks nothing else.
    let mail = r#"{"lines":[],"mail":"x"}"#;
    assert!(confirmed(mail, Label::Invalid, &[("format", "json/mail")]));
    assert!(!confirmed(mail, Label::Invalid, &[("type", "json/mail")]));
}

#[test]
fn a_value_in_a_query_is_invalid_only_where_no_reading_is_valid() {
    let operation = order();
    for (name, value) in [("n", r#""7""#), ("flags", r#""true""#), ("flags", r#"["false"]"#)] {
        assert!(!confirms(&operation, &with_query(name, value, Label::Invalid)), "{value}");
    }
    for (name, value) in [("n", r#""x""#), ("n", "1.5"), ("flags", "[7]")] {
        assert!(confirms(&operation, &with_query(name, value, Label::Invalid)), "{value}");
    }
}

#[test]
fn what_cannot_be_read_back_is_neither_valid_nor_invalid() {
    let operation = order();
    assert!(!confirms(&operation, &with_query("flags", "[]", Label::Valid)));
    assert!(confirms(&operation, &with_query("flags", "[]", Label::Unspecified)));
    let lawful = lawful(&operation, with_query("flags", "[]", Label::Valid), Label::Valid);
    assert_eq!(lawful.map(|call| call.label), Some(Label::Unspecified));
    // A line break cannot stand in a header at all.
    let mut broken = call(r#"{"lines":[]}"#, Label::Unspecified, &[]);
    broken.headers.push(("Tenant".to_owned(), Value::text("a\nb")));
    assert!(!confirms(&operation, &broken));
}

#[test]
fn a_broken_place_that_moved_is_found_again() {
    let operation = order();
    let body = r#"{"lines":[{"sku":"a"},{"sku":"b","qty":0}]}"#;
    let moved = call(body, Label::Invalid, &[("minimum", "json/lines/4/qty")]);
    let settled = settled(&operation, &moved).unwrap();
    assert_eq!(settled.deviations[0].at.as_deref(), Some("json/lines/1/qty"));
    let missing = call(r#"{"lines":[{}]}"#, Label::Invalid, &[("required", "json/lines/4/sku")]);
    let settled = super::settled(&operation, &missing).unwrap();
    assert_eq!(settled.deviations[0].at.as_deref(), Some("json/lines/0/sku"));
    // What it stood in is gone, or has another name.
    let renamed =
        call(r#"{"lines":[],"y":1}"#, Label::Invalid, &[("additionalProperties", "json/x")]);
    let settled = super::settled(&operation, &renamed).unwrap();
    assert_eq!(settled.deviations[0].at.as_deref(), Some("json/y"));
    let gone = call("{}", Label::Invalid, &[("required", "json/lines/2/sku")]);
    let settled = super::settled(&operation, &gone).unwrap();
    assert_eq!(settled.deviations[0].at.as_deref(), Some("json/lines"));
    // Of two places no one is the one.
    let body = r#"{"lines":[{"sku":"a","qty":0},{"sku":"b","qty":0}]}"#;
    assert!(!confirms(&operation, &call(body, Label::Invalid, &[("minimum", "json/lines/4/qty")])));
}

#[test]
fn members_that_the_server_owns_are_shown_by_being_there() {
    let operation = order();
    let sent = |at| call(r#"{"lines":[],"id":7}"#, Label::Invalid, &[("readOnly", at)]);
    assert!(confirms(&operation, &sent("json/id")));
    assert!(!confirms(&operation, &sent("json/lines")));
    assert!(!confirms(
        &operation,
        &call(r#"{"lines":[]}"#, Label::Invalid, &[("readOnly", "json/id")])
    ));
}

#[test]
fn damage_on_the_wire_is_done_to_what_is_valid() {
    let operation = order();
    let damaged = |body: &str, rule: &str, label| {
        let mut call = call(body, label, &[]);
        call.deviations.push(Deviation::wire(rule));
        confirms(&operation, &call)
    };
    let (fine, wrong) = (r#"{"lines":[]}"#, r#"{"lines":7}"#);
    assert!(damaged(fine, "truncate", Label::Malformed));
    assert!(!damaged(wrong, "truncate", Label::Malformed));
    assert!(!damaged(fine, "truncate", Label::Valid));
    assert!(!damaged(fine, "gzip", Label::Malformed));
    assert!(damaged(fine, "gzip", Label::Unspecified));
    assert!(damaged(fine, "unsupported_content_type", Label::Invalid));
}

#[test]
fn what_only_an_execution_knows_is_taken_to_be_right() {
    let operation = order();
    let mut call = call(r#"{"lines":[{"sku":"a","qty":1}]}"#, Label::Valid, &[]);
    let symbol = Value::Symbol(Box::new(Symbol::Var("tenant".to_owned())));
    let Some(Body::Json(body)) = &mut call.body else { panic!("no body") };
    let qty = crate::value::Pointer::parse("/lines/0/qty").unwrap();
    *qty.find_mut(body).unwrap() = symbol;
    assert!(confirms(&operation, &call));
    call.query.push(("n".to_owned(), Value::text("x")));
    assert!(!confirms(&operation, &call));
}

#[test]
fn a_schema_that_cannot_be_judged_proves_nothing() {
    let operation = taking(r#"{"$schema":"http://x/own","type":"integer"}"#, "");
    let seven = call("7", Label::Valid, &[]);
    assert!(!confirms(&operation, &seven));
    assert_eq!(
        lawful(&operation, seven, Label::Valid).map(|call| call.label),
        Some(Label::Unspecified)
    );
}

/// What a lawful call with one parameter is labelled as; `None` where it cannot be sent.
fn labelled(location: &str, text: &str) -> Option<Label> {
    let paths = format!(
        r#"{{"/things/{{p}}":{{"get":{{"parameters":[
            {{"name":"p","in":"path","required":true,"schema":{{"type":"string"}}}},
            {{"name":"x","in":"{location}","schema":{{"type":"string"}}}}],"responses":{{}}}}}}}}"#
    );
    let service = crate::generate::fixture::service(&paths);
    let operation = &service.operations[0];
    let value = |own: bool| if own { Value::text(text) } else { Value::text("a") };
    let mut call =
        Call { id: "s1".to_owned(), operation: operation.name.clone(), ..Call::default() };
    call.path.push(("p".to_owned(), value(location == "path")));
    match location {
        "query" => call.query.push(("x".to_owned(), value(true))),
        "header" => call.headers.push(("x".to_owned(), value(true))),
        "cookie" => call.cookies.push(("x".to_owned(), value(true))),
        _ => {}
    }
    let lawful = lawful(operation, call, Label::Valid);
    assert!(lawful.as_ref().is_none_or(|call| confirms(operation, call)));
    lawful.map(|call| call.label)
}

#[test]
fn what_servers_read_in_different_ways_is_not_called_valid() {
    let valid = Some(Label::Valid);
    let unspecified = Some(Label::Unspecified);
    for (location, text, label) in [
        // RFC 9110, section 5.5.
        ("header", "a b", valid),
        ("header", "a\tb", valid),
        ("header", " a", unspecified),
        ("header", "a\t", unspecified),
        ("header", "a\u{1b}", unspecified),
        ("header", "a\u{7f}", unspecified),
        ("header", "é", unspecified),
        ("header", "a\nb", None),
        ("header", "\0", None),
        // RFC 6265, section 4.1.1.
        ("cookie", "a-b", valid),
        ("cookie", "a b", unspecified),
        ("cookie", "é", unspecified),
        ("cookie", "\0", unspecified),
        // RFC 3986, sections 3.3, 5.2.4 and 7.3.
        ("path", "a b", valid),
        ("path", "é", valid),
        ("path", "...", valid),
        ("path", ".", unspecified),
        ("path", "..", unspecified),
        ("path", "", unspecified),
        ("path", "a/b", unspecified),
        ("path", "a%2Fb", unspecified),
        ("path", "a\\b", unspecified),
        ("path", "a;b", unspecified),
        ("path", "a\nb", unspecified),
        ("path", "\0", unspecified),
        ("query", "../%2F;&=#+ é", valid),
        ("query", " a\n", valid),
        ("query", "", valid),
        ("query", "a\0", unspecified),
    ] {
        assert_eq!(labelled(location, text), label, "{location} {text:?}");
    }
}

#[test]
fn heads_that_a_server_need_not_take_are_not_called_valid() {
    for location in ["path", "query", "header", "cookie"] {
        let label = |length: usize| labelled(location, &"0".repeat(length));
        assert_eq!(label(6_900), Some(Label::Valid), "{location}");
        for length in [8_191, 65_536] {
            assert_eq!(label(length), Some(Label::Unspecified), "{location} {length}");
        }
    }
    // Octets count, not characters.
    assert_eq!(labelled("query", &"é".repeat(1_500)), Some(Label::Unspecified));
}

#[test]
fn a_leap_second_is_lawful_and_no_one_has_to_take_it() {
    let operation = taking(
        r#"{"type":"object","properties":{"at":{"type":"array","items":{"type":"string","format":"date-time"}}}}"#,
        r#"{"name":"t","in":"query","schema":{"type":"string","format":"time"}}"#,
    );
    let confirmed =
        |at: &str, label| confirms(&operation, &call(&format!(r#"{{"at":["{at}"]}}"#), label, &[]));
    assert!(confirmed("2000-01-01T23:59:59Z", Label::Valid));
    for leap in ["2000-01-01T23:59:60Z", "1990-12-31t15:59:60.5-08:00"] {
        assert!(!confirmed(leap, Label::Valid), "{leap}");
        assert!(confirmed(leap, Label::Unspecified), "{leap}");
        let drawn = call(&format!(r#"{{"at":["{leap}"]}}"#), Label::Valid, &[]);
        assert_eq!(lawful(&operation, drawn, Label::Valid).unwrap().label, Label::Unspecified);
    }
    let mut query = call(r#"{"at":[]}"#, Label::Valid, &[]);
    query.query.push(("t".to_owned(), json("\"23:59:60Z\"")));
    assert_eq!(lawful(&operation, query, Label::Valid).unwrap().label, Label::Unspecified);
}
