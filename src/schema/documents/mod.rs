//! The documents a spec is made of, and the references between them.
//!
//! Nothing is read here: [`Documents::wanted`] tells the addresses that references lead to, and
//! whoever may read files or the network answers with [`Documents::add`] or [`Documents::refuse`].

mod resolve;

pub use resolve::Unresolved;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::index::{Heirs, Identity, References};
use super::wide::{Step, Wide};
use super::{Dialect, Lines};
use crate::value::{Pointer, Text, Value};

/// Documents by address, and what their references lead to.
#[derive(Debug, Default)]
pub struct Documents {
    all: Vec<Document>,
    by_address: HashMap<String, usize>,
    refused: HashMap<String, String>,
    wanted: Vec<String>,
    known: HashSet<String>,
    modern: OnceLock<Identity>,
    draft4: OnceLock<Identity>,
    heirs: OnceLock<Heirs>,
}

/// One document.
#[derive(Debug)]
pub struct Document {
    /// Its path or URL; empty for one that stands alone.
    pub address: String,
    /// What it says.
    pub value: Value,
    /// On which line its places stand, where that is known.
    pub lines: Option<Lines>,
    wide: OnceLock<Wide>,
}

impl Document {
    /// One step down from a value that stands at the end of `way`.
    fn step<'d>(&'d self, way: &[Text], value: &'d Value, token: &Text) -> Option<Step<'d>> {
        Wide::step(|| self.wide.get_or_init(|| Wide::of(&self.value)), way, value, token)
    }

    fn find(&self, at: &Pointer) -> Option<&Value> {
        let tokens = at.tokens();
        tokens.iter().enumerate().try_fold(&self.value, |value, (depth, token)| {
            self.step(&tokens[..depth], value, token).map(|step| step.value)
        })
    }
}

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The document's number in its [`Documents`].
    pub document: usize,
    /// The place in it.
    pub pointer: Pointer,
}

impl Location {
    /// The place one token deeper.
    #[must_use]
    pub fn child(&self, token: impl Into<Text>) -> Self {
        Self { document: self.document, pointer: self.pointer.child(token) }
    }

    /// Whether `other` is this place, or lies below it.
    pub fn contains(&self, other: &Self) -> bool {
        self.document == other.document && self.pointer.contains(&other.pointer)
    }
}

impl Documents {
    /// No documents.
    pub fn new() -> Self {
        Self::default()
    }

    /// One document that stands alone, and its root.
    pub fn single(value: Value) -> (Self, Location) {
        let mut documents = Self::new();
        let root = documents.add("", value, None);
        (documents, root)
    }

    /// Takes in a document; gives its root. A document already there is kept.
    pub fn add(&mut self, address: &str, value: Value, lines: Option<Lines>) -> Location {
        if let Some(there) = self.root(address) {
            return there;
        }
        for target in References::of(&value, address).targets {
            if !target.is_empty() && self.known.insert(target.clone()) {
                self.wanted.push(target);
            }
        }
        let document = self.all.len();
        self.known.insert(address.to_owned());
        self.by_address.insert(address.to_owned(), document);
        let (address, wide) = (address.to_owned(), OnceLock::new());
        self.all.push(Document { address, value, lines, wide });
        self.modern = OnceLock::new();
        self.draft4 = OnceLock::new();
        self.heirs = OnceLock::new();
        Location { document, pointer: Pointer::root() }
    }

    /// Notes why the document at `address` is not there: a phrase such as `cannot be read: …`.
    pub fn refuse(&mut self, address: &str, why: impl Into<String>) {
        self.refused.insert(address.to_owned(), why.into());
    }

    /// An address that some reference leads to and that has neither been added nor refused; each is
    /// given once.
    pub fn wanted(&mut self) -> Option<String> {
        while let Some(address) = self.wanted.pop() {
            let there = self.by_address.contains_key(&address)
                || self.refused.contains_key(&address)
                || [Dialect::Draft2020, Dialect::Draft4]
                    .into_iter()
                    .any(|dialect| self.identity(dialect).is_some_and(|ids| ids.knows(&address)));
            if !there {
                return Some(address);
            }
        }
        None
    }

    /// All documents, in the order of their numbers.
    pub fn all(&self) -> &[Document] {
        &self.all
    }

    /// The address of the document a place stands in.
    pub fn address(&self, at: &Location) -> &str {
        self.all.get(at.document).map_or("", |document| &document.address)
    }

    /// The value at a place.
    pub fn find(&self, at: &Location) -> Option<&Value> {
        self.all.get(at.document)?.find(&at.pointer)
    }

    /// The line of a place, counted from 1.
    pub fn line(&self, at: &Location) -> Option<usize> {
        let document = self.all.get(at.document)?;
        let step = |way: &[Text], value, token: &Text| document.step(way, value, token);
        document.lines.as_ref()?.find(&document.value, &at.pointer, step)
    }

    /// A place for people: `shop.yaml#/paths/~1orders (line 12)`.
    pub fn describe(&self, at: &Location) -> String {
        let line = self.line(at).map_or(String::new(), |line| format!(" (line {line})"));
        format!("{}#{}{line}", self.address(at), at.pointer)
    }

    fn root(&self, address: &str) -> Option<Location> {
        let document = *self.by_address.get(address)?;
        Some(Location { document, pointer: Pointer::root() })
    }

    /// The identifiers that schemas of `dialect` give to places; `None` where the dialect has none.
    fn identity(&self, dialect: Dialect) -> Option<&Identity> {
        match dialect {
            Dialect::Swagger2 | Dialect::OpenApi30 => None,
            Dialect::Draft4 => Some(self.draft4.get_or_init(|| Identity::of(&self.all, "id"))),
            Dialect::Draft2020 => Some(self.modern.get_or_init(|| Identity::of(&self.all, "$id"))),
        }
    }

    /// The dynamic anchors of the resource that a place belongs to (2020-12 core, section 8.2.2);
    /// `None` where no document has any.
    pub(super) fn dynamic_anchors(
        &self,
        at: &Location,
        dialect: Dialect,
    ) -> Option<&[(String, Location)]> {
        let identity = self.identity(dialect)?;
        let document = Location { document: at.document, pointer: Pointer::root() };
        identity.dynamic_anchors(&identity.base(at).map_or(document, |(resource, _)| resource))
    }

    /// The schemas, by name, that extend the one at `at` through `allOf`, at any remove.
    pub(super) fn heirs(&self, at: &Location, dialect: Dialect) -> &[(String, Location)] {
        self.heirs.get_or_init(|| Heirs::of(self, dialect)).of_parent(at)
    }
}

#[cfg(test)]
mod tests;
