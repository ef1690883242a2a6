//! Bodies and media types of OpenAPI 3.

use super::node::{Fault, Node};
use super::parameters::style;
use super::{Reader, examples};
use crate::schema::Direction;
use crate::spec::{Body, BodyKind, Content, Encoding};

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
        let schema =
            node.get("schema").map(|schema| self.schema(&schema, direction)).transpose()?;
        let mut encoding = Vec::new();
        for (name, node) in node.members_of("encoding") {
            let named = node.text("style").and_then(style);
            let explode = node.bool("explode");
            encoding.push((
                name,
                Encoding {
                    content_type: node.text("contentType").map(str::to_owned),
                    style: named,
                    explode,
                    allow_reserved: node.flag("allowReserved"),
                },
            ));
        }
        Ok(Content {
            media_type: media_type.to_owned(),
            kind: BodyKind::of(media_type),
            schema,
            encoding,
            examples: examples::of(&node),
        })
    }
}
