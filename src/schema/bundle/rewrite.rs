//! One schema at a time, from its dialect's spelling to that of 2020-12.

use std::collections::{HashMap, HashSet};

use super::keyword::is_later_than_draft_4;
use super::nullable::{allow_null, is_nullable};
use super::{Broken, discriminator, names};
use crate::schema::{Dialect, Direction, Documents, Location, address};
use crate::value::{Object, Text, Value};

/// How deep schemas may stand inside each other before one is refused: deeper than anyone writes,
/// and shallow enough for the stack of any thread. References start anew.
const MAX_LEVELS: usize = 100;

/// A schema of a bundle: a place, which face of it, and what dynamic references in it mean.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) at: Location,
    face: Face,
    scope: Scope,
}

/// The outermost place of each dynamic anchor on the way to a schema (2020-12 core, section
/// 8.2.3.2), by name; nearly always empty.
type Scope = Vec<(String, Location)>;

/// Which face of a schema is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Face {
    /// As others see it: with a `discriminator`, any of its heirs.
    Plain,
    /// What its heirs take from it: without the choice between them.
    Base,
}

/// A reference from one schema of a bundle to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// The number of the schema it leads to.
    pub(super) target: usize,
    /// Whether both judge the same value.
    pub(super) in_place: bool,
}

/// Rewrites schemas, and numbers the schemas that they refer to in the order they are met.
#[derive(Debug)]
pub(super) struct Rewriter<'d> {
    pub(super) documents: &'d Documents,
    pub(super) direction: Direction,
    dialect: Dialect,
    keys: Vec<Key>,
    names: Vec<String>,
    numbers: HashMap<Key, usize>,
    taken: HashMap<String, usize>,
    resolved: HashMap<(usize, &'d str), Location>,
    edges: Vec<Edge>,
    /// How far the schema at hand lies inside the value that its definition judges.
    pub(super) depth: usize,
    /// How many schemas stand around the one at hand, in its document.
    level: usize,
    face: Face,
    scope: Scope,
    notes: Vec<(Location, String)>,
}

/// A schema while it is rewritten.
pub(super) struct Work<'d, 'f> {
    /// As it stands in its document.
    pub(super) source: &'d Object,
    /// The properties that do not travel this way, as far as they are known here.
    pub(super) foreign: &'f [&'d Text],
    /// What it becomes.
    pub(super) out: Object,
    /// Its examples, from wherever it has them.
    pub(super) examples: Vec<Value>,
}

pub(super) type Rewritten<T> = Result<T, Broken>;

impl<'d> Rewriter<'d> {
    pub(super) fn new(documents: &'d Documents, dialect: Dialect, direction: Direction) -> Self {
        Self {
            documents,
            direction,
            dialect,
            keys: Vec::new(),
            names: Vec::new(),
            numbers: HashMap::new(),
            taken: HashMap::new(),
            resolved: HashMap::new(),
            edges: Vec::new(),
            depth: 0,
            level: 0,
            face: Face::Plain,
            scope: Scope::new(),
            notes: Vec::new(),
        }
    }

    /// Notes what is wrong at a place but costs nothing.
    pub(super) fn note(&mut self, at: Location, message: String) {
        self.notes.push((at, message));
    }

    /// What has been noted since the last call.
    pub(super) fn take_notes(&mut self) -> Vec<(Location, String)> {
        std::mem::take(&mut self.notes)
    }

    /// All schemas met so far, by number.
    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Their names, by number.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The references met since the last call.
    pub(super) fn take_edges(&mut self) -> Vec<Edge> {
        std::mem::take(&mut self.edges)
    }

    /// The number of the schema at a place that is judged on its own.
    pub(super) fn root(&mut self, at: &Location) -> usize {
        self.scope.clear();
        self.key(at.clone(), Face::Plain)
    }

    /// The number of a schema, seen from the one at hand.
    fn key(&mut self, at: Location, face: Face) -> usize {
        let scope = self.scope_at(&at);
        self.number(Key { at, face, scope })
    }

