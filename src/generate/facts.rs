//! How a call is rendered so that its contract is kept.
//!
//! What [`wire`](mod@crate::wire::facts) reads off the contract and the values, and what takes a value of its
//! own: the header fields that parts of a multipart body must have (`headers` of their `encoding`, OpenAPI
//! 3.2.0, "Encoding Object"). Each has an example of its schema, else its simplest value.

use super::input::content_of;
use super::value::{Place, Setting};
use super::walk::simplest;
use crate::case::{Body, Call};
use crate::choice::Alphabet;
use crate::schema::Shapes;
use crate::spec::{Content, HeaderField, Location, Operation, Style};
use crate::value::Value;
use crate::wire::facts::{self, token};
use crate::wire::parameter::{self, Notation};

/// The facts that a call needs to be rendered as the contract asks for.
pub fn facts(operation: &Operation, call: &Call) -> Vec<(String, String)> {
    facts_with(operation, call, content_of(operation, call))
}

/// As [`facts()`], for a body in the given media type.
pub fn facts_with(
    operation: &Operation,
    call: &Call,
    content: Option<&Content>,
) -> Vec<(String, String)> {
    let mut facts = facts::facts_with(operation, call, content);
    if let (Some(content), Some(body)) = (content, &call.body) {
        facts.extend(headers(content, body));
    }
    facts
}

/// The facts of header fields that the parts of a body must have.
fn headers<'c>(
    content: &'c Content,
    body: &'c Body,
) -> impl Iterator<Item = (String, String)> + 'c {
    let has = |name: &str| match body {
        Body::Multipart(Value::Object(object)) => object.contains(name),
        _ => false,
    };
    let parts = content.encoding.iter().filter(move |(name, _)| has(name));
    parts.flat_map(|(part, encoding)| {
        let required = encoding.headers.iter().filter(|header| header.required);
        required.filter_map(move |header| {
            let place = format!("multipart/{}/headers/{}", token(part), token(&header.name));
            Some((place, text(header)?))
        })
    })
}

/// The text of a field's value; `None` where it has none that can be sent.
fn text(header: &HeaderField) -> Option<String> {
    let setting = Setting { alphabet: Alphabet::Visible, textual: true, ..Setting::default() };
    let place = Place::root(header.schema.written_shapes(), setting);
    let examples = place.shapes.node(Shapes::ROOT).map_or(&[][..], |node| &node.examples);
    let example = examples.iter().find(|example| header.schema.accepts(example)).cloned();
    let value = example.or_else(|| simplest(place))?;
    let notation = Notation { explode: header.explode, ..Notation::of_style(Style::Simple) };
    let encoded = parameter::encode(Location::Header, &header.name, &value, &notation).ok()?;
    String::from_utf8(encoded.octets?).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::case::Label;
    use crate::choice::Source;
    use crate::generate::catalogue;
    use crate::generate::fixture::service;
    use crate::generate::ideas::Ideas;
    use crate::generate::input::{draw, lift};
    use crate::wire::render;

    #[test]
    fn a_part_has_the_fields_that_it_must_have() {
        let paths = r#"{"/a":{"post":{"requestBody":{"required":true,"content":{"multipart/form-data":{
            "schema":{"type":"object","required":["file"],"properties":{"file":{"type":"string"},"n":{}}},
            "encoding":{
                "file":{"headers":{
                    "X-Rate":{"required":true,"schema":{"type":"integer","minimum":3}},
                    "X-Kind":{"required":true,"schema":{"type":"string","example":"cat"}},
                    "X-Not":{"schema":{"type":"string"}},
                    "Content-Type":{"required":true,"schema":{"type":"string"}}}},
                "n":{"headers":{"X-N":{"required":true,"schema":{"type":"integer"}}}}}}}},
            "responses":{}}}}"#;
        let service = service(paths);
        let call = catalogue::baseline(&service.operations[0]).unwrap();
        let request = render::request(&call, "").unwrap();
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(body.contains("name=\"file\"\r\nX-Rate: 3\r\nX-Kind: cat\r\n\r\n"), "{body}");
        assert!(!body.contains("X-N"), "{body}");
    }

    #[test]
    fn sequences_are_sent_item_by_item() {
        let body = |media: &str| {
            format!(
                r#"{{"/lines":{{"post":{{"requestBody":{{"required":true,"content":{{"{media}":{{"itemSchema":
                {{"type":"object","required":["n"],"properties":{{"n":{{"type":"integer","minimum":1,"maximum":9}}}}}}
                }}}}}},"responses":{{}}}}}}}}"#
            )
        };
        for (media, first) in [
            ("application/jsonl", "{\"n\":1}\n"),
            ("application/x-ndjson", "{\"n\":1}\n"),
            ("application/json-seq", "\u{1e}{\"n\":1}\n"),
            ("multipart/mixed", "Content-Type: application/json\r\n\r\n{\"n\":1}\r\n"),
        ] {
            let service = service(&body(media));
            let operation = &service.operations[0];
            let base = Arc::new(catalogue::baseline(operation).unwrap());
            let request = render::request(&base, "").unwrap();
            let sent = String::from_utf8_lossy(&request.body).into_owned();
            assert!(sent.contains(first), "{media}: {sent}");
            let kind = request.headers.iter().find(|field| field.name == "Content-Type").unwrap();
            assert!(kind.value.starts_with(media.as_bytes()), "{media}");
            let planned = catalogue::boundary(operation, &base, &Ideas::default());
            let valid = planned.iter().filter_map(|planned| planned.call(operation));
            assert!(valid.filter(|call| call.label == Label::Valid).count() > 3, "{media}");
            let broken = catalogue::invalid(operation, &base, &Ideas::default());
            let broken = broken.iter().filter_map(|planned| planned.call(operation));
            let rules: Vec<String> =
                broken.flat_map(|call| call.deviations).map(|d| d.rule.to_string()).collect();
            for rule in ["minimum", "maximum", "required"] {
                assert!(rules.iter().any(|own| own == rule), "{media} {rule}: {rules:?}");
            }
            let mut items = Vec::new();
            assert!(lift(operation, &base, &mut items));
            let again = Source::replay(&items).run(|source| draw(operation, "s1", source));
            assert_eq!(again.unwrap().0, *base);
        }
    }
}
