//! Every rule does what it says, on a call that has everything.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::value::read;
use crate::wire::{http1, render};

fn value(json: &str) -> Value {
    read::json(json.as_bytes()).unwrap()
}

/// A call with parameters everywhere and a JSON body with every kind of value.
fn rich() -> Call {
    let named = |name: &str, json: &str| (name.to_owned(), value(json));
    Call {
        operation: "POST /a/{x}/{y}".to_owned(),
        path: vec![named("x", "\"v\""), named("y", "[1,2]")],
        query: vec![named("q", "[1,2]"), named("r", "\"a b\""), named("none", "[]")],
        headers: vec![named("X-H", "\"h\"")],
        cookies: vec![named("c", "1"), named("d", "2")],
        body: Some(Body::Json(value(
            r#"{"n":-1.5,"s":"a\"b","o":{"k/":true},"l":[null,{"i":7}],"e":{}}"#,
        ))),
        ..Call::default()
    }
}

fn bare() -> Call {
    Call { operation: "GET /a".to_owned(), ..Call::default() }
}

fn deviate(call: &Call, deviation: Deviation) -> Result<Request, String> {
    let call = Call { deviations: vec![deviation], ..call.clone() };
    render::request(&call, "/api").map_err(|error| error.to_string())
}

fn octets(request: &Request) -> Vec<u8> {
    let encoded = http1::encode(request, "shop");
    [&encoded.head[..], &encoded.body[..]].concat()
}

/// The deviations of a rule on a call: every place, and every named value of every parameter.
fn variants(rule: &Rule, call: &Call) -> Vec<Deviation> {
    let request = render::plain(call, "/api").unwrap().request;
    let mut all = Vec::new();
    for at in rule.places(call, &request) {
        all.push(rule.deviation(at.clone()));
        for parameter in rule.parameters {
            let values: Vec<Value> = match parameter.domain {
                Domain::Text(texts) => texts.iter().map(|text| Value::text(*text)).collect(),
                domain => {
                    let range = domain.range(&request).unwrap();
                    [*range.start(), *range.end()].map(Value::int).to_vec()
                }
            };
            all.extend(values.into_iter().map(|value| {
                let mut deviation = rule.deviation(at.clone());
                deviation.with.push((parameter.name.to_owned(), value));
                deviation
            }));
        }
    }
    all
}

#[test]
fn rules_have_names_labels_and_explanations_of_their_own() {
    let names: BTreeSet<_> = all().map(|rule| rule.name).collect();
    let explanations: BTreeSet<_> = all().map(|rule| rule.explain).collect();
    assert_eq!(names.len(), all().count());
    assert_eq!(explanations.len(), all().count());
    for rule in all() {
        assert!(
            rule.name.bytes().all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || o == b'_')
        );
        assert_ne!(rule.label, Label::Valid, "{}", rule.name);
        assert_eq!(find(rule.name).map(|found| found.name), Some(rule.name));
    }
}

#[test]
fn every_rule_changes_what_goes_out_wherever_it_applies() {
    let mut untried: BTreeSet<_> = all().map(|rule| rule.name).collect();
    for call in [rich(), bare()] {
        let plain = octets(&render::plain(&call, "/api").unwrap().request);
        for rule in all() {
            let variants = variants(rule, &call);
            let worked = variants.iter().filter(|deviation| {
                let sent = deviate(&call, (*deviation).clone());
                if let Ok(request) = &sent {
                    assert_ne!(octets(request), plain, "{deviation:?}");
                } else {
                    // The simplest form applies at each place that is offered.
                    assert!(!deviation.with.is_empty(), "{deviation:?}: {}", sent.unwrap_err());
                }
                sent.is_ok()
            });
            if worked.count() > 0 {
                untried.remove(rule.name);
            }
        }
    }
    assert_eq!(untried, BTreeSet::new());
}

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
fn a_rule_refuses_what_it_does_not_know() {
    let with = |rule: &str, at: Option<&str>, name: &str, value: Value| {
        let deviation = Deviation {
            rule: rule.into(),
            at: at.map(str::to_owned),
            with: vec![(name.to_owned(), value)],
        };
        deviate(&rich(), deviation).unwrap_err()
    };
    assert_eq!(
        with("truncate", None, "to", Value::int(1)),
        "deviation `truncate`: has no `to`; known are: length"
    );
    assert!(with("truncate", None, "length", Value::int(9999)).contains("not within 1 and"));
    assert!(with("truncate", None, "length", Value::text("x")).contains("not an integer"));
    assert!(with("utf16", None, "order", Value::text("x")).contains("write le, be"));
    assert!(with("bad_token", None, "token", Value::text("x")).contains("needs a place"));
    assert!(with("leading_zero", Some("json/zz"), "x", Value::Null).contains("has no `x`"));
}

#[test]
fn a_call_is_well_framed_unless_a_rule_says_otherwise() {
    let mut call = rich();
    call.deviations = vec![Deviation::schema("maximum", "json/n"), Deviation::wire("truncate")];
    assert!(well_framed(&call));
    call.deviations.push(Deviation::wire("two_hosts"));
    assert!(!well_framed(&call));
}

