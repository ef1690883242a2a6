//! Damage to the head.

use std::fmt::Write as _;

use super::*;

/// What each rule of the head makes of a small request, by its simplest form.
#[test]
fn head_rules_show_what_they_do() {
    let mut call = bare();
    call.headers = vec![("X-H".to_owned(), Value::text("h"))];
    let mut table = String::new();
    for rule in [target::RULES, method::RULES, field::RULES, host::RULES, request_line::RULES]
        .into_iter()
        .flatten()
    {
        let mut deviation = rule.deviation(None);
        for (name, value) in [("octets", 20), ("count", 2)] {
            if rule.parameters.iter().any(|parameter| parameter.name == name) {
                deviation.with.push((name.to_owned(), Value::int(value)));
            }
        }
        let head = octets(&deviate(&call, deviation).unwrap()).escape_ascii().to_string();
        let agent = format!("Accept: */*\\r\\nUser-Agent: {}", render::USER_AGENT);
        let short = head.replace(&agent, "...").replace("\\r\\n\\r\\n", "");
        let short = short.replace(render::USER_AGENT, "phi-fuzz");
        let _ = writeln!(table, "{:20} {:11} {short}", rule.name, rule.label.name());
    }
    insta::assert_snapshot!(table, @r#"
        long_url             unspecified GET /api/a?phi=aaaaaaaaa HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        path_traversal       unspecified GET /api/a/../../../../etc/passwd HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        bad_percent_encoding unspecified GET /api/a?phi=% HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        raw_in_target        unspecified GET /api/a?phi=\xc3\xa9 HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        double_slash         unspecified GET //api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        trailing_slash       unspecified GET /api/a/ HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        many_parameters      unspecified GET /api/a?phi0=&phi1= HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        undocumented_method  invalid     PATCH /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nContent-Length: 0
        unknown_method       invalid     PHI /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        lowercase_method     invalid     get /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        method_override      unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX-HTTP-Method-Override: PATCH
        huge_header          unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX-Phi-Fuzz: aaaaaaaaaaaaaaaaaaaa
        huge_header_name     unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\naaaaaaaaaaaaaaaaaaaa: x
        many_headers         unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX-Phi-Fuzz-0: x\r\nX-Phi-Fuzz-1: x
        huge_cookie          unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nCookie: phi=aaaaaaaaaaaaaaaaaaaa
        header_injection     unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX-Phi-Fuzz: x\r\nX-Injected: 1
        control_in_header    unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX-Phi-Fuzz: x\x00x
        header_name          unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX Y: x
        space_before_colon   malformed   GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX-Phi-Fuzz : x
        line_without_colon   unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX-Phi-Fuzz: x\r\nx
        folded_header        unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h\r\nX-Phi-Fuzz: x\r\n x
        bare_line_feed       unspecified GET /api/a HTTP/1.1\nHost: shop\nAccept: */*\nUser-Agent: phi-fuzz\nX-H: h\n\n
        bare_carriage_return malformed   GET /api/a HTTP/1.1\rHost: shop\rAccept: */*\rUser-Agent: phi-fuzz\rX-H: h\r\r
        missing_host         malformed   GET /api/a HTTP/1.1\r\n...\r\nX-H: h
        two_hosts            malformed   GET /api/a HTTP/1.1\r\nHost: shop\r\nHost: shop\r\n...\r\nX-H: h
        bad_host             malformed   GET /api/a HTTP/1.1\r\n...\r\nX-H: h\r\nHost: a b
        http_version         unspecified GET /api/a HTTP/1.0\r\nHost: shop\r\n...\r\nX-H: h
        bad_http_version     malformed   GET /api/a HTTP/9.9\r\nHost: shop\r\n...\r\nX-H: h
        absolute_form        unspecified GET http://shop/api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        garbage_request_line malformed   x\r\nHost: shop\r\n...\r\nX-H: h
        leading_empty_line   unspecified GET /api/a HTTP/1.1\r\nHost: shop\r\n...\r\nX-H: h
        "#);
}

#[test]
fn a_content_type_is_spelt_in_other_ways() {
    let spelt = |form: &str, own: Option<&str>| -> String {
        let rule = find("content_type_spelling").unwrap();
        let mut call = rich();
        call.render.extend(own.map(|own| ("json".to_owned(), own.to_owned())));
        let with = vec![("form".to_owned(), Value::text(form))];
        let request = deviate(&call, Deviation { with, ..rule.deviation(None) }).unwrap();
        String::from_utf8_lossy(request.header("content-type").unwrap()).into_owned()
    };
    assert_eq!(spelt("charset", None), "application/json; charset=utf-8");
    assert_eq!(spelt("case", None), "Application/JSON");
    assert_eq!(spelt("parameter", None), "application/json; phi=fuzz");
    let own = Some("application/json; v=1");
    assert_eq!(spelt("case", own), "Application/JSON; v=1");
    for form in ["charset", "case", "parameter", "blanks"] {
        let read = crate::wire::media::MediaType::parse(&spelt(form, own)).unwrap();
        assert!(read.is_json() && read.parameter("v") == Some("1"), "{form}");
    }
}
