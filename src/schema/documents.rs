//! The documents a spec is made of, and the references between them.

use crate::value::{Pointer, Value};

/// Documents by address.
#[derive(Debug, Default)]
pub struct Documents {
    all: Vec<(String, Value)>,
}

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The document's number in its [`Documents`].
    pub document: usize,
    /// The place in it.
    pub pointer: Pointer,
}

impl Documents {
    /// One document that stands alone, and its root.
    pub fn single(value: Value) -> (Self, Location) {
        let all = vec![(String::new(), value)];
        (Self { all }, Location { document: 0, pointer: Pointer::root() })
    }

    /// The value at a place.
    pub fn find(&self, at: &Location) -> Option<&Value> {
        at.pointer.find(&self.all.get(at.document)?.1)
    }
}
