//! Facts of calls for small contracts.

use super::*;
use crate::spec::{Parameter, Place, Responses};
use crate::value::read;

fn value(json: &str) -> Value {
    read::json(json.as_bytes()).unwrap()
}

fn operation(parameters: Vec<Parameter>, contents: Vec<Content>) -> Operation {
    Operation {
        servers: Vec::new(),
        name: "POST /a".to_owned(),
        method: "POST".to_owned(),
        path: "/a".to_owned(),
        id: None,
        tags: Vec::new(),
        deprecated: false,
        parameters,
        body: Some(crate::spec::Body { required: true, contents }),
        responses: Responses::default(),
        security: Vec::new(),
        produces: Vec::new(),
        rpc: None,
        place: Place::default(),
    }
}

fn parameter(name: &str, location: Location, style: Style, explode: bool) -> Parameter {
    Parameter {
        name: name.to_owned(),
        location,
        required: false,
        style,
        explode,
        allow_reserved: false,
        allow_empty: false,
        content: None,
        schema: Schema::of(Value::Bool(true)),
        examples: Vec::new(),
    }
}

fn content(media_type: &str, schema: &str, encoding: Vec<(String, Encoding)>) -> Content {
    Content {
        media_type: media_type.to_owned(),
        kind: BodyKind::of(media_type),
        schema: Some(Schema::of(value(schema))),
        encoding,
        examples: Vec::new(),
    }
}

fn shown(facts: &[(String, String)]) -> Vec<(&str, &str)> {
    facts.iter().map(|(place, fact)| (&**place, &**fact)).collect()
}

#[test]
fn only_unusual_parameters_need_facts() {
    let mut filter = parameter("filter", Location::Query, Style::Form, true);
    filter.content = Some("application/json".to_owned());
    let operation = operation(
        vec![
            parameter("id", Location::Path, Style::Simple, false),
            parameter("a/b", Location::Path, Style::Matrix, true),
            parameter("ids", Location::Query, Style::PipeDelimited, false),
            parameter("deep", Location::Query, Style::DeepObject, false),
            parameter("x", Location::Header, Style::Simple, true),
            filter,
        ],
        Vec::new(),
    );
    let call = |value: Value| {
        let list =
            |names: &[&str]| names.iter().map(|n| ((*n).to_owned(), value.clone())).collect();
        Call {
            path: list(&["id", "a/b"]),
            query: list(&["ids", "ids", "deep", "filter", "unknown"]),
            headers: list(&["X"]),
            ..Call::default()
        }
    };
    assert_eq!(
        shown(&facts(&operation, &call(value("[1,2]")))),
        [
            ("path/a~1b", "matrix explode"),
            ("query/ids", "pipeDelimited"),
            ("query/deep", "deepObject"),
            ("query/filter", "application/json"),
            ("headers/X", "explode"),
        ]
    );
    // How elements stand says nothing of a scalar.
    assert_eq!(
        shown(&facts(&operation, &call(value("7")))),
        [("path/a~1b", "matrix"), ("query/filter", "application/json")]
    );
}

#[test]
fn a_body_tells_its_media_type_where_it_is_unusual() {
    let patch = content("application/merge-patch+json", "true", Vec::new());
    let operation = operation(Vec::new(), vec![content("text/*", "true", Vec::new()), patch]);
    let mut call = Call { body: Some(Body::Json(Value::Null)), ..Call::default() };
    assert_eq!(shown(&facts(&operation, &call)), [("json", "application/merge-patch+json")]);
    call.body = Some(Body::Text(Value::text("")));
    assert_eq!(shown(&facts(&operation, &call)), []);
}

#[test]
fn fields_and_parts_follow_their_encoding_and_schema() {
    let encoding = |style, content_type: Option<&str>| Encoding {
        content_type: content_type.map(str::to_owned),
        style,
        ..Encoding::default()
    };
    let form = content(
        "application/x-www-form-urlencoded",
        "true",
        vec![
            ("a".to_owned(), encoding(Some(Style::SpaceDelimited), None)),
            ("b".to_owned(), encoding(Some(Style::Form), None)),
            ("c".to_owned(), encoding(None, Some("application/json"))),
        ],
    );
    let multipart = content(
        "multipart/form-data",
        r##"{"properties":{"photo":{"type":"string","format":"binary"},"files":{"type":"array","items":{"$ref":"#/$defs/F"}},
            "doc":{"contentMediaType":"application/pdf"},"meta":{"type":"object"},"n":{"type":"integer"}},
            "$defs":{"F":{"type":"string","format":"binary"}}}"##,
        vec![("meta".to_owned(), encoding(None, Some("application/xml, text/plain")))],
    );
    let operation = operation(Vec::new(), vec![form, multipart]);
    let mut call = Call {
        body: Some(Body::Form(value(r#"{"a":[1],"b":{"x":1},"c":{"x":1},"d":2}"#))),
        ..Call::default()
    };
    assert_eq!(
        shown(&facts(&operation, &call)),
        [("form/a", "spaceDelimited"), ("form/b", "form")]
    );
    call.body = Some(Body::Multipart(value(
        r#"{"photo":"x","files":["a","b"],"doc":"p","meta":{"k":1},"n":1}"#,
    )));
    assert_eq!(
        shown(&facts(&operation, &call)),
        [
            ("multipart/photo", "application/octet-stream; filename=\"photo\""),
            ("multipart/files", "application/octet-stream; filename=\"files\""),
            ("multipart/doc", "application/pdf; filename=\"doc\""),
            ("multipart/meta", "application/xml"),
        ]
    );
}

#[test]
fn xml_facts_follow_the_schema_through_references() {
    let xml = content(
        "text/xml",
        r##"{"$ref":"#/$defs/Pet","$defs":{"Pet":{"xml":{"name":"pet"},"allOf":[{"properties":{"id":{"xml":{"attribute":true}},
            "tags":{"type":"array","xml":{"wrapped":true},"items":{"$ref":"#/$defs/Tag"}},
            "kind":{"xml":{"nodeType":"text"}},"kids":{"type":"array","items":{"$ref":"#/$defs/Pet"}}}}]},
            "Tag":{"xml":{"name":"tag","prefix":"t","namespace":"urn:t"}}}}"##,
        Vec::new(),
    );
    let operation = operation(Vec::new(), vec![xml]);
    let body = value(r#"{"id":1,"tags":["a","b"],"kind":"x","kids":[{"id":2}],"other":1}"#);
    let call = Call { body: Some(Body::Xml(body)), ..Call::default() };
    assert_eq!(
        shown(&facts(&operation, &call)),
        [
            ("xml", "text/xml name=pet"),
            ("xml/id", "attribute"),
            ("xml/tags", "wrapped"),
            ("xml/tags/*", "name=tag namespace=urn:t prefix=t"),
            ("xml/kind", "text"),
            ("xml/kids/*", "name=pet"),
            ("xml/kids/*/id", "attribute"),
        ]
    );
}
