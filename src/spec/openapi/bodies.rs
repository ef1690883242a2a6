//! Bodies and media types of OpenAPI 3.

use super::node::{Fault, Node};
use super::parameters::style;
use super::version::Version;
use super::{Reader, examples};
use crate::schema::Direction;
use crate::spec::{Body, BodyKind, Content, Encoding, Schema, Sequence};

impl<'d> Reader<'d> {
    /// The body of an operation.
    pub(super) fn body(&mut self, operation: &Node<'d>) -> Result<Option<Body>, Fault> {
        let Some(node) = operation.get("requestBody") else { return Ok(None) };
        let node = node.follow()?;
        let required = node.flag("required");
        let mut contents = Vec::new();
        let mut faults = Vec::new();
        for (media_type, content) in node.members_of("content") {
            match self.content(&media_type, &content, Direction::Request) {
                Ok(content) => contents.push(content),
                Err(fault) => faults.push(fault),
            }
        }
        if contents.is_empty() && faults.is_empty() && node.value.as_object().is_some() {
            faults.push(node.fault("the body has no media type under `content`"));
        }
        if contents.is_empty() && required && !faults.is_empty() {
            return Err(faults.swap_remove(0));
        }
        for fault in faults {
            self.note(fault);
        }
        Ok(if contents.is_empty() { None } else { Some(Body { required, contents }) })
    }

    /// One media type of a body or an answer.
    pub(super) fn content(
        &mut self,
        media_type: &str,
        node: &Node<'d>,
        direction: Direction,
    ) -> Result<Content, Fault> {
        let node = node.follow()?;
        let kind = BodyKind::of(media_type);
        Ok(Content {
            media_type: media_type.to_owned(),
            kind,
            schema: self.content_schema(media_type, &node, direction)?,
            encoding: self.encodings(&node, kind),
            examples: examples::of(&node),
        })
    }

    /// The schema of a media type: of all of it, or of each item where it is a sequence (OpenAPI 3.2.0,
    /// "Sequential Media Types").
    fn content_schema(
        &mut self,
        media_type: &str,
        node: &Node<'d>,
        direction: Direction,
    ) -> Result<Option<Schema>, Fault> {
        let sequence = Sequence::of(media_type).is_some();
        let asked = direction == Direction::Request;
        let parts = asked && BodyKind::of(media_type) == BodyKind::Multipart;
        match (node.get("schema"), node.get("itemSchema")) {
            (own, Some(item)) if sequence || parts => {
                if let Some(own) = own {
                    own.note("stands beside `itemSchema`, which counts; this is not tested");
                }
                self.sequence(&item, direction).map(Some)
            }
            // Before there was `itemSchema`, what was said of a line was said here.
            (Some(item), None) if sequence && asked && !is_array(&item) => {
                self.sequence(&item, direction).map(Some)
            }
            (own, item) => {
                if let Some(item) = item {
                    item.note(format!("what it says of `{media_type}` is not tested"));
                }
                own.map(|schema| self.schema(&schema, direction)).transpose()
            }
        }
    }

    /// How the parts of a media type are written.
    fn encodings(&mut self, node: &Node<'d>, kind: BodyKind) -> Vec<(String, Encoding)> {
        let named = node.members_of("encoding");
        let first = node.items_of("prefixEncoding").enumerate();
        let first = first.map(|(index, node)| (index.to_string(), node));
        let each = node.get("itemEncoding").map(|node| (Encoding::EACH.to_owned(), node));
        let all: Vec<_> = named.chain(first).chain(each).collect();
        all.into_iter().map(|(name, node)| (name, self.encoding(&node, kind))).collect()
    }

    fn encoding(&mut self, node: &Node<'d>, kind: BodyKind) -> Encoding {
        let multipart = kind == BodyKind::Multipart;
        // OpenAPI 3.0 gives a style no meaning in multipart bodies.
        let styled = !multipart || self.version > Version::V30;
        let headers = node
            .members_of("headers")
            .filter(|(name, _)| multipart && !name.eq_ignore_ascii_case("content-type"));
        let headers = headers
            .filter_map(|(name, node)| self.header(name, &node, Direction::Request))
            .collect();
        Encoding {
            content_type: node.text("contentType").map(str::to_owned),
            style: node.text("style").and_then(style).filter(|_| styled),
            explode: node.bool("explode").filter(|_| styled),
            allow_reserved: node.flag("allowReserved"),
            headers,
        }
    }
}

/// Whether a schema is one of arrays.
fn is_array(schema: &Node<'_>) -> bool {
    let Ok(schema) = schema.target() else { return false };
    ["items", "prefixItems"].iter().any(|key| schema.value.get(key).is_some())
        || schema.value.get("type").is_some_and(|kind| {
            let named = kind.as_array().unwrap_or(std::slice::from_ref(kind));
            named.iter().any(|name| name.as_str() == Some("array"))
        })
}
