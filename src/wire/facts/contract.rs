//! From a contract to the facts that a call made for it needs.

use super::token;
use crate::case::{Body, Call};
use crate::spec::{BodyKind, Content, Encoding, Location, Operation, Schema, Style};
use crate::value::{Pointer, Value};
use crate::wire::body::{form, multipart::Part, usual_media_type, xml};
use crate::wire::media;
use crate::wire::parameter::Notation;

/// Deepest chain of references and combinations that is followed.
const MOST_STEPS: usize = 32;

/// The rendering facts that a call for this operation needs: what the contract asks for and is not
/// usual, for the parameters and the body the call has. The body is taken to be in the first media
/// type of its kind.
pub fn facts(operation: &Operation, call: &Call) -> Vec<(String, String)> {
    let content = operation.body.as_ref().zip(call.body.as_ref()).and_then(|(body, given)| {
        body.contents.iter().find(|content| kind_of(content).part() == given.part())
    });
    facts_with(operation, call, content)
}

/// As [`facts`], for a body in the given media type.
pub fn facts_with(
    operation: &Operation,
    call: &Call,
    content: Option<&Content>,
) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for (locations, given) in [
        (&[Location::Path][..], &call.path),
        (&[Location::Query, Location::QueryString], &call.query),
        (&[Location::Header], &call.headers),
        (&[Location::Cookie], &call.cookies),
    ] {
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in given {
            let parameter =
                locations.iter().find_map(|location| operation.parameter(*location, name));
            let Some(parameter) = parameter.filter(|_| !seen.contains(&&**name)) else { continue };
            seen.push(name);
            let location = parameter.location;
            if let Some(fact) = Notation::of(parameter).plainest(location, value).fact(location) {
                facts.push((format!("{}/{}", location.part(), token(name)), fact));
            }
        }
    }
    if let (Some(body), Some(content)) = (&call.body, content) {
        of_body(body, content, &mut facts);
    }
    facts
}

/// A range counts as the type that is sent for it.
fn kind_of(content: &Content) -> BodyKind {
    BodyKind::of(&media::concrete(&content.media_type))
}

fn of_body(body: &Body, content: &Content, facts: &mut Vec<(String, String)>) {
    let media_type = media::concrete(&content.media_type);
    let kind = BodyKind::of(&media_type);
    let named = (media_type != usual_media_type(kind)).then_some(media_type);
    match body {
        Body::Xml(value) => {
            let mut document = Xml { facts, bundle: bundle(content.schema.as_ref()) };
            document.root(value, content.schema.as_ref(), named);
        }
        body => {
            facts.extend(named.map(|media_type| (kind.part().to_owned(), media_type)));
            let schema = content.schema.as_ref();
            match body {
                Body::Form(Value::Object(object)) => {
                    for (name, value) in object {
                        let name = name.lossy();
                        let fact = encoding(content, &name).and_then(|e| of_field(e, value));
                        facts.extend(fact.map(|fact| (format!("form/{}", token(&name)), fact)));
                    }
                }
                Body::Multipart(Value::Object(object)) => {
                    let bundle = bundle(schema);
                    for (name, value) in object {
                        let name = name.lossy();
                        let schema = bundle.and_then(|all| member(all, all, &name));
                        let fact = of_part(&name, value, encoding(content, &name), bundle, schema);
                        let place = || format!("multipart/{}", token(&name));
                        facts.extend(fact.map(|fact| (place(), fact)));
                    }
                }
                // Parts without names are known by their index.
                Body::Multipart(Value::Array(list)) => {
                    let bundle = bundle(schema);
                    let each = encoding(content, Encoding::EACH);
                    for (index, value) in list.iter().enumerate() {
                        let name = index.to_string();
                        let schema = bundle.and_then(|all| items(all, all));
                        let encoding = encoding(content, &name).or(each);
                        let fact = of_part(&name, value, encoding, bundle, schema);
                        facts.extend(fact.map(|fact| (format!("multipart/{name}"), fact)));
                    }
                }
                _ => {}
            }
        }
    }
}

