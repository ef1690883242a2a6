//! A call is named by what is broken in it.

use super::*;

/// The rules that a call with this body is labelled by, where a rule was to be broken at a place.
fn named_by(operation: &Operation, body: &str, rule: &str, at: &str) -> Vec<String> {
    let call = breaking(operation, call(body, Label::Valid, &[]), rule, at.to_owned());
    assert!(call.as_ref().is_none_or(|call| confirms(operation, call)), "{call:?}");
    let deviations = call.map(|call| call.deviations).unwrap_or_default();
    let told = |deviation: &Deviation| {
        format!("{} {}", deviation.rule.as_str().unwrap(), deviation.at.as_deref().unwrap())
    };
    deviations.iter().map(told).collect()
}

#[test]
fn a_rule_is_named_only_where_it_is_broken_itself() {
    let either = taking(
        r#"{"oneOf":[{"type":"integer","multipleOf":3},{"type":"integer","multipleOf":5}]}"#,
        "",
    );
    for (body, rule, named) in [
        // Both take it.
        ("0", "type", "oneOf json"),
        ("0", "multipleOf", "oneOf json"),
        // Neither does, for one reason.
        ("1", "type", "oneOf json"),
        ("1", "multipleOf", "multipleOf json"),
        (r#""x""#, "type", "type json"),
    ] {
        assert_eq!(named_by(&either, body, rule, "json"), [named], "{body} {rule}");
        let wrong = call(body, Label::Invalid, &[(rule, "json")]);
        let is_true = named == format!("{rule} json");
        assert_eq!(confirms(&either, &wrong), is_true, "{body} {rule}");
    }
    let denied = taking(r#"{"type":"integer","not":{"minimum":10}}"#, "");
    assert_eq!(named_by(&denied, "10", "exclusiveMaximum", "json"), ["not json"]);
    let arms = taking(r#"{"enum":["a","b"]}"#, "");
    assert_eq!(named_by(&arms, "null", "type", "json"), ["enum json"]);
    let wide = taking(r#"{"anyOf":[{"type":"string"},{"type":"integer","minimum":5}]}"#, "");
    assert_eq!(named_by(&wide, "3", "type", "json"), ["anyOf json"]);
    assert_eq!(named_by(&wide, "3", "minimum", "json"), ["minimum json"]);
    assert_eq!(named_by(&wide, "null", "type", "json"), ["type json"]);
    let names = taking(r#"{"type":"object","propertyNames":{"pattern":"^[a-z]+$"}}"#, "");
    assert_eq!(named_by(&names, r#"{"A":1}"#, "propertyNames", "json"), ["propertyNames json"]);
    let closed = taking(
        r#"{"required":["a","b"],"additionalProperties":false,
        "properties":{"a":{},"b":{},"type":false}}"#,
        "",
    );
    let one = r#"{"a":1}"#;
    assert_eq!(named_by(&closed, one, "required", "json/a"), ["required json/b"]);
    let both = ["required json/a", "required json/b"];
    assert_eq!(named_by(&closed, "{}", "required", "json/a"), both);
    let stranger = r#"{"a":1,"b":1,"x":1}"#;
    let named = named_by(&closed, stranger, "additionalProperties", "json/y");
    assert_eq!(named, ["additionalProperties json/x"]);
    let forbidden = r#"{"a":1,"b":1,"type":1}"#;
    assert_eq!(named_by(&closed, forbidden, "type", "json/type"), ["not json/type"]);
}

#[test]
fn the_branch_that_an_object_is_tagged_as_says_what_is_wrong_with_it() {
    let schemas = r#"{"kind":{"const":"KIND"},"n":{"type":"integer","minimum":1}}"#;
    let branch = |kind: &str, more: &str| {
        let members = schemas.replace("KIND", kind);
        format!(r#"{{"type":"object","required":["kind"{more}],"properties":{members}}}"#)
    };
    let (a, b) = (branch("a", ""), branch("b", r#","s""#));
    let tagged = taking(&format!(r#"{{"oneOf":[{a},{b}]}}"#), "");
    let below = r#"{"kind":"a","n":0}"#;
    assert_eq!(named_by(&tagged, below, "minimum", "json/n"), ["minimum json/n"]);
    let neither = r#"{"kind":"c","n":1,"s":1}"#;
    assert_eq!(named_by(&tagged, neither, "const", "json/kind"), ["const json/kind"]);
    assert_eq!(named_by(&tagged, neither, "minimum", "json/n"), ["oneOf json"]);
    // Nobody says that the member tells the branches apart.
    assert_eq!(named_by(&tagged, neither, "discriminator", "json"), ["oneOf json"]);
    let paths = format!(
        r##"{{"/things":{{"post":{{"requestBody":{{"required":true,"content":{{"application/json":
            {{"schema":{{"discriminator":{{"propertyName":"kind"}},
                "oneOf":[{{"$ref":"#/paths/x-schemas/a"}},{{"$ref":"#/paths/x-schemas/b"}}]}}}}}}}},
            "responses":{{}}}}}},"x-schemas":{{"a":{a},"b":{b}}}}}"##
    );
    let service = crate::generate::fixture::service(&paths);
    let declared = &service.operations[0];
    let lie = r#"{"kind":"b","n":1}"#;
    assert_eq!(named_by(declared, neither, "discriminator", "json"), ["discriminator json"]);
    assert_eq!(named_by(declared, lie, "discriminator", "json"), ["discriminator json"]);
    assert_eq!(named_by(declared, below, "discriminator", "json"), ["oneOf json"]);
}
