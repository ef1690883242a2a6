//! Damage to the framing, and how far it may harm what stands between.

use std::fmt::Write as _;

use super::*;

/// What each rule of framing makes of the body `hi`, by its simplest form.
#[test]
fn framing_rules_show_what_they_do() {
    let call = Call { body: Some(Body::Text(Value::text("hi"))), ..bare() };
    let mut table = String::new();
    for rule in length::RULES.iter().chain(chunked::RULES).filter(|r| r.name != "unexpected_body") {
        let text =
            octets(&deviate(&call, rule.deviation(None)).unwrap()).escape_ascii().to_string();
        let framed = text.split_once("text/plain\\r\\n").unwrap().1;
        let _ = writeln!(table, "{:20} {:11} {framed}", rule.name, rule.label.name());
    }
    insta::assert_snapshot!(table, @r#"
        content_length       malformed   Content-Length: 3\r\n\r\nhi
        content_length_text  malformed   Content-Length: x\r\n\r\nhi
        no_length            malformed   \r\nhi
        two_content_lengths  malformed   Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi
        length_and_chunked   malformed   Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n
        transfer_encoding    malformed   Transfer-Encoding: x-phi-fuzz\r\n\r\n2\r\nhi\r\n0\r\n\r\n
        chunked              unspecified Transfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n
        chunk_extension      unspecified Transfer-Encoding: chunked\r\n\r\n2;a\r\nhi\r\n0\r\n\r\n
        chunk_trailer        unspecified Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Phi: 1\r\n\r\n
        chunk_size           malformed   Transfer-Encoding: chunked\r\n\r\ng\r\nhi\r\n0\r\n\r\n
        chunk_size_off       malformed   Transfer-Encoding: chunked\r\n\r\n3\r\nhi\r\n0\r\n\r\n
        chunk_unterminated   malformed   Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n
        chunk_line_end       malformed   Transfer-Encoding: chunked\r\n\r\n2\r\nhi\n0\r\n\r\n
        "#);
}

/// Only framing, routing and the head's own grammar can harm what stands between.
#[test]
fn what_only_http1_can_say_is_disruptive_or_proper_chunks() {
    for rule in all().filter(|rule| rule.danger == Danger::Safe) {
        for call in [rich(), bare()] {
            for deviation in variants(rule, &call) {
                if let Ok(request) = deviate(&call, deviation.clone()) {
                    assert!(
                        !request.needs_http1() || rule.name.starts_with("chunk"),
                        "{deviation:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_call_is_well_framed_unless_a_rule_says_otherwise() {
    let mut call = rich();
    call.deviations = vec![Deviation::schema("maximum", "json/n"), Deviation::wire("truncate")];
    assert!(well_framed(&call));
    call.deviations.push(Deviation::wire("two_hosts"));
    assert!(!well_framed(&call));
}
