//! Damage below and in JSON.

use std::fmt::Write as _;

use super::*;

/// A second judge for what is called malformed below HTTP.
#[test]
fn malformed_json_is_refused_by_another_reader() {
    let call = rich();
    for rule in
        json_text::RULES.iter().chain(json_place::RULES).filter(|r| r.label == Label::Malformed)
    {
        for deviation in variants(rule, &call) {
            let Ok(request) = deviate(&call, deviation.clone()) else { continue };
            let read = serde_json::from_slice::<serde_json::Value>(&request.body);
            assert!(read.is_err(), "{deviation:?}: {}", String::from_utf8_lossy(&request.body));
        }
    }
}

#[test]
fn what_is_still_json_is_not_called_malformed() {
    let call = Call { body: Some(Body::Json(Value::int(12))), ..rich() };
    let error = deviate(&call, Deviation::wire("truncate")).unwrap_err();
    assert!(error.contains("still JSON"), "{error}");
}

/// What each JSON rule makes of a small body, by its simplest form at its last place.
#[test]
fn json_rules_show_what_they_do() {
    let call = Call { body: Some(Body::Json(value(r#"{"a":1,"b":"x"}"#))), ..rich() };
    let request = render::plain(&call, "").unwrap().request;
    let rules = json_text::RULES.iter().chain(json_place::RULES).chain(json_octets::RULES);
    let mut table = String::new();
    for rule in rules {
        let mut deviation = rule.deviation(rule.places(&call, &request).pop().unwrap());
        for (name, value) in [("levels", 3), ("digits", 20)] {
            if rule.parameters.iter().any(|parameter| parameter.name == name) {
                deviation.with.push((name.to_owned(), Value::int(value)));
            }
        }
        let body = deviate(&call, deviation).unwrap().body;
        let _ =
            writeln!(table, "{:17} {:11} {}", rule.name, rule.label.name(), body.escape_ascii());
    }
    insta::assert_snapshot!(table, @r#"
        truncate          malformed   {
        empty_body        malformed   
        blank_body        malformed    \n
        trailing_comma    malformed   {\"a\":1,\"b\":\"x\",}
        trailing_garbage  malformed   {\"a\":1,\"b\":\"x\"}x
        single_quotes     malformed   {\'a\':1,\'b\':\'x\'}
        comment           malformed   /**/{\"a\":1,\"b\":\"x\"}
        deep_nesting      unspecified [[[]]]
        unclosed_nesting  malformed   [[[
        duplicate_key     unspecified {\"a\":1,\"b\":\"x\",\"a\":1}
        unquoted_key      malformed   {a:1,\"b\":\"x\"}
        bad_token         malformed   {\"a\":1,\"b\":NaN}
        leading_zero      malformed   {\"a\":01,\"b\":\"x\"}
        leading_plus      malformed   {\"a\":+1,\"b\":\"x\"}
        number_syntax     malformed   {\"a\":.5,\"b\":\"x\"}
        huge_number       unspecified {\"a\":99999999999999999999,\"b\":\"x\"}
        lone_surrogate    unspecified {\"a\":1,\"b\":\"x\\ud800\"}
        bad_escape        malformed   {\"a\":1,\"b\":\"x\\x\"}
        raw_control       malformed   {\"a\":1,\"b\":\"x\n\"}
        invalid_utf8      malformed   {\"a\":1,\"b\":\"x\xff\"}
        byte_order_mark   unspecified \xef\xbb\xbf{\"a\":1,\"b\":\"x\"}
        utf16             unspecified {\x00\"\x00a\x00\"\x00:\x001\x00,\x00\"\x00b\x00\"\x00:\x00\"\x00x\x00\"\x00}\x00
        "#);
}
