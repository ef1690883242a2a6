//! What answers an operation promises.

use super::{Content, Schema};
use crate::value::Value;

/// The answers an operation promises.
#[derive(Clone, Debug, Default)]
pub struct Responses {
    /// By status, as the document orders them.
    pub by_status: Vec<(StatusPattern, Response)>,
}

impl Responses {
    /// What is promised for a status: the exact code, else its range, else the default.
    pub fn of(&self, status: u16) -> Option<&Response> {
        let find = |wanted: StatusPattern| {
            self.by_status.iter().find(|(pattern, _)| *pattern == wanted).map(|(_, r)| r)
        };
        find(StatusPattern::Code(status))
            .or_else(|| find(StatusPattern::Range(status / 100)))
            .or_else(|| find(StatusPattern::Default))
    }
}

/// Which statuses an answer is promised for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusPattern {
    /// This one.
    Code(u16),
    /// `2XX`: the first digit.
    Range(u16),
    /// All others.
    Default,
}

/// One promised answer.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// Headers.
    pub headers: Vec<HeaderField>,
    /// Bodies by media type; empty where none is promised.
    pub contents: Vec<Content>,
    /// What of it other operations take.
    pub links: Vec<Link>,
}

/// A header field of an answer, or of a part of a body.
#[derive(Clone, Debug)]
pub struct HeaderField {
    /// The name.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its schema.
    pub schema: Schema,
    /// Whether elements and members stand on their own.
    pub explode: bool,
}

/// A link from an answer to another operation (OpenAPI 3.2.0, section 4.20).
#[derive(Clone, Debug)]
pub struct Link {
    /// The name.
    pub name: String,
    /// The operation it leads to: a name as in [`Operation::name`](super::Operation::name), resolved.
    pub operation: String,
    /// Parameter name (may be qualified: `path.id`) to runtime expression or constant.
    pub parameters: Vec<(String, Value)>,
    /// Runtime expression or constant for the body.
    pub body: Option<Value>,
}
