//! What holds for all rules, alone and together.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// A call of gRPC.
fn method() -> Call {
    let body = Some(Body::Wire(vec![8, 1, 18, 1, 97]));
    Call { operation: "shop.v1.Orders/Create".to_owned(), body, ..Call::default() }
}

/// The rules that change the message of a call of gRPC.
fn edits() -> Vec<&'static str> {
    protobuf::rules().iter().chain(protobuf_field::rules()).map(|rule| rule.name).collect()
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
        // What is said of a call, not of its message, never makes it valid; but for how long it may take.
        let is_message = edits().contains(&rule.name) || rule.name == "short_rpc_timeout";
        assert!(rule.label != Label::Valid || is_message, "{}", rule.name);
        assert_eq!(find(rule.name).map(|found| found.name), Some(rule.name));
    }
}

#[test]
fn every_rule_changes_what_goes_out_wherever_it_applies() {
    // Edits of messages have tests of their own.
    let rules = || all().filter(|rule| !edits().contains(&rule.name));
    let mut untried: BTreeSet<_> = rules().map(|rule| rule.name).collect();
    for call in [rich(), bare(), method()] {
        let plain = octets(&render::plain(&call, "/api").unwrap().request);
        for rule in rules() {
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
