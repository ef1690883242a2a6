//! Judging values against a bundled schema.

use crate::value::{Pointer, Value};

/// One thing in a value that the schema forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The place in the value.
    pub instance: Pointer,
    /// The place in the bundled schema; its last token is the keyword.
    pub schema: Pointer,
    /// The keyword that is broken.
    pub keyword: String,
    /// What is wrong, a lower-case fragment.
    pub message: String,
}

/// A schema made ready to judge.
#[derive(Debug)]
pub(super) struct Validator;

impl Validator {
    pub(super) fn new(_bundle: Result<&Value, &str>) -> Self {
        Self
    }

    pub(super) fn accepts(&self, _value: &Value) -> bool {
        true
    }

    pub(super) fn violations(&self, _value: &Value) -> Vec<Violation> {
        Vec::new()
    }
}
