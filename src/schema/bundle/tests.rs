use std::sync::Arc;

use super::*;
use crate::schema::Schema;
use crate::value::{Pointer, read};

fn of(text: &str, pointer: &str, dialect: Dialect, direction: Direction) -> Result<String, String> {
    let (documents, root) = Documents::single(read::json(text.as_bytes()).unwrap());
    let at = Location { pointer: Pointer::parse(pointer).unwrap(), ..root };
    let schema = Schema::new(Arc::new(documents), at, dialect, direction);
    schema.bundle().map(Value::to_string).map_err(str::to_owned)
}

fn plain(text: &str, dialect: Dialect) -> String {
    of(text, "", dialect, Direction::Neither).unwrap()
}

#[test]
fn recursion_stays_a_reference() {
    insta::assert_snapshot!(
        plain(r##"{"type":"object","properties":{"next":{"$ref":"#"}}}"##, Dialect::Draft2020),
        @r##"{"$ref":"#/$defs/root","$defs":{"root":{"type":"object","properties":{"next":{"$ref":"#/$defs/root"}}}}}"##
    );
}

#[test]
fn every_reachable_schema_stands_once_under_a_readable_name() {
    let document = r##"{"components":{"schemas":{
        "Pet":{"properties":{"owner":{"$ref":"#/components/schemas/a~1b c"},"again":{"$ref":"#/components/schemas/a~1b%20c"},
               "tag":{"$ref":"#/paths/~1x/get/responses/200/schema/items"}}},
        "a/b c":{"type":"string"}}},
        "paths":{"/x":{"get":{"responses":{"200":{"schema":{"items":{"$ref":"#/components/schemas/Pet"}}}}}}}}"##;
    insta::assert_snapshot!(
        of(document, "/components/schemas/Pet", Dialect::OpenApi30, Direction::Neither).unwrap(),
        @r##"{"$ref":"#/$defs/Pet","$defs":{"Pet":{"properties":{"owner":{"$ref":"#/$defs/a_b_c"},"again":{"$ref":"#/$defs/a_b_c"},"tag":{"$ref":"#/$defs/Pet"}}},"a_b_c":{"type":"string"}}}"##
    );
}

