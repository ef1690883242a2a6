//! What a document promises: the service, its operations, their inputs and outputs.
//!
//! Responsible for reading OpenAPI documents (and, later, protobuf) into one structure. Schemas stay
//! as they are written, behind [`Schema`]. Knows nothing of generation.

pub mod base;
pub mod load;
pub mod openapi;
mod operation;

pub use operation::{
    ApiKeyPlace, Body, BodyKind, Content, Encoding, Link, Location, Operation, Parameter, Place,
    Response, ResponseHeader, Responses, Scheme, SchemeKind, StatusPattern, Style,
};

use std::collections::HashMap;
use std::sync::OnceLock;

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
    /// Where each operation stands among [`Self::operations`].
    pub names: Names,
}

/// Where operations stand, by name; worked out when first asked, because every call asks.
#[derive(Clone, Debug, Default)]
pub struct Names(OnceLock<HashMap<String, usize>>);

impl Service {
    /// The operation of this name: `POST /orders/{id}`.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        let names = self.names.0.get_or_init(|| {
            let numbered = self.operations.iter().enumerate();
            numbered.map(|(number, operation)| (operation.name.clone(), number)).collect()
        });
        let there = names.get(name).and_then(|number| self.operations.get(*number));
        // Operations may have come or gone since.
        there
            .filter(|operation| operation.name == name)
            .or_else(|| self.operations.iter().find(|operation| operation.name == name))
    }
}

/// Something in a document that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// The operation it costs; `None` where it costs none.
    pub operation: Option<String>,
    /// What is wrong and the way out, a lower-case fragment.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<Operation> {
        let document = |name: &str| {
            let (method, path) = name.split_once(' ').unwrap();
            let method = method.to_lowercase();
            format!(
                r#"{{"swagger":"2.0","info":{{}},"paths":{{"{path}":{{"{method}":{{"responses":{{}}}}}}}}}}"#
            )
        };
        let operations = |name: &&str| {
            load::alone("t.json", document(name).as_bytes()).unwrap().service.operations
        };
        names.iter().flat_map(operations).collect()
    }

    #[test]
    fn operations_are_found_by_name_also_after_they_have_moved() {
        let mut service =
            Service { operations: named(&["GET /a", "GET /b"]), ..Service::default() };
        assert_eq!(service.operation("GET /b").map(|o| &*o.path), Some("/b"));
        service.operations = named(&["GET /b", "GET /c"]);
        assert_eq!(service.operation("GET /b").map(|o| &*o.path), Some("/b"));
        assert_eq!(service.operation("GET /c").map(|o| &*o.path), Some("/c"));
        assert!(service.operation("GET /a").is_none());
    }
}