fn encoding<'c>(content: &'c Content, name: &str) -> Option<&'c Encoding> {
    content.encoding.iter().find(|(key, _)| key == name).map(|(_, encoding)| encoding)
}

fn of_field(encoding: &Encoding, value: &Value) -> Option<String> {
    let styled = encoding.style.is_some() || encoding.explode.is_some() || encoding.allow_reserved;
    let notation = if styled {
        let mut notation = Notation::of_style(encoding.style.unwrap_or(Style::Form));
        if notation.style != Style::DeepObject {
            notation.explode = encoding.explode.unwrap_or(notation.explode);
        }
        notation.reserved = encoding.allow_reserved;
        notation.plainest(Location::Query, value)
    } else {
        // A type with a style of its own has no use where there are no parts: text stays text.
        let media_type = first_type(encoding.content_type.as_deref()?);
        let mut notation = form::usual(value);
        if BodyKind::of(&media_type) != BodyKind::Text {
            notation.content = Some(media_type);
        }
        notation
    };
    if notation == form::usual(value) {
        return None;
    }
    Some(notation.fact(Location::Query).unwrap_or_else(|| notation.style.name().to_owned()))
}

fn of_part(
    name: &str,
    value: &Value,
    encoding: Option<&Encoding>,
    bundle: Option<&Value>,
    schema: Option<&Value>,
) -> Option<String> {
    let composed = matches!(value, Value::Array(_) | Value::Object(_));
    let styled = encoding.filter(|e| composed && (e.style.is_some() || e.explode.is_some()));
    if let Some(encoding) = styled {
        // A style of its own takes the place of any media type.
        return of_field(encoding, value);
    }
    let value = value.as_array().map_or(value, |items| items.first().unwrap_or(value));
    let schema = bundle.zip(schema).and_then(|(all, schema)| items(all, schema).or(Some(schema)));
    let keyword = |keyword: &str| {
        let found = bundle.zip(schema).and_then(|(all, schema)| find(all, schema, &[keyword]));
        found.and_then(Value::as_str)
    };
    let declared = encoding.and_then(|e| e.content_type.as_deref()).map(first_type);
    let binary = matches!(keyword("format"), Some("binary" | "byte"))
        || keyword("contentEncoding").is_some();
    let media_type = declared
        .or_else(|| keyword("contentMediaType").map(media::concrete))
        .or_else(|| binary.then(|| "application/octet-stream".to_owned()));
    let usual = Part::usual(name, value);
    let media_type = media_type?;
    let is_file = matches!(value, Value::Bytes(_))
        || matches!(BodyKind::of(&media_type), BodyKind::Bytes)
        || keyword("format") == Some("binary");
    let part = Part { media_type: Some(media_type), filename: is_file.then(|| name.to_owned()) };
    let plain = part.filename.is_none() && part.media_type.as_deref() == Some("text/plain");
    (part != usual && !(plain && usual == Part::default())).then(|| part.fact())
}

/// The first of a list of media types, as a type that can be sent.
fn first_type(list: &str) -> String {
    media::concrete(list.split(',').next().unwrap_or(list).trim())
}

struct Xml<'f, 's> {
    facts: &'f mut Vec<(String, String)>,
    bundle: Option<&'s Value>,
}

impl Xml<'_, '_> {
    fn root(&mut self, value: &Value, schema: Option<&Schema>, media_type: Option<String>) {
        let bundle = self.bundle;
        let mut node = bundle.map(|all| self.node(all)).unwrap_or_default();
        if node.name.is_none() {
            // The name of a component names the root that refers to it.
            let source = schema.and_then(Schema::source);
            let reference = source.and_then(|source| source.get("$ref")).and_then(Value::as_str);
            let component = reference.and_then(|text| text.rsplit('/').next());
            node.name = component.filter(|name| !name.is_empty()).map(str::to_owned);
        }
        // An array as the root always has an element of its own.
        node.wrapped = false;
        let mut words: Vec<String> = media_type.map(|m| m.replace(' ', "")).into_iter().collect();
        words.push(node.fact());
        let fact = words.join(" ").trim().to_owned();
        if !fact.is_empty() {
            self.facts.push(("xml".to_owned(), fact));
        }
        if let Some(schema) = bundle {
            self.below("xml", value, schema);
        }
    }

