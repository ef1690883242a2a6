//! Promised answers: their headers, bodies and links.

use super::node::Node;
use super::version::Version;
use super::{Reader, examples};
use crate::schema::Direction;
use crate::spec::{
    BodyKind, Content, HeaderField, Link, Response, Responses, Schema, StatusPattern,
};
use crate::value::Value;

impl<'d> Reader<'d> {
    /// The answers an operation promises. What is broken in them costs only itself: a body whose
    /// schema cannot be read is promised without one.
    pub(super) fn responses(&mut self, operation: &Node<'d>) -> Responses {
        let mut by_status = Vec::new();
        if operation.get("responses").is_none() && self.version < Version::V31 {
            self.note(operation.fault("there are no `responses`"));
        }
        for (status, node) in operation.members_of("responses") {
            if status.starts_with("x-") {
                continue;
            }
            let Some(pattern) = pattern(&status) else {
                self.note(node.fault(format!("`{status}` is no status, range or `default`")));
                continue;
            };
            match node.follow() {
                Ok(node) => {
                    let response = self.response(operation, &node);
                    by_status.push((pattern, response));
                }
                Err(fault) => {
                    self.note(fault);
                    by_status.push((pattern, Response::default()));
                }
            }
        }
        Responses { by_status }
    }

    fn response(&mut self, operation: &Node<'d>, node: &Node<'d>) -> Response {
        let mut response = Response::default();
        for (name, header) in node.members_of("headers") {
            if !name.eq_ignore_ascii_case("content-type") {
                response.headers.extend(self.header(name, &header, Direction::Response));
            }
        }
        if self.version == Version::V2 {
            response.contents = self.swagger_contents(operation, node);
        }
        for (media_type, content) in node.members_of("content") {
            match self.content(&media_type, &content, Direction::Response) {
                Ok(content) => response.contents.push(content),
                Err(fault) => {
                    self.note(fault);
                    response.contents.push(Content {
                        kind: BodyKind::of(&media_type),
                        media_type,
                        schema: None,
                        encoding: Vec::new(),
                        examples: examples::of(&content),
                    });
                }
            }
        }
        for (name, link) in node.members_of("links") {
            let link = link.follow().and_then(|node| Ok((self.linked(&node)?, node)));
            match link {
                Ok((operation, node)) => response.links.push(Link {
                    name,
                    operation,
                    parameters: node
                        .members_of("parameters")
                        .map(|(name, value)| (name, value.value.clone()))
                        .collect(),
                    body: node.value.get("requestBody").cloned(),
                }),
                Err(fault) => self.note(fault),
            }
        }
        response
    }

    /// A header field of an answer, or of a part of a body.
    pub(super) fn header(
        &mut self,
        name: String,
        node: &Node<'d>,
        direction: Direction,
    ) -> Option<HeaderField> {
        let node = match node.follow() {
            Ok(node) => node,
            Err(fault) => {
                self.note(fault);
                return None;
            }
        };
        let content = node.members_of("content").next();
        let schema = match (self.version, content) {
            // In Swagger 2.0 the header is its own schema.
            (Version::V2, _) => Some(node.clone()),
            (_, Some((_, content))) => content.get("schema"),
            (_, None) => node.get("schema"),
        };
        let schema = match schema.map(|schema| self.schema(&schema, direction)) {
            Some(Ok(schema)) => schema,
            Some(Err(fault)) => {
                self.note(fault);
                Schema::of(Value::Bool(true))
            }
            None => Schema::of(Value::Bool(true)),
        };
        let required = self.version != Version::V2 && node.flag("required");
        Some(HeaderField { name, required, schema, explode: node.flag("explode") })
    }
}

/// `200`, `2XX`, `default`.
fn pattern(status: &str) -> Option<StatusPattern> {
    if status == "default" {
        return Some(StatusPattern::Default);
    }
    let (digit, rest) = status.split_at_checked(1)?;
    let class: u16 = digit.parse().ok().filter(|class| (1..=9).contains(class))?;
    if rest.eq_ignore_ascii_case("xx") {
        return Some(StatusPattern::Range(class));
    }
    let code: u16 = status.parse().ok()?;
    (100..1000).contains(&code).then_some(StatusPattern::Code(code))
}