    /// The dynamic scope at hand, once it has gone into the resource that `at` belongs to.
    fn scope_at(&self, at: &Location) -> Scope {
        let mut scope = self.scope.clone();
        if let Some(anchors) = self.documents.dynamic_anchors(at, self.dialect(at)) {
            for (name, place) in anchors {
                if let Err(index) = scope.binary_search_by(|(known, _)| known.cmp(name)) {
                    scope.insert(index, (name.clone(), place.clone()));
                }
            }
        }
        scope
    }

    /// The number of a schema; a new one where it has none yet.
    fn number(&mut self, key: Key) -> usize {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let suffix = if key.face == Face::Base { ".base" } else { "" };
        self.names.push(names::choose(self.documents, &key.at, suffix, &mut self.taken));
        self.keys.push(key.clone());
        self.numbers.insert(key, self.names.len() - 1);
        self.names.len() - 1
    }

    /// Rewrites one schema.
    pub(super) fn rewrite(&mut self, key: &Key) -> Rewritten<Value> {
        let source = self
            .documents
            .find(&key.at)
            .ok_or_else(|| Broken::new(&key.at, "a schema was expected, not nothing"))?;
        self.depth = 0;
        self.level = 0;
        self.face = key.face;
        self.scope.clone_from(&key.scope);
        self.schema(&mut key.at.clone(), source, &[])
    }

    /// The dialect of the document a place stands in.
    pub(super) fn dialect(&self, at: &Location) -> Dialect {
        let declared = self.documents.all().get(at.document).and_then(|document| {
            let schema = document.value.get("$schema")?.as_str()?;
            document.value.get("openapi").is_none().then_some(schema)
        });
        match declared {
            Some(schema) if schema.contains("draft-04") => Dialect::Draft4,
            Some(schema) if schema.contains("draft") => Dialect::Draft2020,
            _ => self.dialect,
        }
    }

    /// Where a reference at `at` leads, through references that stand alone.
    pub(super) fn resolve(&mut self, at: &Location, reference: &'d str) -> Rewritten<Location> {
        let dialect = self.dialect(at);
        let documents = self.documents;
        // Without identifiers, a reference means the same everywhere in its document.
        let cached = matches!(dialect, Dialect::Swagger2 | Dialect::OpenApi30);
        if let Some(found) = self.resolved.get(&(at.document, reference)).filter(|_| cached) {
            return Ok(found.clone());
        }
        let mut target = documents
            .resolve(at, reference, dialect)
            .map_err(|error| Broken::new(at, error.to_string()))?;
        let mut seen = HashSet::new();
        while let Some((next, alone)) = self.reference_at(&target) {
            if !alone {
                break;
            }
            if !seen.insert(target.clone()) {
                let circle = "leads around in a circle of references, with no schema in it";
                return Err(Broken::new(at, format!("`{reference}` {circle}")));
            }
            let dialect = self.dialect(&target);
            target = documents
                .resolve(&target, next, dialect)
                .map_err(|error| Broken::new(&target, error.to_string()))?;
        }
        if cached {
            self.resolved.insert((at.document, reference), target.clone());
        }
        Ok(target)
    }

    /// Where a dynamic reference leads: to the outermost anchor of its name, if it names one.
    pub(super) fn dynamic(
        &self,
        at: &Location,
        keyword: &str,
        reference: &str,
    ) -> Rewritten<Option<Location>> {
        let (_, name) = address::split(reference);
        let found = self.scope.binary_search_by(|(known, _)| (**known).cmp(name));
        let (true, Ok(index)) = (keyword == "$dynamicRef", found) else { return Ok(None) };
        let initial = self
            .documents
            .resolve(at, reference, self.dialect(at))
            .map_err(|error| Broken::new(at, error.to_string()))?;
        let anchor = self.documents.find(&initial).and_then(|schema| schema.get("$dynamicAnchor"));
        let names_one = anchor.and_then(Value::as_str) == Some(name);
        Ok(names_one.then(|| self.scope[index].1.clone()))
    }

    /// The reference a schema consists of, and whether nothing else in it counts.
    fn reference_at(&self, at: &Location) -> Option<(&'d str, bool)> {
        let object = self.documents.find(at)?.as_object()?;
        let reference = object.get("$ref")?.as_str()?;
        let alone = match self.dialect(at) {
            // Passing through a resource may change what its dynamic references mean.
            dialect @ Dialect::Draft2020 => {
                object.len() == 1 && self.documents.dynamic_anchors(at, dialect).is_none()
            }
            Dialect::Draft4 => true,
            Dialect::Swagger2 | Dialect::OpenApi30 => !is_nullable(object),
        };
        Some((reference, alone))
    }