    fn below(&mut self, place: &str, value: &Value, schema: &Value) {
        let Some(all) = self.bundle else { return };
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let key = key.lossy();
                    if let Some(schema) = member(all, schema, &key) {
                        self.at(&format!("{place}/{}", token(&key)), value, schema);
                    }
                }
            }
            Value::Array(list) => {
                if let Some(schema) = items(all, schema) {
                    for value in list {
                        self.at(&format!("{place}/*"), value, schema);
                    }
                }
            }
            _ => {}
        }
    }

    fn at(&mut self, place: &str, value: &Value, schema: &Value) {
        let fact = self.node(schema).fact();
        if !fact.is_empty() && !self.facts.iter().any(|(key, _)| key == place) {
            self.facts.push((place.to_owned(), fact));
        }
        self.below(place, value, schema);
    }

    fn node(&self, schema: &Value) -> xml::Node {
        let mut node = xml::Node::default();
        let Some(xml) = self.bundle.and_then(|all| find(all, schema, &["xml"])) else {
            return node;
        };
        let text = |key: &str| xml.get(key).and_then(Value::as_str).map(str::to_owned);
        let set = |key: &str| xml.get(key).and_then(Value::as_bool) == Some(true);
        node.name = text("name");
        node.namespace = text("namespace");
        node.prefix = text("prefix");
        let node_type = text("nodeType");
        let is_array = self.bundle.and_then(|all| items(all, schema)).is_some();
        node.kind = match node_type.as_deref() {
            Some("attribute") => xml::NodeKind::Attribute,
            Some("text") => xml::NodeKind::Text,
            Some("cdata") => xml::NodeKind::Cdata,
            // An array without an element of its own is the usual way.
            Some("none") if !is_array => xml::NodeKind::None,
            _ if set("attribute") => xml::NodeKind::Attribute,
            _ => xml::NodeKind::Element,
        };
        node.wrapped = set("wrapped") || is_array && node_type.as_deref() == Some("element");
        node
    }
}

fn bundle(schema: Option<&Schema>) -> Option<&Value> {
    schema.and_then(|schema| schema.bundle().ok())
}

/// The schema of a member, wherever a combination says it.
fn member<'s>(all: &'s Value, schema: &'s Value, name: &str) -> Option<&'s Value> {
    find(all, schema, &["properties", name]).or_else(|| {
        find(all, schema, &["additionalProperties"]).filter(|s| s.as_object().is_some())
    })
}

fn items<'s>(all: &'s Value, schema: &'s Value) -> Option<&'s Value> {
    find(all, schema, &["items"]).filter(|schema| schema.as_object().is_some())
}

/// The value at a path in a schema, in those it refers to, or in those it combines.
fn find<'s>(all: &'s Value, schema: &'s Value, path: &[&str]) -> Option<&'s Value> {
    fn step<'s>(
        all: &'s Value,
        schema: &'s Value,
        path: &[&str],
        left: usize,
    ) -> Option<&'s Value> {
        let left = left.checked_sub(1)?;
        if let Some(found) = path.iter().try_fold(schema, |value, key| value.get(key)) {
            return Some(found);
        }
        let reference = schema.get("$ref").and_then(Value::as_str);
        let target = reference
            .and_then(|text| text.strip_prefix('#'))
            .and_then(|text| Pointer::parse(text).ok())
            .and_then(|pointer| pointer.find(all));
        if let Some(found) = target.and_then(|target| step(all, target, path, left)) {
            return Some(found);
        }
        ["allOf", "oneOf", "anyOf"].iter().find_map(|combination| {
            let branches = schema.get(combination)?.as_array()?;
            branches.iter().find_map(|branch| step(all, branch, path, left))
        })
    }
    step(all, schema, path, MOST_STEPS)
}

#[cfg(test)]
mod tests;
