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

/// The rules that a call with this body is labelled by, where a rule was to be broken at a place.
fn named_by(operation: &Operation, body: &str, rule: &str, at: &str) -> Vec<String> {
    let call = breaking(operation, call(body, Label::Valid, &[]), rule, at.to_owned());
    assert!(call.as_ref().is_none_or(|call| confirms(operation, call)), "{call:?}");
    let deviations = call.map(|call| call.deviations).unwrap_or_default();
    let told = |deviation: &Deviation| {
        format!("{} {}", deviation.rule.as_str().unwrap(), deviation.at.as_deref().unwrap())
    };
    deviations.iter().map(told).collect()
}

#[test]
fn a_rule_is_named_only_where_it_is_broken_itself() {
    let either = taking(
        r#"{"oneOf":[{"type":"integer","multipleOf":3},{"type":"integer","multipleOf":5}]}"#,
        "",
    );
    for (body, rule, named) in [
        // Both take it.
        ("0", "type", "oneOf json"),
        ("0", "multipleOf", "oneOf json"),
        // Neither does, for one reason.
        ("1", "type", "oneOf json"),
        ("1", "multipleOf", "multipleOf json"),
        (r#""x""#, "type", "type json"),
    ] {
        assert_eq!(named_by(&either, body, rule, "json"), [named], "{body} {rule}");
        let wrong = call(body, Label::Invalid, &[(rule, "json")]);
        let is_true = named == format!("{rule} json");
        assert_eq!(confirms(&either, &wrong), is_true, "{body} {rule}");
    }
    let denied = taking(r#"{"type":"integer","not":{"minimum":10}}"#, "");
    assert_eq!(named_by(&denied, "10", "exclusiveMaximum", "json"), ["not json"]);
    let arms = taking(r#"{"enum":["a","b"]}"#, "");
    assert_eq!(named_by(&arms, "null", "type", "json"), ["enum json"]);
    let wide = taking(r#"{"anyOf":[{"type":"string"},{"type":"integer","minimum":5}]}"#, "");
    assert_eq!(named_by(&wide, "3", "type", "json"), ["anyOf json"]);
    assert_eq!(named_by(&wide, "3", "minimum", "json"), ["minimum json"]);
    assert_eq!(named_by(&wide, "null", "type", "json"), ["type json"]);
    let names = taking(r#"{"type":"object","propertyNames":{"pattern":"^[a-z]+$"}}"#, "");
    assert_eq!(named_by(&names, r#"{"A":1}"#, "propertyNames", "json"), ["propertyNames json"]);
    let closed = taking(
        r#"{"required":["a","b"],"additionalProperties":false,
        "properties":{"a":{},"b":{},"type":false}}"#,
        "",
    );
    let one = r#"{"a":1}"#;
    assert_eq!(named_by(&closed, one, "required", "json/a"), ["required json/b"]);
    let both = ["required json/a", "required json/b"];
    assert_eq!(named_by(&closed, "{}", "required", "json/a"), both);
    let stranger = r#"{"a":1,"b":1,"x":1}"#;
    let named = named_by(&closed, stranger, "additionalProperties", "json/y");
    assert_eq!(named, ["additionalProperties json/x"]);
    let forbidden = r#"{"a":1,"b":1,"type":1}"#;
    assert_eq!(named_by(&closed, forbidden, "type", "json/type"), ["not json/type"]);
}

#[test]
fn the_branch_that_an_object_is_tagged_as_says_what_is_wrong_with_it() {
    let schemas = r#"{"kind":{"const":"KIND"},"n":{"type":"integer","minimum":1}}"#;
    let branch = |kind: &str, more: &str| {
        let members = schemas.replace("KIND", kind);
        format!(r#"{{"type":"object","required":["kind"{more}],"properties":{members}}}"#)
    };
    let (a, b) = (branch("a", ""), branch("b", r#","s""#));
    let tagged = taking(&format!(r#"{{"oneOf":[{a},{b}]}}"#), "");
    let below = r#"{"kind":"a","n":0}"#;
    assert_eq!(named_by(&tagged, below, "minimum", "json/n"), ["minimum json/n"]);
    let neither = r#"{"kind":"c","n":1,"s":1}"#;
    assert_eq!(named_by(&tagged, neither, "const", "json/kind"), ["const json/kind"]);
    assert_eq!(named_by(&tagged, neither, "minimum", "json/n"), ["oneOf json"]);
    // Nobody says that the member tells the branches apart.
    assert_eq!(named_by(&tagged, neither, "discriminator", "json"), ["oneOf json"]);
    let paths = format!(
        r##"{{"/things":{{"post":{{"requestBody":{{"required":true,"content":{{"application/json":
            {{"schema":{{"discriminator":{{"propertyName":"kind"}},
                "oneOf":[{{"$ref":"#/paths/x-schemas/a"}},{{"$ref":"#/paths/x-schemas/b"}}]}}}}}}}},
            "responses":{{}}}}}},"x-schemas":{{"a":{a},"b":{b}}}}}"##
    );
    let service = crate::generate::fixture::service(&paths);
    let declared = &service.operations[0];
    let lie = r#"{"kind":"b","n":1}"#;
    assert_eq!(named_by(declared, neither, "discriminator", "json"), ["discriminator json"]);
    assert_eq!(named_by(declared, lie, "discriminator", "json"), ["discriminator json"]);
    assert_eq!(named_by(declared, below, "discriminator", "json"), ["oneOf json"]);
}

#[test]
fn what_travels_as_text_is_named_by_what_it_is_read_as() {
    let operation = order_with_text();
    let labelled = |part: &str, name: &str, value: &str, rule: &str| -> Option<String> {
        let mut call = call("{}", Label::Valid, &[]);
        let own = (name.to_owned(), json(value));
        call.path.push(("s".to_owned(), Value::text("a")));
        match part {
            "path" => call.path[0] = own,
            "headers" => call.headers.push(own),
            _ => call.query.push(own),
        }
        let call = breaking(&operation, call, rule, format!("{part}/{name}"))?;
        Some(call.deviations[0].rule.as_str()?.to_owned())
    };
    assert_eq!(labelled("query", "n", r#""0""#, "type").as_deref(), Some("minimum"));
    assert_eq!(labelled("query", "n", r#""x""#, "type").as_deref(), Some("type"));
    assert_eq!(labelled("query", "n", "[7,8]", "type"), None);
    for value in [r#"["a",1]"#, r#"["a"]"#, r#"{"value":"a"}"#] {
        assert_eq!(labelled("path", "s", value, "type"), None, "{value}");
        assert_eq!(labelled("headers", "X", value, "type"), None, "{value}");
    }
}

fn order_with_text() -> Operation {
    let paths = r#"{"/things/{s}":{"post":{"parameters":[
        {"name":"s","in":"path","required":true,"schema":{"type":"string"}},
        {"name":"X","in":"header","schema":{"type":"string"}},
        {"name":"n","in":"query","schema":{"type":"integer","minimum":1}}],
        "requestBody":{"content":{"application/json":{"schema":{}}}},"responses":{}}}}"#;
    crate::generate::fixture::service(paths).operations.into_iter().next().unwrap()
}

#[test]
fn a_form_field_that_is_written_as_a_valid_text_is_not_wrong() {
    let paths = r#"{"/things":{"post":{"requestBody":{"required":true,"content":{
        "application/x-www-form-urlencoded":{"schema":{"type":"object","properties":{
            "name":{"type":"string"},"n":{"type":"integer"},"tags":{"type":"array"}}}}}},
        "responses":{}}}}"#;
    let service = crate::generate::fixture::service(paths);
    let operation = &service.operations[0];
    let wrong = |body: &str, at: &str| {
        let call = Call {
            id: "s1".to_owned(),
            operation: "POST /things".to_owned(),
            body: Some(Body::Form(json(body))),
            ..Call::default()
        };
        breaking(operation, call, "type", at.to_owned()).is_some()
    };
    assert!(!wrong(r#"{"name":["x"]}"#, "form/name") && !wrong(r#"{"name":{"a":1}}"#, "form/name"));
    assert!(!wrong(r#"{"tags":"x"}"#, "form/tags"));
    assert!(wrong(r#"{"n":["x"]}"#, "form/n") && wrong(r#"{"n":{"a":1}}"#, "form/n"));
}
