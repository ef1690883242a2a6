use std::collections::HashSet;

use super::*;
use crate::generate::edit::Edit;
use crate::generate::ideas::Ideas;
use crate::generate::value::{Place, Setting};
use crate::generate::walk::walk;
use crate::schema::format::Format;
use crate::schema::{Schema, Shapes};
use crate::value::read;

/// Every class that is tried for a schema, with the whole value.
pub(super) fn tried(schema: &str) -> Vec<(&'static str, Value, Label)> {
    let schema = Schema::of(read::json(schema.as_bytes()).unwrap());
    let mut tried = Vec::new();
    walk(Place::root(schema.shapes(), Setting::default()), None, &mut |spot| {
        edges(spot, &mut |class, leaf, label| {
            let edit = Edit { class, site: spot.site.clone(), leaf };
            let Some(value) = edit.apply() else { return };
            if label != Label::Valid || schema.accepts(&value) {
                tried.push((class, value, label));
            }
        });
    });
    tried
}

fn has(tried: &[(&str, Value, Label)], json: &str) -> bool {
    let value = read::json(json.as_bytes()).unwrap();
    tried.iter().any(|(_, tried, _)| *tried == value)
}

#[test]
fn both_edges_of_declared_bounds_are_reached() {
    let tried = tried(
        r#"{"type":"object","required":["n","s","a"],"properties":{
            "n":{"type":"integer","minimum":-5,"maximum":1000},
            "s":{"type":"string","minLength":2,"maxLength":4},
            "a":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"boolean"}}}}"#,
    );
    for json in [
        r#"{"n":-5,"s":"00","a":[false]}"#,
        r#"{"n":1000,"s":"00","a":[false]}"#,
        r#"{"n":999,"s":"00","a":[false]}"#,
        r#"{"n":0,"s":"0000","a":[false]}"#,
        r#"{"n":0,"s":"00","a":[false,false,false]}"#,
    ] {
        assert!(has(&tried, json), "{json}");
    }
}

