//! What the contract allows, and not every server takes, is not called valid.

use super::*;

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