#[test]
fn nullable_becomes_a_type() {
    let rewrite = |schema: &str| {
        let document = format!(r#"{{"S":{schema},"R":{{"enum":["a"]}}}}"#);
        of(&document, "/S", Dialect::OpenApi30, Direction::Neither).unwrap()
    };
    insta::assert_snapshot!(rewrite(r#"{"type":"string","nullable":true}"#), @r#"{"type":["string","null"]}"#);
    insta::assert_snapshot!(rewrite(r#"{"type":"string","enum":["x"],"nullable":true}"#), @r#"{"type":["string","null"],"enum":["x",null]}"#);
    insta::assert_snapshot!(rewrite(r##"{"allOf":[{"$ref":"#/R"}],"nullable":true,"readOnly":true}"##), @r##"{"readOnly":true,"anyOf":[{"allOf":[{"$ref":"#/$defs/R"}]},{"type":"null"}],"$defs":{"R":{"enum":["a"]}}}"##);
    insta::assert_snapshot!(rewrite(r##"{"$ref":"#/R","nullable":true,"minLength":3}"##), @r##"{"anyOf":[{"$ref":"#/$defs/R"},{"type":"null"}],"$defs":{"R":{"enum":["a"]}}}"##);
    insta::assert_snapshot!(rewrite(r#"{"nullable":true,"minLength":1}"#), @r#"{"minLength":1}"#);
    insta::assert_snapshot!(rewrite(r#"{"type":"string","nullable":false}"#), @r#"{"type":"string"}"#);
}

#[test]
fn older_spellings_become_those_of_2020_12() {
    insta::assert_snapshot!(
        plain(
            r#"{"id":"http://x/y","minimum":1,"exclusiveMinimum":true,"maximum":9,"exclusiveMaximum":false,
                "items":[{"type":"string"},{}],"additionalItems":{"maximum":3},
                "dependencies":{"a":["b"],"c":{"required":["d"]},"e":"f"},
                "definitions":{"unused":{}},"required":["a","a"],"const":1,"title":"t","x-y":1}"#,
            Dialect::Draft4
        ),
        @r#"{"exclusiveMinimum":1,"maximum":9,"prefixItems":[{"type":"string"},{}],"items":{"maximum":3},"dependentRequired":{"a":["b"],"e":["f"]},"dependentSchemas":{"c":{"required":["d"]}},"required":["a"]}"#
    );
    insta::assert_snapshot!(plain(r#"{"additionalItems":false,"items":{}}"#, Dialect::Draft4), @r#"{"items":{}}"#);
    insta::assert_snapshot!(plain(r#"{"type":"file","required":true,"name":"x","in":"formData"}"#, Dialect::Swagger2), @r#"{"type":"string","format":"binary"}"#);
    insta::assert_snapshot!(plain(r#"{"type":"string","example":"a","examples":{"x":{"value":"b"},"y":"c"},"default":"d","xml":{"name":"n"},"externalDocs":{}}"#, Dialect::OpenApi30), @r#"{"type":"string","default":"d","xml":{"name":"n"},"examples":["a","b","c"]}"#);
    insta::assert_snapshot!(plain("true", Dialect::Draft2020), @"true");
}

#[test]
fn beside_a_reference_only_2020_12_counts_anything() {
    let schema = r##"{"properties":{"a":{"$ref":"#/definitions/A","maxLength":2}},"definitions":{"A":{"type":"string"}}}"##;
    insta::assert_snapshot!(plain(schema, Dialect::Draft4), @r##"{"properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}}"##);
    insta::assert_snapshot!(plain(schema, Dialect::Draft2020), @r##"{"properties":{"a":{"$ref":"#/$defs/A","maxLength":2}},"$defs":{"A":{"type":"string"}}}"##);
}

#[test]
fn dynamic_references_lead_to_their_anchor() {
    insta::assert_snapshot!(
        plain(r##"{"$dynamicAnchor":"node","properties":{"kids":{"items":{"$dynamicRef":"#node"}}},"$ref":"#/$defs/B","$defs":{"B":{"$id":"urn:b","$anchor":"x","$ref":"#x2","$defs":{"C":{"$anchor":"x2"}}}}}"##, Dialect::Draft2020),
        @r##"{"$ref":"#/$defs/root","$defs":{"root":{"properties":{"kids":{"items":{"$ref":"#/$defs/root"}}},"$ref":"#/$defs/B"},"B":{"$ref":"#/$defs/C"},"C":{}}}"##
    );
}

const PETS: &str = r##"{"components":{"schemas":{
    "Pet":{"oneOf":[{"$ref":"#/components/schemas/Cat"},{"$ref":"#/components/schemas/Dog"},{"type":"null"}],
           "discriminator":{"propertyName":"kind","mapping":{"cat":"Cat","kitty":"#/components/schemas/Cat"}}},
    "Cat":{"type":"object"},
    "Dog":{"properties":{"kind":{"const":"dog"}}}}}}"##;

#[test]
fn a_discriminator_beside_one_of_demands_the_value_in_each_branch() {
    let bundle =
        |direction| of(PETS, "/components/schemas/Pet", Dialect::OpenApi30, direction).unwrap();
    insta::assert_snapshot!(bundle(Direction::Request), @r##"{"oneOf":[{"$ref":"#/$defs/Cat","properties":{"kind":{"enum":["cat","kitty"]}},"required":["kind"]},{"$ref":"#/$defs/Dog","properties":{"kind":{"const":"dog"}},"required":["kind"]},{"type":"null"}],"x-discriminator":{"propertyName":"kind","mapping":{"cat":"#/$defs/Cat","kitty":"#/$defs/Cat","dog":"#/$defs/Dog"}},"$defs":{"Cat":{"type":"object"},"Dog":{"properties":{"kind":{"const":"dog"}}}}}"##);
    insta::assert_snapshot!(bundle(Direction::Response), @r##"{"oneOf":[{"$ref":"#/$defs/Cat","properties":{"kind":{"enum":["cat","kitty"]}}},{"$ref":"#/$defs/Dog","properties":{"kind":{"const":"dog"}}},{"type":"null"}],"x-discriminator":{"propertyName":"kind","mapping":{"cat":"#/$defs/Cat","kitty":"#/$defs/Cat","dog":"#/$defs/Dog"}},"$defs":{"Cat":{"type":"object"},"Dog":{"properties":{"kind":{"const":"dog"}}}}}"##);
}

const SHAPES: &str = r##"{"definitions":{
    "Shape":{"type":"object","discriminator":"kind","required":["kind"],"properties":{"kind":{"type":"string"}}},
    "Circle":{"allOf":[{"$ref":"#/definitions/Shape"},{"properties":{"radius":{"type":"number"}}}]},
    "Drawing":{"properties":{"shape":{"$ref":"#/definitions/Shape"}}}}}"##;

#[test]
fn a_discriminator_without_one_of_chooses_between_the_heirs() {
    let bundle =
        |direction| of(SHAPES, "/definitions/Drawing", Dialect::Swagger2, direction).unwrap();
    insta::assert_snapshot!(bundle(Direction::Request), @r##"{"properties":{"shape":{"$ref":"#/$defs/Shape"}},"$defs":{"Shape":{"anyOf":[{"$ref":"#/$defs/Circle","properties":{"kind":{"const":"Circle"}},"required":["kind"]},{"$ref":"#/$defs/Shape.base","properties":{"kind":{"const":"Shape"}},"required":["kind"]}],"x-discriminator":{"propertyName":"kind","mapping":{"Circle":"#/$defs/Circle","Shape":"#/$defs/Shape.base"}}},"Circle":{"allOf":[{"$ref":"#/$defs/Shape.base"},{"properties":{"radius":{"type":"number"}}}]},"Shape.base":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string"}}}}}"##);
    insta::assert_snapshot!(bundle(Direction::Response), @r##"{"properties":{"shape":{"$ref":"#/$defs/Shape"}},"$defs":{"Shape":{"anyOf":[{"$ref":"#/$defs/Circle","properties":{"kind":{"const":"Circle"}},"required":["kind"]},{"$ref":"#/$defs/Shape.base","properties":{"kind":{"not":{"enum":["Circle"]}}}}],"x-discriminator":{"propertyName":"kind","mapping":{"Circle":"#/$defs/Circle"}}},"Circle":{"allOf":[{"$ref":"#/$defs/Shape.base"},{"properties":{"radius":{"type":"number"}}}]},"Shape.base":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string"}}}}}"##);
}

#[test]
fn a_parent_that_chooses_between_its_heirs_is_no_circle() {
    let document = r##"{"components":{"schemas":{
        "A":{"oneOf":[{"$ref":"#/components/schemas/B"}],"discriminator":{"propertyName":"t"},"properties":{"t":{"type":"string"}}},
        "B":{"allOf":[{"$ref":"#/components/schemas/A"},{"maxProperties":3}]}}}}"##;
    insta::assert_snapshot!(
        of(document, "/components/schemas/A", Dialect::OpenApi30, Direction::Request).unwrap(),
        @r##"{"oneOf":[{"$ref":"#/$defs/B","properties":{"t":{"const":"B"}},"required":["t"]}],"properties":{"t":{"type":"string"}},"x-discriminator":{"propertyName":"t","mapping":{"B":"#/$defs/B"}},"$defs":{"B":{"allOf":[{"$ref":"#/$defs/A.base"},{"maxProperties":3}]},"A.base":{"properties":{"t":{"type":"string"}}}}}"##
    );
}

#[test]
fn what_does_not_travel_this_way_is_not_required() {
    let document = r##"{"S":{"required":["id","name","secret"],"properties":{
        "id":{"type":"integer","readOnly":true},"name":{},"secret":{"$ref":"#/W"}}},
        "W":{"type":"string","writeOnly":true},
        "T":{"allOf":[{"$ref":"#/S"},{"required":["id","name"]}]}}"##;
    let bundle = |at, direction| of(document, at, Dialect::OpenApi30, direction).unwrap();
    insta::assert_snapshot!(bundle("/S", Direction::Request), @r##"{"required":["name","secret"],"properties":{"id":{"type":"integer","readOnly":true},"name":{},"secret":{"$ref":"#/$defs/W"}},"x-read-only":["id"],"$defs":{"W":{"type":"string","writeOnly":true}}}"##);
    insta::assert_snapshot!(bundle("/S", Direction::Response), @r##"{"required":["id","name"],"properties":{"id":{"type":"integer","readOnly":true},"name":{},"secret":{"$ref":"#/$defs/W"}},"x-write-only":["secret"],"$defs":{"W":{"type":"string","writeOnly":true}}}"##);
    insta::assert_snapshot!(bundle("/S", Direction::Neither), @r##"{"required":["id","name","secret"],"properties":{"id":{"type":"integer","readOnly":true},"name":{},"secret":{"$ref":"#/$defs/W"}},"$defs":{"W":{"type":"string","writeOnly":true}}}"##);
    insta::assert_snapshot!(bundle("/T", Direction::Request), @r##"{"allOf":[{"$ref":"#/$defs/S"},{"required":["name"]}],"x-read-only":["id"],"$defs":{"S":{"required":["name","secret"],"properties":{"id":{"type":"integer","readOnly":true},"name":{},"secret":{"$ref":"#/$defs/W"}},"x-read-only":["id"]},"W":{"type":"string","writeOnly":true}}}"##);
}

#[test]
fn a_type_by_the_name_that_a_language_has_for_it_is_what_is_meant() {
    let of = |text: &str| of(text, "/s", Dialect::Swagger2, Direction::Neither).unwrap();
    insta::assert_snapshot!(of(r#"{"s":{"type":"int","minimum":1}}"#), @r#"{"type":"integer","minimum":1}"#);
    insta::assert_snapshot!(of(r#"{"s":{"type":"bool"}}"#), @r#"{"type":"boolean"}"#);
}

#[test]
fn what_cannot_be_bundled_names_its_place() {
    let error = |text: &str, dialect| of(text, "/s", dialect, Direction::Neither).unwrap_err();
    let old = Dialect::OpenApi30;
    insta::assert_snapshot!(error(r##"{"s":{"items":{"$ref":"#/nope"}}}"##, old), @"`#/nope` leads nowhere: nothing stands at `/nope`; it stands at #/s/items");
    insta::assert_snapshot!(error(r##"{"s":{"$ref":"#/s"}}"##, old), @"`#/s` leads around in a circle of references, with no schema in it; it stands at #/s");
    insta::assert_snapshot!(error(r##"{"s":{"$ref":"#/t"},"t":{"$ref":"#/s"}}"##, Dialect::Draft2020), @"`#/t` leads around in a circle of references, with no schema in it; it stands at #/s");
    insta::assert_snapshot!(error(r##"{"s":{"allOf":[{"anyOf":[{"$ref":"#/s"},{}]}]}}"##, old), @"the schema refers back to itself without going into the value, so it says nothing; it stands at #/s");
    insta::assert_snapshot!(error(r#"{"s":{"properties":{"a":3}}}"#, old), @"a schema was expected, not `3`; it stands at #/s/properties/a");
    insta::assert_snapshot!(error(r#"{"s":{"type":"strnig"}}"#, old), @r#"a type of JSON Schema was expected, not `"strnig"`; it stands at #/s/type"#);
    insta::assert_snapshot!(error(r#"{"s":{"allOf":{}}}"#, old), @"an array of schemas was expected, not an object; it stands at #/s/allOf");
    insta::assert_snapshot!(error(r#"{"s":{"maxLength":-1}}"#, old), @"a number of at least 0 was expected, not `-1`; it stands at #/s/maxLength");
    insta::assert_snapshot!(error("{}", old), @"a schema was expected, not nothing; it stands at #/s");
}

#[test]
fn a_survey_finds_the_same_faults_in_one_walk() {
    let text = r##"{"a":{"items":{"$ref":"#/b"}},"b":{"items":{"$ref":"#/bad"}},"good":{"type":"string"},
        "c":{"properties":{"x":{"$ref":"#/d"}}},"d":{"allOf":[{"$ref":"#/d"}]}}"##;
    let (documents, root) = Documents::single(read::json(text.as_bytes()).unwrap());
    let mut survey = Survey::new(&documents, Dialect::OpenApi30);
    for (name, faulty) in [
        ("good", false),
        ("a", true),
        ("b", true),
        ("a", true),
        ("c", true),
        ("d", true),
        ("good", false),
    ] {
        let at = root.child(name);
        let alone = bundle(&documents, &at, Dialect::OpenApi30, Direction::Neither);
        assert_eq!(survey.fault(&at).is_some(), faulty, "{name}");
        assert_eq!(alone.is_err(), faulty, "{name}");
    }
}

#[test]
fn schemas_far_too_deep_are_refused_and_not_the_end_of_the_program() {
    // Each level of `not` is one of JSON, of which the reader takes 512.
    let nested =
        |levels: usize| format!("{}true{}", r#"{"not":"#.repeat(levels), "}".repeat(levels));
    assert_eq!(plain(&nested(100), Dialect::Draft2020), nested(100));
    let deep = of(&nested(511), "", Dialect::Draft2020, Direction::Neither).unwrap_err();
    assert!(deep.starts_with("schemas stand inside each other more than 100 deep"), "{deep}");
}
