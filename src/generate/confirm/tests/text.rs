//! What travels as text is judged by what it may be read as.

use super::*;

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