#[test]
fn edges_of_32_53_and_64_bits_are_tried_where_bounds_admit_them() {
    let open = tried(r#"{"type":"integer"}"#);
    for json in [
        "2147483647",
        "2147483648",
        "-2147483649",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
    ] {
        assert!(has(&open, json), "{json}");
    }
    let narrow = tried(r#"{"type":"integer","maximum":4294967296,"minimum":0}"#);
    assert!(has(&narrow, "4294967295") && !has(&narrow, "9007199254740993"));
}

#[test]
fn what_implementations_may_refuse_is_unspecified() {
    let text = tried(r#"{"type":"string"}"#);
    let label = |wanted: &Value| text.iter().find(|(_, v, _)| v == wanted).map(|(_, _, l)| *l);
    assert_eq!(label(&Value::text("\0")), Some(Label::Unspecified));
    assert_eq!(label(&Value::text("é")), Some(Label::Valid));
    let surrogate = Value::String(crate::value::Text::from_code_points([0xD800]));
    assert_eq!(label(&surrogate), Some(Label::Unspecified));
    let number = tried(r#"{"type":"integer"}"#);
    let beyond = number.iter().find(|(_, v, _)| *v == Value::int(1_i128 << 63)).unwrap();
    assert_eq!(beyond.2, Label::Unspecified);
}

#[test]
fn equal_elements_are_tried_where_uniqueness_is_not_asked_for() {
    let free = tried(r#"{"type":"array","items":{"type":"integer"}}"#);
    assert!(has(&free, "[0,0]"));
    let unique = tried(r#"{"type":"array","uniqueItems":true,"items":{"type":"integer"}}"#);
    assert!(!has(&unique, "[0,0]") && has(&unique, "[0,1]"));
}

#[test]
fn every_arm_and_every_optional_member_is_tried() {
    let tried = tried(
        r#"{"type":"object","properties":{"a":{"enum":["x","y","z"]},"b":{"type":"boolean"},"c":{"oneOf":[{"type":"integer"},{"type":"string"}]}}}"#,
    );
    for json in [r#"{"a":"x"}"#, r#"{"a":"z"}"#, r#"{"b":true}"#, r#"{"c":0}"#, r#"{"c":""}"#, "{}"]
    {
        assert!(has(&tried, json), "{json}");
    }
}

/// Schemas that between them give every class a place.
const SAMPLES: [&str; 18] = [
    r#"{"type":"string","format":"google-duration","formatMinimum":"1s","formatExclusiveMaximum":"9s"}"#,
    r#"{"type":["null","boolean","integer","string"],"examples":[1]}"#,
    r#"{"enum":["x","y",7]}"#,
    r#"{"type":"integer"}"#,
    r#"{"type":"integer","minimum":-10,"maximum":10,"enum":[1,2]}"#,
    r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"enum":[50]}}}"#,
    r#"{"type":"number"}"#,
    r#"{"type":"number","minimum":-10,"maximum":10}"#,
    r#"{"type":"string"}"#,
    r#"{"type":"string","minLength":1,"maxLength":70000}"#,
    r#"{"type":"string","pattern":"^(aaa|b|c[d-z]+)$","maxLength":9}"#,
    r#"{"type":"string","pattern":"^[a-z]+(-[0-9])?$"}"#,
    r#"{"type":"string","pattern":"^[a-cx-z]$"}"#,
    r##"{"type":"object","properties":{"a":{"type":"array","items":{"$ref":"#"}}}}"##,
    r#"{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":1000}"#,
    r#"{"type":"array","prefixItems":[{"type":"integer"},{"type":"integer"}],"items":{"type":"null"}}"#,
    r#"{"type":"object","additionalProperties":{},"required":["a"],
        "properties":{"a":{"const":"z"},"b":{},"c":{},"d":{}}}"#,
    r#"{"type":"object","additionalProperties":{"type":"integer"},"minProperties":2,"maxProperties":5}"#,
];

#[test]
fn contents_are_tried_where_a_pattern_leaves_them() {
    let tried = tried(r#"{"type":"string","pattern":"^[^/%&><]+$"}"#);
    for json in [r#""\ud800""#, r#""\u0000""#, r#""'""#] {
        assert!(has(&tried, json), "{json}");
    }
    assert!(!has(&tried, r#""%""#) && !has(&tried, r#""/""#));
}

#[test]
fn every_class_is_named_once_and_tried_somewhere() {
    let mut samples: Vec<String> = SAMPLES.iter().map(|&sample| sample.to_owned()).collect();
    samples.extend(Format::all().map(|format| {
        format!(r#"{{"type":"string","format":"{}","minLength":3,"maxLength":200}}"#, format.name())
    }));
    samples
        .extend(Format::all().map(|f| format!(r#"{{"type":"string","format":"{}"}}"#, f.name())));
    let mut tried: HashSet<&str> = HashSet::new();
    for sample in samples {
        let shapes = Shapes::new(&read::json(sample.as_bytes()).unwrap());
        walk(Place::root(&shapes, Setting::default()), None, &mut |spot| {
            for family in FAMILIES {
                let named = (family.classes)();
                (family.edges)(
                    spot,
                    &mut Emit {
                        sink: &mut |class, _, _| {
                            assert!(named.contains(&class), "{} of {}", class, family.name);
                            tried.insert(class);
                        },
                    },
                );
            }
        });
    }
    let mut named: Vec<_> = classes().collect();
    let count = named.len();
    for (family, class) in &named {
        assert!(tried.contains(class), "{class} of {family} is never tried");
    }
    named.sort_unstable();
    named.dedup();
    assert_eq!(named.len(), count);
    assert!(count > 400, "{count}");
}

#[test]
fn texts_in_the_head_of_a_request_reach_their_bound_and_stay_sendable() {
    let lengths = |max: &str| -> Vec<(usize, Label)> {
        let parameter = format!(
            r#"{{"name":"q","in":"query","required":true,"schema":{{"type":"string"{max}}}}}"#
        );
        let operation = crate::generate::fixture::taking("{}", &parameter);
        let base = std::sync::Arc::new(crate::generate::catalogue::baseline(&operation).unwrap());
        let planned = crate::generate::catalogue::boundary(&operation, &base, &Ideas::default());
        let calls = planned.iter().filter_map(|planned| planned.call(&operation));
        calls
            .filter_map(|call| Some((call.query.first()?.1.as_text()?.len(), call.label)))
            .collect()
    };
    assert!(lengths(r#","maxLength":4000"#).contains(&(4_000, Label::Valid)));
    for max in [r#","maxLength":2000000"#, ""] {
        let all = lengths(max);
        assert!(all.contains(&(65_536, Label::Unspecified)));
        assert!(all.iter().all(|(length, _)| *length <= 65_536));
        assert!(all.iter().all(|(length, label)| *length < 7_168 || *label != Label::Valid));
    }
}