    /// The local reference that stands for the schema `face` at `target`.
    pub(super) fn refer(&mut self, target: Location, face: Face) -> Value {
        let target = self.key(target, face);
        self.edges.push(Edge { target, in_place: self.depth == 0 });
        Value::text(names::reference(&self.names[target]))
    }

    /// Rewrites the schema `source`, which stands at `at`; `foreign` are the properties known from
    /// around it that do not travel this way.
    pub(super) fn schema(
        &mut self,
        at: &mut Location,
        source: &'d Value,
        foreign: &[&'d Text],
    ) -> Rewritten<Value> {
        let object = match source {
            Value::Object(object) => object,
            Value::Bool(_) => return Ok(source.clone()),
            other => {
                return Err(Self::wrong(at, "a schema", other));
            }
        };
        if self.level == MAX_LEVELS {
            let message = format!("schemas stand inside each other more than {MAX_LEVELS} deep");
            return Err(Broken::new(at, message));
        }
        let dialect = self.dialect(at);
        if let Some(reference) = object.get("$ref")
            && dialect != Dialect::Draft2020
        {
            let reference = Self::text(at, "$ref", reference)?;
            let target = self.resolve(at, reference)?;
            let mut out = Object::new();
            out.push("$ref", self.refer(target, Face::Plain));
            let nullable = dialect != Dialect::Draft4 && is_nullable(object);
            return Ok(Value::Object(if nullable { allow_null(out) } else { out }));
        }
        let face = std::mem::replace(&mut self.face, Face::Plain);
        // A schema with an identifier is a resource of its own, even where it stands inside another.
        let inner = object.contains("$id").then(|| self.scope_at(at));
        let outer = inner.map(|inner| std::mem::replace(&mut self.scope, inner));
        let own = self.foreign(at, object, 4);
        let mut all: Vec<&'d Text> = foreign.to_vec();
        all.extend(own.iter().filter(|name| !foreign.contains(name)));
        let skipped = match face {
            Face::Base => discriminator::choice_between_heirs(self, at, object)?,
            Face::Plain => None,
        };
        let mut work =
            Work { source: object, foreign: &all, out: Object::new(), examples: Vec::new() };
        for (key, value) in object {
            let Some(name) = key.as_str().filter(|name| Some(*name) != skipped) else { continue };
            if dialect == Dialect::Draft4 && is_later_than_draft_4(name) {
                continue;
            }
            at.pointer.push(key.clone());
            self.level += 1;
            self.keyword(at, name, value, &mut work)?;
            self.level -= 1;
            at.pointer.pop();
        }
        let Work { mut out, examples, .. } = work;
        if !examples.is_empty() {
            out.push("examples", Value::Array(examples));
        }
        if !own.is_empty() {
            let names = own.into_iter().map(|name| Value::String(name.clone())).collect();
            let response = self.direction == Direction::Response;
            out.push(if response { "x-write-only" } else { "x-read-only" }, Value::Array(names));
        }
        if face == Face::Plain && dialect != Dialect::Draft4 && object.contains("discriminator") {
            discriminator::rewrite(self, at, object, &mut out)?;
        }
        if let Some(outer) = outer {
            self.scope = outer;
        }
        let nullable =
            matches!(dialect, Dialect::Swagger2 | Dialect::OpenApi30 | Dialect::Draft2020)
                && is_nullable(object);
        Ok(Value::Object(if nullable { allow_null(out) } else { out }))
    }

    pub(super) fn wrong(at: &Location, wanted: &str, value: &Value) -> Broken {
        let shown = match value {
            Value::Array(_) | Value::Object(_) => format!("an {}", value.kind()),
            value => format!("`{value}`"),
        };
        Broken::new(at, format!("{wanted} was expected, not {shown}"))
    }
}

/// The place one token higher.
pub(super) fn parent(at: &Location) -> Location {
    let mut at = at.clone();
    at.pointer.pop();
    at
}
