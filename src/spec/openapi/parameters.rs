//! Parameters of OpenAPI 3.

use super::Reader;
use super::examples;
use super::node::{Fault, Node};
use crate::schema::Direction;
use crate::spec::{Location, Parameter, Schema, Style};
use crate::value::Value;

impl<'d> Reader<'d> {
    /// The parameters of an operation: those of its path items, overridden by its own.
    pub(super) fn parameters(&mut self, levels: &[&Node<'d>]) -> Result<Vec<Parameter>, Fault> {
        let mut all = Vec::new();
        for level in levels {
            for node in level.items_of("parameters") {
                if let Some(parameter) = self.parameter(&node.follow()?)? {
                    put(&mut all, parameter);
                }
            }
        }
        Ok(all)
    }

    /// One parameter; `None` where the specification says to ignore it, or where it is broken and
    /// the operation can do without it.
    fn parameter(&mut self, node: &Node<'d>) -> Result<Option<Parameter>, Fault> {
        let (Some(name), Some(place)) = (node.text("name"), node.text("in")) else {
            return Err(node.fault("a parameter needs `name` and `in`"));
        };
        let location = match place {
            "path" => Location::Path,
            "query" => Location::Query,
            "querystring" => Location::QueryString,
            "header" => Location::Header,
            "cookie" => Location::Cookie,
            other => {
                return Err(node.fault(format!(
                    "the parameter `{name}` is `in: {other}`; known are path, query, header, cookie"
                )));
            }
        };
        if location == Location::Header && is_reserved(name) {
            return Ok(None);
        }
        let required = location == Location::Path || node.flag("required");
        let content = node.members_of("content").next();
        let schema = match (&content, node.get("schema")) {
            (Some((_, content)), _) => content.follow()?.get("schema"),
            (None, schema) => schema,
        };
        let schema = match schema.map(|schema| self.schema(&schema, Direction::Request)) {
            Some(Ok(schema)) => schema,
            Some(Err(fault)) if required => return Err(fault),
            Some(Err(fault)) => {
                self.note(fault);
                return Ok(None);
            }
            None => {
                self.note(node.fault(format!("the parameter `{name}` has no schema")));
                Schema::of(Value::Bool(true))
            }
        };
        let default = match location {
            Location::Path | Location::Header => Style::Simple,
            Location::Query | Location::QueryString | Location::Cookie => Style::Form,
        };
        let style = match node.text("style") {
            None => default,
            Some(text) => style(text).filter(|style| fits(*style, location)).unwrap_or_else(|| {
                let message = format!(
                    "the style `{text}` is not one for `in: {place}`; `{}` is taken",
                    default.name()
                );
                self.note(node.fault(message));
                default
            }),
        };
        let explode = node.bool("explode");
        let examples = match &content {
            Some((_, content)) if examples::of(node).is_empty() => examples::of(content),
            _ => examples::of(node),
        };
        Ok(Some(Parameter {
            name: name.to_owned(),
            location,
            required,
            style,
            explode: explode.unwrap_or(matches!(style, Style::Form | Style::Cookie)),
            allow_reserved: node.flag("allowReserved"),
            allow_empty: location == Location::Query && node.flag("allowEmptyValue"),
            content: content.map(|(media_type, _)| media_type),
            schema,
            examples,
        }))
    }
}

/// Adds a parameter, in the place of the one it overrides.
pub(super) fn put(all: &mut Vec<Parameter>, parameter: Parameter) {
    match all.iter_mut().find(|p| p.location == parameter.location && p.name == parameter.name) {
        Some(old) => *old = parameter,
        None => all.push(parameter),
    }
}

/// Header fields that are described elsewhere (OpenAPI 3.2.0, section 4.12.1).
fn is_reserved(name: &str) -> bool {
    ["accept", "content-type", "authorization"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The style of a name.
pub(super) fn style(name: &str) -> Option<Style> {
    [
        Style::Simple,
        Style::Label,
        Style::Matrix,
        Style::Form,
        Style::SpaceDelimited,
        Style::PipeDelimited,
        Style::DeepObject,
        Style::Cookie,
    ]
    .into_iter()
    .find(|style| style.name() == name)
}

/// Whether a style is one for this place (OpenAPI 3.2.0, section 4.12.2.2).
fn fits(style: Style, location: Location) -> bool {
    match location {
        Location::Path => matches!(style, Style::Simple | Style::Label | Style::Matrix),
        Location::Header => style == Style::Simple,
        Location::Cookie => matches!(style, Style::Form | Style::Cookie),
        Location::Query | Location::QueryString => matches!(
            style,
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject
        ),
    }
}
