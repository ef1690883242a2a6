//! A value of a document, together with where it stands.

use std::cell::RefCell;
use std::collections::HashSet;

use crate::schema::{Dialect, Documents, Location};
use crate::spec::Place;
use crate::value::{Object, Text, Value};

/// A value of a document and its place.
///
/// What is asked for and is of another kind counts as not there, and is noted: nobody who reads on has
/// to look whether something was passed over. `null` is what YAML makes of a key with nothing behind it;
/// it is passed over without a word.
#[derive(Clone, Debug)]
pub(super) struct Node<'d> {
    pub(super) documents: &'d Documents,
    notes: &'d Notes,
    pub(super) at: Location,
    pub(super) value: &'d Value,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: Location,
    pub(super) message: String,
}

/// What was found wrong in passing.
#[derive(Debug, Default)]
pub(super) struct Notes(RefCell<Vec<Fault>>);

impl Notes {
    /// What has been noted since the last call.
    pub(super) fn take(&self) -> Vec<Fault> {
        self.0.take()
    }
}

impl<'d> Node<'d> {
    pub(super) fn of(documents: &'d Documents, notes: &'d Notes, at: Location) -> Option<Self> {
        let value = documents.find(&at)?;
        Some(Self { documents, notes, at, value })
    }

    /// The member `key`.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(self.child(key, value))
    }

    fn child(&self, token: impl Into<Text>, value: &'d Value) -> Self {
        Self { at: self.at.child(token), value, ..*self }
    }

    /// The text under `key`.
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        let node = self.get(key)?;
        node.value.as_str().or_else(|| node.is_not("text"))
    }

    /// What stands under `key`, where that is `true` or `false`.
    pub(super) fn bool(&self, key: &str) -> Option<bool> {
        let node = self.get(key)?;
        node.value.as_bool().or_else(|| node.is_not("`true` or `false`"))
    }

    /// Whether `true` stands under `key`.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.bool(key) == Some(true)
    }

    /// The texts of the array under `key`; `None` where there is no array.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<String>> {
        self.get(key)?.items().map(|items| {
            let text = |item: Self| item.value.as_str().or_else(|| item.is_not("text"));
            items.filter_map(text).map(str::to_owned).collect()
        })
    }

    /// The members of an object; of a key that stands twice the last one, as readers of JSON have it.
    pub(super) fn members(&self) -> impl Iterator<Item = (String, Self)> + use<'d> {
        let object = self.value.as_object().or_else(|| self.is_not("an object"));
        let overridden = self.overridden();
        for node in &overridden {
            let name = node.at.pointer.tokens().last().map(Text::lossy).unwrap_or_default();
            node.note(format!("`{name}` stands twice; the last one counts"));
        }
        let overridden: HashSet<*const Value> =
            overridden.into_iter().map(|node| std::ptr::from_ref(node.value)).collect();
        let this = self.clone();
        let members = object.into_iter().flat_map(Object::iter);
        members
            .filter(move |(_, value)| !overridden.contains(&std::ptr::from_ref(value)))
            .map(move |(key, value)| (key.lossy().into_owned(), this.child(key.clone(), value)))
    }

    /// The members that others of the same key take the place of.
    pub(super) fn overridden(&self) -> Vec<Self> {
        let mut seen = HashSet::new();
        let members = self.value.as_object().into_iter().flat_map(|object| object.iter().rev());
        let repeated = members.filter(|(key, _)| !seen.insert(key));
        repeated.map(|(key, value)| self.child(key.clone(), value)).collect()
    }

    /// The members of the object under `key`.
    pub(super) fn members_of(&self, key: &str) -> impl Iterator<Item = (String, Self)> + use<'d> {
        self.get(key).into_iter().flat_map(|node| node.members())
    }

    /// The elements of an array.
    fn items(&self) -> Option<impl Iterator<Item = Self> + use<'d>> {
        let items = self.value.as_array().or_else(|| self.is_not("an array"))?;
        let this = self.clone();
        let numbered = items.iter().enumerate();
        Some(numbered.map(move |(index, value)| this.child(index.to_string(), value)))
    }

    /// The elements of the array under `key`.
    pub(super) fn items_of(&self, key: &str) -> impl Iterator<Item = Self> + use<'d> {
        self.get(key).and_then(|node| node.items()).into_iter().flatten()
    }

    /// The object behind the references here; itself where it is none.
    pub(super) fn follow(&self) -> Result<Self, Fault> {
        let node = self.target()?;
        if node.value.as_object().is_none() {
            let _: Option<()> = node.is_not("an object");
        }
        Ok(node)
    }

    /// What stands behind the references here, whatever it is; itself where it is none.
    pub(super) fn target(&self) -> Result<Self, Fault> {
        let mut node = self.clone();
        for _ in 0..64 {
            let Some(reference) = node.text("$ref") else { return Ok(node) };
            let at = self
                .documents
                .resolve(&node.at, reference, Dialect::OpenApi30)
                .map_err(|error| self.fault(error.to_string()))?;
            match Self::of(self.documents, self.notes, at) {
                Some(next) => node = next,
                None => return Err(self.fault(format!("`{reference}` leads nowhere"))),
            }
        }
        let reference = self.text("$ref").unwrap_or_default();
        let circle = "leads around in a circle of references, with nothing in it";
        Err(self.fault(format!("`{reference}` {circle}")))
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { at: self.at.clone(), message: message.into() }
    }

    /// Notes what is wrong here and costs nothing.
    pub(super) fn note(&self, message: impl Into<String>) {
        self.notes.0.borrow_mut().push(self.fault(message));
    }

    /// Notes that something else was expected here, and gives nothing.
    fn is_not<T>(&self, wanted: &str) -> Option<T> {
        match self.value {
            Value::Null => {}
            Value::Array(_) | Value::Object(_) => {
                self.note(format!("should be {wanted}, not an {}", self.value.kind()));
            }
            value => self.note(format!("should be {wanted}, not `{value}`")),
        }
        None
    }

    pub(super) fn place(&self) -> Place {
        Place::of(self.documents, &self.at)
    }
}
