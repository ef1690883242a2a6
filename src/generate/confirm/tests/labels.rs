//! A label stands only where the values show it.

use super::*;

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
