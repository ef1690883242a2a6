//! What is wrong with a schema.

use crate::schema::{Documents, Location};

/// What is wrong with a schema, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where it stands, which may be far from the schema that needs it.
    pub at: Location,
    /// What is wrong, a lower-case fragment that does not name the place.
    pub message: String,
}

impl Broken {
    pub(super) fn new(at: &Location, message: impl Into<String>) -> Self {
        Self { at: at.clone(), message: message.into() }
    }

    /// The message with its place, for whoever shows it elsewhere.
    pub fn with_place(&self, documents: &Documents) -> String {
        format!("{}; it stands at {}", self.message, documents.describe(&self.at))
    }
}
