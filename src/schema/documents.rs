//! The documents a spec is made of, and the references between them.
//!
//! Nothing is read here: [`Documents::wanted`] tells the addresses that references lead to, and
//! whoever may read files or the network answers with [`Documents::add`] or [`Documents::refuse`].

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::index::{Heirs, Identity, References};
use super::wide::{Step, Wide};
use super::{Dialect, Lines, address};
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

/// Why a reference leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The document it names is not there.
    #[error("`{reference}` leads to `{address}`, which {why}")]
    Document {
        /// The reference as written.
        reference: String,
        /// The address it leads to.
        address: String,
        /// Why that is not there.
        why: String,
    },
    /// The document is there, the place in it is not.
    #[error("`{reference}` leads nowhere: nothing stands at `{pointer}`{document}")]
    Place {
        /// The reference as written.
        reference: String,
        /// The place it names.
        pointer: String,
        /// ` of …`, where it is another document.
        document: String,
    },
    /// The references on the way lead around in a circle.
    #[error("`{reference}` leads around in a circle of references")]
    Circle {
        /// The reference as written.
        reference: String,
    },
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

    /// Where `reference`, which stands at `from`, leads.
    ///
    /// # Errors
    /// It leads to a document that is not there, or nowhere in one.
    pub fn resolve(
        &self,
        from: &Location,
        reference: &str,
        dialect: Dialect,
    ) -> Result<Location, Unresolved> {
        self.resolve_within(from, reference, dialect, 32)
    }

    fn resolve_within(
        &self,
        from: &Location,
        reference: &str,
        dialect: Dialect,
        budget: usize,
    ) -> Result<Location, Unresolved> {
        if budget == 0 {
            return Err(Unresolved::Circle { reference: reference.to_owned() });
        }
        let identity = self.identity(dialect);
        let (target, fragment) = address::split(reference);
        let base = identity.and_then(|ids| ids.base(from));
        let resource = if target.is_empty() && base.is_none() {
            Location { document: from.document, pointer: Pointer::root() }
        } else {
            let base = base.map_or_else(|| self.address(from), |(_, base)| base);
            let address = address::join(base, target);
            let named = identity.and_then(|ids| ids.resource(&address)).cloned();
            named.or_else(|| self.root(&address)).ok_or_else(|| Unresolved::Document {
                reference: reference.to_owned(),
                why: match self.refused.get(&address) {
                    Some(why) => why.clone(),
                    None => "was not loaded".to_owned(),
                },
                address,
            })?
        };
        let decoded =
            if fragment.contains('%') { address::decode(fragment) } else { fragment.into() };
        let elsewhere =
            self.all.get(resource.document).filter(|_| resource.document != from.document);
        let nothing = || Unresolved::Place {
            reference: reference.to_owned(),
            pointer: decoded.clone(),
            document: elsewhere.map_or(String::new(), |other| format!(" of `{}`", other.address)),
        };
        if decoded.is_empty() {
            return Ok(resource);
        }
        let Ok(pointer) = Pointer::parse(&decoded) else {
            let anchor = identity.and_then(|ids| ids.anchor(&resource, &decoded));
            return anchor.cloned().ok_or_else(nothing);
        };
        self.walk(resource, &pointer, dialect, budget).ok_or_else(nothing)
    }

    /// Goes down from `at`; where the way is blocked by a reference, goes on behind it.
    fn walk(
        &self,
        mut at: Location,
        pointer: &Pointer,
        dialect: Dialect,
        budget: usize,
    ) -> Option<Location> {
        let below = |at: &Location, value, token: &Text| {
            let document = self.all.get(at.document)?;
            document.step(at.pointer.tokens(), value, token).map(|step| step.value)
        };
        let mut value = self.find(&at)?;
        for token in pointer.tokens() {
            let mut next = below(&at, value, token);
            if next.is_none() {
                let reference = value.get("$ref")?.as_str()?;
                at = self.resolve_within(&at, reference, dialect, budget - 1).ok()?;
                next = below(&at, self.find(&at)?, token);
            }
            value = next?;
            at.pointer.push(token.clone());
        }
        Some(at)
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
mod tests {
    use super::*;
    use crate::value::read;

    fn value(text: &str) -> Value {
        read::json(text.as_bytes()).unwrap()
    }

    fn found(documents: &Documents, reference: &str) -> String {
        let root = Location { document: 0, pointer: Pointer::root() };
        let at = documents.resolve(&root, reference, Dialect::Draft2020).unwrap();
        documents.find(&at).unwrap().to_string()
    }

    #[test]
    fn references_lead_over_documents_and_around_in_circles() {
        let mut documents = Documents::new();
        documents.add(
            "specs/a.yaml",
            value(r##"{"x/y %":{"$ref":"../shared/b.json#/z"},"r":{"$ref":"#/x~1y%20%25"}}"##),
            None,
        );
        assert_eq!(documents.wanted().as_deref(), Some("shared/b.json"));
        documents.add("shared/b.json", value(r#"{"z":{"k":{"$ref":"../specs/a.yaml"}}}"#), None);
        assert_eq!(documents.wanted(), None, "the circle is closed");
        assert_eq!(found(&documents, "#/x~1y%20%25"), r#"{"$ref":"../shared/b.json#/z"}"#);
        assert_eq!(
            found(&documents, "#/x~1y %/k"),
            r#"{"$ref":"../specs/a.yaml"}"#,
            "a pointer goes on behind a reference that stands in its way"
        );
    }

    #[test]
    fn places_in_wide_objects_are_found_like_all_others() {
        use std::fmt::Write as _;

        let mut text = String::from("{\n\"few\": [{}, {\n");
        for n in 0..200 {
            let _ =
                writeln!(text, "\"k{}\": {{\"a\": [{n},\n1], \"$ref\": \"#/other\"}},", n % 150);
        }
        text.push_str("\"last\": 0}],\n\"other\": {\"b\": 7}}");
        let (value, lines) = (value(&text), Lines::of_json(text.as_bytes()));
        let mut documents = Documents::new();
        let root = documents.add("a.json", value.clone(), Some(lines));
        let at = |text: &str| Location { pointer: Pointer::parse(text).unwrap(), ..root.clone() };
        for n in 0..200 {
            let at = at(&format!("/few/1/k{n}/a/1"));
            assert_eq!(documents.find(&at), at.pointer.find(&value), "{n}");
            // Of a key that stands twice the last one.
            let row = if n < 50 { n + 150 } else { n };
            let line = if n < 150 { 4 + 2 * row } else { 2 };
            assert_eq!(documents.line(&at), Some(line), "{n}");
        }
        assert_eq!(documents.line(&at("/few/1/last")), Some(403));
        assert_eq!(documents.line(&at("/other/b")), Some(404));
        assert_eq!(found(&documents, "#/few/1/k7/b"), "7", "behind a reference");
    }

    #[test]
    fn identifiers_and_anchors_name_places() {
        let mut documents = Documents::new();
        documents.add(
            "http://h/a.json",
            value(
                r#"{"$id":"http://h/s/root.json","$defs":{
                    "A":{"$anchor":"one","type":"string"},
                    "B":{"$id":"sub/b.json","$defs":{"C":{"$dynamicAnchor":"one"}}}},
                    "enum":[{"$id":"sub/no.json"}]}"#,
            ),
            None,
        );
        assert_eq!(found(&documents, "#one"), r#"{"$anchor":"one","type":"string"}"#);
        assert_eq!(found(&documents, "sub/b.json#one"), r#"{"$dynamicAnchor":"one"}"#);
        assert_eq!(
            found(&documents, "http://h/s/sub/b.json#/$defs/C"),
            r#"{"$dynamicAnchor":"one"}"#
        );
        let root = Location { document: 0, pointer: Pointer::root() };
        assert!(documents.resolve(&root, "sub/no.json", Dialect::Draft2020).is_err());
    }

    #[test]
    fn a_reference_to_nowhere_says_what_is_not_there() {
        let mut documents = Documents::new();
        let root = documents.add("a.json", value(r##"{"a":{"$ref":"#/a/b"}}"##), None);
        documents.refuse("http://x/y.json", "is on a host that was not named");
        let message = |reference: &str| {
            documents.resolve(&root, reference, Dialect::OpenApi30).unwrap_err().to_string()
        };
        insta::assert_snapshot!(message("#/no/where"), @"`#/no/where` leads nowhere: nothing stands at `/no/where`");
        insta::assert_snapshot!(message("http://x/y.json#/a"), @"`http://x/y.json#/a` leads to `http://x/y.json`, which is on a host that was not named");
        insta::assert_snapshot!(message("other.json"), @"`other.json` leads to `other.json`, which was not loaded");
        assert!(message("#/a/b").contains("nowhere"));
    }
}
