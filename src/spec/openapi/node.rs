//! A value of a document, together with where it stands.

use crate::schema::{Dialect, Documents, Location};
use crate::spec::Place;
use crate::value::{Object, Value};

/// A value of a document and its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'d> {
    pub(super) documents: &'d Documents,
    pub(super) at: Location,
    pub(super) value: &'d Value,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: Location,
    pub(super) message: String,
}

impl<'d> Node<'d> {
    pub(super) fn of(documents: &'d Documents, at: Location) -> Option<Self> {
        let value = documents.find(&at)?;
        Some(Self { documents, at, value })
    }

    /// The member `key`.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(Self { documents: self.documents, at: self.at.child(key), value })
    }

    /// The text under `key`.
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    /// Whether `true` stands under `key`.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool) == Some(true)
    }

    /// The texts of the array under `key`; `None` where there is no array.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<String>> {
        let items = self.value.get(key)?.as_array()?;
        Some(items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect())
    }

    /// The members of an object.
    pub(super) fn members(&self) -> impl Iterator<Item = (String, Self)> + use<'d> {
        let (documents, at) = (self.documents, self.at.clone());
        let members = self.value.as_object().into_iter().flat_map(Object::iter);
        members.map(move |(key, value)| {
            let node = Self { documents, at: at.child(key.clone()), value };
            (key.lossy().into_owned(), node)
        })
    }

    /// The members of the object under `key`.
    pub(super) fn members_of(&self, key: &str) -> impl Iterator<Item = (String, Self)> + use<'d> {
        self.get(key).into_iter().flat_map(|node| node.members())
    }

    /// The elements of the array under `key`.
    pub(super) fn items_of(&self, key: &str) -> impl Iterator<Item = Self> + use<'d> {
        self.get(key).into_iter().flat_map(|node| {
            let items = node.value.as_array().unwrap_or_default();
            items.iter().enumerate().map(move |(index, value)| Self {
                documents: node.documents,
                at: node.at.child(index.to_string()),
                value,
            })
        })
    }

    /// What stands behind the references here; itself where it is none.
    pub(super) fn follow(&self) -> Result<Self, Fault> {
        let mut node = self.clone();
        for _ in 0..64 {
            let Some(reference) = node.text("$ref") else { return Ok(node) };
            let at = self
                .documents
                .resolve(&node.at, reference, Dialect::OpenApi30)
                .map_err(|error| self.fault(error.to_string()))?;
            match Self::of(self.documents, at) {
                Some(next) => node = next,
                None => return Err(self.fault(format!("`{reference}` leads nowhere"))),
            }
        }
        Err(self.fault("leads around in a circle of references"))
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { at: self.at.clone(), message: message.into() }
    }

    pub(super) fn place(&self) -> Place {
        place(self.documents, &self.at)
    }
}

/// A place for people.
pub(super) fn place(documents: &Documents, at: &Location) -> Place {
    Place {
        document: documents.address(at).to_owned(),
        pointer: at.pointer.to_string(),
        line: documents.line(at),
    }
}
