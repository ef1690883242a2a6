//! What a document promises: the service, its operations, their inputs and outputs.
//!
//! Responsible for reading OpenAPI documents and protobuf descriptors into one structure. Schemas stay
//! as they are written, behind [`Schema`]. Knows nothing of generation.

pub mod base;
pub mod graph;
mod index;
pub mod load;
mod merge;
pub mod openapi;
mod operation;
pub mod protobuf;
mod response;
mod routes;
pub mod layout;
mod rpc;
mod sequence;
pub mod template;

pub use index::Index;
pub use layout::{Layout, Layouts};
pub use merge::merge;
pub use operation::{
    ApiKeyPlace, Body, BodyKind, Content, Encoding, Location, Operation, Parameter, Place, Scheme,
    SchemeKind, Style, idempotency_key, is_safe_method,
};
pub use response::{HeaderField, Link, Response, Responses, StatusPattern};
pub use rpc::{Idempotency, Rpc};
pub use sequence::Sequence;

pub use crate::schema::Schema;

/// A service as its document describes it.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// The name findings are filed under: from the configuration, else a slug of the title.
    pub name: String,
    /// The document's title.
    pub title: String,
    /// Base addresses the document names, variables filled in; may be relative.
    pub servers: Vec<String>,
    /// The operations that can be used.
    pub operations: Vec<Operation>,
    /// Security schemes by name.
    pub schemes: Vec<Scheme>,
    /// What is broken in the document.
    pub problems: Vec<Problem>,
    /// Finds operations in one step.
    pub index: Index,
    /// What its operations give each other.
    pub dependencies: graph::Dependencies,
}

/// Something in a document that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// The operation it stands in; `None` where that is none, or not one alone.
    pub operation: Option<String>,
    /// Whether that operation cannot be tested for it.
    pub lost: bool,
    /// What is wrong and the way out, a lower-case fragment.
    pub message: String,
}