#[test]
fn schema_deviations_are_passed_over_and_order_counts() {
    let mut call = rich();
    call.deviations = vec![
        Deviation::schema("maximum", "json/n"),
        Deviation::wire("byte_order_mark"),
        Deviation::wire("trailing_garbage"),
        Deviation::wire("gzip"),
    ];
    let request = render::request(&call, "").unwrap();
    assert_eq!(request.header("content-encoding").map(|v| &v[..]), Some(&b"gzip"[..]));
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&request.body[..]), &mut text)
        .unwrap();
    assert!(text.starts_with(b"\xEF\xBB\xBF{") && text.ends_with(b"}x"));
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

/// What each rule of parameters makes of each place.
#[test]
fn parameter_rules_show_what_they_do() {
    let call = rich();
    let plain = render::plain(&call, "/api").unwrap().request;
    let mut table = String::new();
    for rule in parameter::RULES {
        for at in rule.places(&call, &plain) {
            let Ok(request) = deviate(&call, rule.deviation(at.clone())) else { continue };
            let mut shown = String::new();
            if request.target != plain.target {
                shown.push_str(&request.target);
            }
            for header in request.headers.iter().filter(|h| matches!(&*h.name, "X-H" | "Cookie")) {
                if request.headers != plain.headers {
                    let _ = write!(shown, " {}: {}", header.name, header.text().unwrap());
                }
            }
            let _ = writeln!(table, "{:19} {:11} {}", rule.name, at.unwrap(), shown.trim());
        }
    }
    insta::assert_snapshot!(table, @r#"
        missing_parameter   query/q     /api/a/v/1,2?r=a%20b
        missing_parameter   query/r     /api/a/v/1,2?q=1&q=2
        missing_parameter   headers/X-H Cookie: c=1; d=2
        missing_parameter   cookies/c   X-H: h Cookie: d=2
        missing_parameter   cookies/d   X-H: h Cookie: c=1
        duplicate_parameter query/q     /api/a/v/1,2?q=1&q=2&q=1&q=2&r=a%20b
        duplicate_parameter query/r     /api/a/v/1,2?q=1&q=2&r=a%20b&r=a%20b
        duplicate_parameter headers/X-H X-H: h X-H: h Cookie: c=1; d=2
        duplicate_parameter cookies/c   X-H: h Cookie: c=1; c=1; d=2
        duplicate_parameter cookies/d   X-H: h Cookie: c=1; d=2; d=2
        empty_parameter     path/x      /api/a//1,2?q=1&q=2&r=a%20b
        empty_parameter     path/y      /api/a/v/?q=1&q=2&r=a%20b
        empty_parameter     query/q     /api/a/v/1,2?q=&r=a%20b
        empty_parameter     query/r     /api/a/v/1,2?q=1&q=2&r=
        empty_parameter     headers/X-H X-H:  Cookie: c=1; d=2
        empty_parameter     cookies/c   X-H: h Cookie: c=; d=2
        empty_parameter     cookies/d   X-H: h Cookie: c=1; d=
        bare_parameter      query/q     /api/a/v/1,2?q&r=a%20b
        bare_parameter      query/r     /api/a/v/1,2?q=1&q=2&r
        misplaced_parameter query/q     /api/a/v/1,2?r=a%20b X-H: h Cookie: c=1; d=2
        misplaced_parameter query/r     /api/a/v/1,2?q=1&q=2 X-H: h Cookie: c=1; d=2
        misplaced_parameter headers/X-H /api/a/v/1,2?q=1&q=2&r=a%20b&X-H=h Cookie: c=1; d=2
        misplaced_parameter cookies/c   /api/a/v/1,2?q=1&q=2&r=a%20b&c=1 X-H: h Cookie: d=2
        misplaced_parameter cookies/d   /api/a/v/1,2?q=1&q=2&r=a%20b&d=2 X-H: h Cookie: c=1
        "#);
}

#[test]
fn a_parameter_stands_beside_one_of_another_value() {
    let twin = |at: &str| -> Request {
        let rule = find("duplicate_parameter").unwrap();
        let with = vec![("value".to_owned(), Value::text("other"))];
        deviate(&rich(), Deviation { with, ..rule.deviation(Some(at.to_owned())) }).unwrap()
    };
    assert_eq!(twin("query/r").target, "/api/a/v/1,2?q=1&q=2&r=a%20b&r=1");
    assert_eq!(twin("cookies/c").header("cookie").unwrap(), "c=1; c=2; d=2");
    let request = twin("headers/X-H");
    let own = request.headers.iter().filter(|header| header.name == "X-H");
    assert_eq!(own.map(|header| header.text().unwrap()).collect::<Vec<_>>(), ["h", "1"]);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_combination_panics(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
        rich_one in any::<bool>(),
    ) {
        let rules: Vec<_> = all().collect();
        let mut call = if rich_one { rich() } else { bare() };
        let plain = render::plain(&call, "").unwrap().request;
        for (rule, at, variant) in picks {
            let rule = rule.get(&rules);
            let mut places = rule.places(&call, &plain);
            places.extend([None, Some("json".to_owned()), Some("query/q".to_owned()), Some("x".to_owned())]);
            let at = at.get(&places).clone();
            let mut variants = variants(rule, &call);
            variants.push(rule.deviation(None));
            let mut deviation = variant.get(&variants).clone();
            deviation.at = at;
            call.deviations.push(deviation);
        }
        if let Ok(request) = render::request(&call, "") {
            prop_assert!(!octets(&request).is_empty());
        }
    }
}
