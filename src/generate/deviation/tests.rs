use std::collections::HashSet;

use super::*;
use crate::generate::edit::Edit;
use crate::generate::value::{Place, Setting};
use crate::generate::walk::walk;
use crate::schema::format::Format;
use crate::value::read;

/// Every rule broken for a schema, with the whole value.
pub(super) fn broken(schema: &str) -> Vec<(&'static str, String)> {
    let shapes = Shapes::new(&read::json(schema.as_bytes()).unwrap());
    let judge = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let mut broken = Vec::new();
    walk(Place::root(&shapes, Setting::default()), None, &mut |spot| {
        breaks(spot, &mut |rule, class, leaf| {
            let edit = Edit { class, site: spot.site.clone(), leaf };
            let Some(value) = edit.apply().map(|value| value.to_string()) else { return };
            if !judge.is_valid(&serde_json::from_str(&value).unwrap()) {
                broken.push((rule.unwrap_or("found"), value));
            }
        });
    });
    broken
}

fn has(broken: &[(&str, String)], rule: &str, json: &str) -> bool {
    broken.iter().any(|(known, value)| *known == rule && value == json)
}

#[test]
fn each_bound_is_missed_by_one_and_by_much() {
    let broken = broken(r#"{"type":"integer","minimum":1,"maximum":1000,"multipleOf":1}"#);
    for (rule, json) in [
        ("minimum", "0"),
        ("minimum", "-999999"),
        ("maximum", "1001"),
        ("maximum", "1001000"),
        ("type", "\"1\""),
        ("type", "null"),
        ("type", "1.5"),
    ] {
        assert!(has(&broken, rule, json), "{rule} {json}: {broken:?}");
    }
}

#[test]
fn sizes_of_texts_arrays_and_objects_are_missed() {
    let text = broken(r#"{"type":"string","minLength":2,"maxLength":3}"#);
    assert!(has(&text, "minLength", r#""0""#) && has(&text, "maxLength", r#""0000""#));
    let array = broken(
        r#"{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2,"uniqueItems":true}"#,
    );
    assert!(has(&array, "minItems", "[]") && has(&array, "maxItems", "[0,1,-1]"));
    assert!(has(&array, "uniqueItems", "[0,0]"));
    let object =
        broken(r#"{"type":"object","maxProperties":1,"additionalProperties":{"type":"null"}}"#);
    assert!(object.iter().any(|(rule, _)| *rule == "maxProperties"));
}

#[test]
fn members_and_arms_are_missed() {
    let broken = broken(
        r#"{"type":"object","required":["a"],"additionalProperties":false,
            "properties":{"a":{"enum":["Red","Green"]},"b":{"const":1}}}"#,
    );
    assert!(has(&broken, "required", "{}"));
    assert!(has(&broken, "enum", r#"{"a":"red"}"#));
    assert!(has(&broken, "const", r#"{"a":"Red","b":2}"#));
    assert!(broken.iter().any(|(rule, _)| *rule == "additionalProperties"));
}

#[test]
fn combinations_are_missed() {
    let overlap = broken(
        r#"{"oneOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}]}"#,
    );
    assert!(overlap.iter().any(|(rule, _)| *rule == "oneOf"), "{overlap:?}");
    let denied = broken(r#"{"type":"integer","not":{"minimum":10}}"#);
    assert!(denied.iter().any(|(_, value)| value == "10"), "{denied:?}");
}

/// Schemas that between them give every class a place.
const SAMPLES: [&str; 18] = [
    r#"{"type":"string","format":"google-duration","formatMinimum":"1s","formatExclusiveMaximum":"9s"}"#,
    r#"{"type":"object","required":["a","b"],"additionalProperties":false,
        "properties":{"a":{"type":"integer"},"b":{"type":"boolean"},"c":{"type":"string","readOnly":true}}}"#,
    r#"{"type":"object","properties":{"a":{"not":{}}},"dependentRequired":{"x":["y","z"]}}"#,
    r#"{"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":3}"#,
    r#"{"type":"array","items":{"type":"object","required":["a","b"]},"uniqueItems":true}"#,
    r#"{"type":"array","items":{"type":"number"},"uniqueItems":true,"maxItems":2}"#,
    r#"{"type":"array","prefixItems":[{"type":"integer"}],"items":false}"#,
    r#"{"type":"array","contains":{"const":1},"maxContains":2}"#,
    r#"{"type":"integer","minimum":1,"exclusiveMaximum":1000,"multipleOf":3}"#,
    r#"{"type":"number","exclusiveMinimum":1,"maximum":1000}"#,
    r#"{"type":"string","minLength":2,"maxLength":5}"#,
    r#"{"type":"string","pattern":"^[a-z]{3}[0-9]$"}"#,
    r#"{"type":"string","pattern":"^([0-9]{2})+$","minLength":4,"maxLength":6}"#,
    r#"{"enum":["Red",7,true]}"#,
    r#"{"const":1}"#,
    r#"{"type":"object","minProperties":1,"maxProperties":2,"propertyNames":{"pattern":"^[a-z]+$"},
        "additionalProperties":{"type":"integer"},"patternProperties":{"^x":{"type":"null"}}}"#,
    r#"{"oneOf":[{"type":"object","required":["k"],"properties":{"k":{"const":"a"}}},
        {"type":"object","required":["k","l"],"properties":{"k":{"const":"b"}}}]}"#,
    r#"{"oneOf":[{"type":"integer","multipleOf":3},{"type":"integer","multipleOf":5}]}"#,
];

#[test]
fn every_class_is_named_once_and_tried_somewhere() {
    let mut samples: Vec<String> = SAMPLES.iter().map(|&sample| sample.to_owned()).collect();
    samples
        .extend(Format::all().map(|f| format!(r#"{{"type":"string","format":"{}"}}"#, f.name())));
    let mut tried: HashSet<&str> = HashSet::new();
    for sample in samples {
        let shapes = Shapes::new(&read::json(sample.as_bytes()).unwrap());
        walk(Place::root(&shapes, Setting::default()), None, &mut |spot| {
            for family in FAMILIES {
                let named = (family.classes)();
                (family.breaks)(
                    spot,
                    &mut Emit {
                        sink: &mut |_, class, _| {
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
    assert!(count > 250, "{count}");
}
