use super::*;
use crate::value::{Text, read};

fn json(text: &str) -> Value {
    read::json(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn validator(schema: &str) -> Validator {
    let validator = Validator::new(Ok(&json(schema)));
    assert_eq!(validator.broken(), None, "{schema}");
    validator
}

/// Whether the schema accepts each value; the violations must agree.
fn verdicts(schema: &str, values: &[&str]) -> Vec<bool> {
    let validator = validator(schema);
    let judge = |text: &&str| {
        let value = json(text);
        let verdict = validator.accepts(&value);
        assert_eq!(validator.violations(&value).is_empty(), verdict, "{schema} on {text}");
        verdict
    };
    values.iter().map(judge).collect()
}

#[test]
fn bounds_are_exact_beyond_floats() {
    assert_eq!(
        verdicts(
            r#"{"maximum": 18446744073709551616}"#,
            &[
                "18446744073709551616",
                "18446744073709551617",
                "1e400",
                "-1e400",
                "1.8446744073709551617e19"
            ]
        ),
        [true, false, false, true, false]
    );
    assert_eq!(
        verdicts(r#"{"exclusiveMinimum": 1e400}"#, &["1e400", "1e401", "1"]),
        [false, true, false]
    );
    assert_eq!(
        verdicts(r#"{"minimum": 0.30000000000000000001}"#, &["0.3", "0.30000000000000000001"]),
        [false, true]
    );
    assert_eq!(
        verdicts(r#"{"maximum": 9007199254740993}"#, &["9007199254740993", "9007199254740994.0"]),
        [true, false]
    );
    assert_eq!(
        verdicts(r#"{"minimum": 0.5}"#, &["1e-9999999", "1e9999999", "-1e9999999", "0e9999999"]),
        [false, true, false, false]
    );
}

#[test]
fn multiples_are_exact() {
    assert_eq!(
        verdicts(
            r#"{"multipleOf": 0.1}"#,
            &["0.3", "1.1", "0.35", "12345678901234567890.1", "1e400", "1e-400"]
        ),
        [true, true, false, true, true, false]
    );
    assert_eq!(
        verdicts(r#"{"multipleOf": 3}"#, &["36893488147419103233", "36893488147419103234", "9.0"]),
        [true, false, true]
    );
    assert_eq!(verdicts(r#"{"multipleOf": 1e-400}"#, &["1e-400", "3e-401"]), [true, false]);
}

#[test]
fn equality_goes_by_exact_values() {
    assert_eq!(
        verdicts(
            r#"{"const": 9007199254740993}"#,
            &["9007199254740993", "9007199254740992", "9007199254740993.0"]
        ),
        [true, false, true]
    );
    assert_eq!(
        verdicts(
            r#"{"enum": [1e400, {"a": 1.0, "b": [2]}]}"#,
            &["1e400", "10e399", "1e401", r#"{"b":[2.0],"a":1}"#]
        ),
        [true, true, false, true]
    );
    assert_eq!(
        verdicts(
            r#"{"uniqueItems": true}"#,
            &[
                "[1,1.0]",
                "[18446744073709551616,18446744073709551617]",
                r#"[{"a":1,"b":2},{"b":2.0,"a":1}]"#,
                "[1,true,\"1\"]"
            ]
        ),
        [false, true, false, true]
    );
    let many = |last: &str| {
        let items: Vec<String> = (0..40).map(|n| format!("{{\"k\":{n}}}")).collect();
        format!("[{},{last}]", items.join(","))
    };
    assert_eq!(
        verdicts(r#"{"uniqueItems": true}"#, &[&many("{\"k\":7.0}"), &many("{\"k\":40}")]),
        [false, true]
    );
}

#[test]
fn integers_are_told_by_value() {
    assert_eq!(
        verdicts(
            r#"{"type": "integer"}"#,
            &[
                "1.0",
                "1e400",
                "1.5",
                "123456789012345678901234567890",
                "1.00000000000000000001",
                "10e-1"
            ]
        ),
        [true, true, false, true, false, true]
    );
}

#[test]
fn lone_surrogates_count_as_one_character() {
    let judge = |schema: &str, points: &[u32]| {
        validator(schema).accepts(&Value::String(Text::from_code_points(points.iter().copied())))
    };
    assert!(judge(r#"{"maxLength": 1}"#, &[0xD800]));
    assert!(!judge(r#"{"minLength": 2}"#, &[0xD800]));
    assert!(judge(r#"{"pattern": "^[^a]$"}"#, &[0xDFFF]));
    assert!(!judge(r#"{"pattern": "^[a-z]$"}"#, &[0xDFFF]));
    assert!(!judge(r#"{"const": "\ud800"}"#, &[0xD801]));
    assert!(judge(r#"{"const": "\ud800"}"#, &[0xD800]));
    let names = validator(
        r#"{"properties": {"\ud800": {"type": "null"}}, "propertyNames": {"maxLength": 1}}"#,
    );
    let object = |value: Value| Value::object([(Text::from_code_points([0xD800]), value)]);
    assert!(names.accepts(&object(Value::Null)) && !names.accepts(&object(Value::Bool(true))));
}

#[test]
fn the_last_of_a_repeated_key_counts() {
    assert_eq!(
        verdicts(
            r#"{"properties": {"a": {"type": "integer"}}, "maxProperties": 1}"#,
            &[r#"{"a": "x", "a": 1}"#, r#"{"a": 1, "a": "x"}"#, r#"{"a": 1, "b": 1}"#]
        ),
        [true, false, false]
    );
}

#[test]
fn octets_are_strings_and_symbols_are_nothing() {
    let octets = Value::Bytes(vec![0xFF, 0x00, 0x41]);
    assert!(validator(r#"{"type": "string", "minLength": 3, "maxLength": 3}"#).accepts(&octets));
    assert!(!validator(r#"{"type": "object"}"#).accepts(&octets));
    let symbol = Value::Array(vec![Value::Symbol(Box::new(crate::value::Symbol::Var("x".into())))]);
    let anything = validator("true");
    assert!(!anything.accepts(&symbol) && anything.violations(&symbol).len() == 1);
}

#[test]
fn sloppy_patterns_judge_and_hopeless_ones_are_told() {
    assert_eq!(verdicts(r#"{"pattern": "^[\\w-.]+$"}"#, &["\"a-.\"", "\"a b\""]), [true, false]);
    assert_eq!(verdicts(r#"{"pattern": "^a++$"}"#, &["\"aa\"", "\"ab\""]), [true, false]);
    assert_eq!(
        verdicts(
            r#"{"patternProperties": {"^[\\w-.]+$": {"type": "null"}}, "additionalProperties": false}"#,
            &[r#"{"a-.": null}"#, r#"{"a": 1}"#, r#"{"a b": null}"#]
        ),
        [true, false, false]
    );
    let hopeless = validator(r#"{"pattern": "(", "minLength": 2}"#);
    assert_eq!(hopeless.unjudged(), ["("]);
    assert!(hopeless.accepts(&"ab".into()) && !hopeless.accepts(&"a".into()));
}

#[test]
fn formats_are_asserted_only_when_asked_for() {
    let validator = validator(
        r#"{"properties": {"day": {"format": "date"}, "n": {"format": "int32"}, "x": {"format": "slug"}},
            "anyOf": [{"properties": {"at": {"format": "date-time"}}}]}"#,
    );
    let good = json(r#"{"day": "2024-02-29", "n": 1, "x": " "}"#);
    let bad = json(r#"{"day": "2023-02-29", "n": 2147483648, "at": "soon"}"#);
    assert!(validator.accepts(&good) && validator.accepts_formats(&good));
    assert!(validator.accepts(&bad) && !validator.accepts_formats(&bad));
    let places: Vec<String> = validator
        .all_violations(&bad)
        .1
        .iter()
        .map(|v| format!("{} {}", v.instance, v.keyword))
        .collect();
    assert_eq!(places, ["/day format", "/n format", " anyOf"]);
    assert!(validator.all_violations(&good).1.is_empty());
}

#[test]
fn a_broken_schema_accepts_everything_and_says_why() {
    for schema in [
        r#"{"type": "strin"}"#,
        r##"{"$ref": "#/$defs/none"}"##,
        r#"{"minimum": "1"}"#,
        r#"{"$ref": "https://example.com/other"}"#,
        "7",
    ] {
        let validator = Validator::new(Ok(&json(schema)));
        assert!(validator.broken().is_some(), "{schema}");
        assert!(validator.accepts(&Value::Null) && validator.accepts_formats(&Value::Null));
        assert!(validator.violations(&Value::Null).is_empty());
    }
    let unbundled = Validator::new(Err("nothing stands at /x"));
    assert_eq!(unbundled.broken(), Some("nothing stands at /x"));
    assert!(unbundled.accepts(&Value::Null));
}

#[test]
fn unsatisfiable_and_endless_schemas_are_no_panic() {
    for schema in
        ["false", r#"{"allOf": [{"type": "string"}, {"type": "null"}]}"#, r#"{"not": {}}"#]
    {
        assert_eq!(verdicts(schema, &["1"]), [false]);
    }
    verdicts(r##"{"$ref": "#"}"##, &["1"]);
    verdicts(
        r##"{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}"##,
        &["1"],
    );
    let mut deep = Value::Null;
    for _ in 0..60 {
        deep = Value::object([("child", deep)]);
    }
    let tree =
        validator(r##"{"properties": {"child": {"$ref": "#"}}, "additionalProperties": false}"##);
    assert!(tree.accepts(&deep));
}

#[test]
fn violations_name_both_places() {
    let validator = validator(
        r##"{"$defs": {"qty": {"type": "integer", "maximum": 1000}},
            "properties": {"items": {"items": {"$ref": "#/$defs/qty"}}, "a/b": {"enum": ["x", "y"]}, "s": {"pattern": "^a"}},
            "required": ["id"], "additionalProperties": false}"##,
    );
    let value = json(r#"{"items": [1, 1001, "x"], "a/b": "z", "s": "b", "more": 1}"#);
    let told: Vec<String> = validator
        .violations(&value)
        .iter()
        .map(|v| format!("{} | {} | {} | {}", v.instance, v.schema, v.keyword, v.message))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    /items/1 | /$defs/qty/maximum | maximum | value is greater than the maximum 1000
    /items/2 | /$defs/qty/type | type | value is not of type "integer"
    /a~1b | /properties/a~1b/enum | enum | value is none of "x", "y"
    /s | /properties/s/pattern | pattern | value does not match `^a`
     | /additionalProperties | additionalProperties | additional properties are not allowed ('more' was unexpected)
     | /required | required | "id" is a required property
    "#);
}

#[test]
fn violations_tell_what_they_are_about_and_what_each_branch_says() {
    let validator = validator(
        r#"{"properties":{"type":false,"x":{"anyOf":[{"minimum":5},{"type":"string"}]}},
            "required":["a","b"],"propertyNames":{"maxLength":6},"additionalProperties":false}"#,
    );
    let violations = validator.violations(&json(r#"{"type":1,"x":3,"longest":2}"#));
    let told = |violation: &Violation| {
        let members: Vec<_> = violation.members.iter().map(Text::lossy).collect();
        format!("{} {} [{}]", violation.instance, violation.keyword, members.join(","))
    };
    let mut all: Vec<String> = violations.iter().map(told).collect();
    all.sort();
    assert_eq!(
        all,
        [
            " additionalProperties [longest]",
            " propertyNames []",
            " required [a]",
            " required [b]",
            "/type falseSchema []",
            "/x anyOf []",
        ]
    );
    let any = violations.iter().find(|violation| violation.keyword == "anyOf").unwrap();
    let branches: Vec<Vec<String>> =
        any.branches.iter().map(|branch| branch.iter().map(told).collect()).collect();
    assert_eq!(branches, [["/x minimum []"], ["/x type []"]]);
}

#[test]
fn too_few_elements_of_a_kind_are_told_from_too_many() {
    let keywords = |schema: &str, value: &str| -> Vec<String> {
        let violations = validator(schema).violations(&json(value));
        violations.into_iter().map(|violation| violation.keyword).collect()
    };
    let most = r#"{"contains":{"const":1},"maxContains":1}"#;
    assert_eq!(keywords(most, "[]"), ["contains"]);
    assert_eq!(keywords(most, "[1,1]"), ["maxContains"]);
    let both = r#"{"contains":{"const":1},"minContains":1,"maxContains":2}"#;
    assert_eq!(keywords(both, "[]"), ["minContains"]);
}
