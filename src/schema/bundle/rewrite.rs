//! One schema at a time, from its dialect's spelling to that of 2020-12.

use std::collections::{HashMap, HashSet};

use super::super::keywords::{Holds, holds, in_place};
use super::nullable::{allow_null, is_nullable};
use super::{discriminator, names};
use crate::schema::{Dialect, Direction, Documents, Location, address};
use crate::value::{Number, Object, Text, Value};

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
    depth: usize,
    face: Face,
    scope: Scope,
    notes: Vec<(Location, String)>,
}

type Rewritten<T> = Result<T, String>;

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
            .ok_or_else(|| format!("nothing stands at {}", self.documents.describe(&key.at)))?;
        self.depth = 0;
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
        let wrong = |error: &dyn std::fmt::Display| {
            format!("{error}; it stands at {}", documents.describe(at))
        };
        // Without identifiers, a reference means the same everywhere in its document.
        let cached = matches!(dialect, Dialect::Swagger2 | Dialect::OpenApi30);
        if let Some(found) = self.resolved.get(&(at.document, reference)).filter(|_| cached) {
            return Ok(found.clone());
        }
        let mut target = documents.resolve(at, reference, dialect).map_err(|e| wrong(&e))?;
        let mut seen = HashSet::new();
        while let Some((next, alone)) = self.reference_at(&target) {
            if !alone {
                break;
            }
            if !seen.insert(target.clone()) {
                let circle = "leads around in a circle of references, with no schema in it";
                return Err(wrong(&format!("`{reference}` {circle}")));
            }
            let dialect = self.dialect(&target);
            target = documents.resolve(&target, next, dialect).map_err(|error| {
                format!("{error}; it stands at {}", documents.describe(&target))
            })?;
        }
        if cached {
            self.resolved.insert((at.document, reference), target.clone());
        }
        Ok(target)
    }

    /// Where a dynamic reference leads: to the outermost anchor of its name, if it names one.
    fn dynamic(
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
            .map_err(|error| format!("{error}; it stands at {}", self.documents.describe(at)))?;
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
    fn schema(
        &mut self,
        at: &mut Location,
        source: &'d Value,
        foreign: &[&'d Text],
    ) -> Rewritten<Value> {
        let object = match source {
            Value::Object(object) => object,
            Value::Bool(_) => return Ok(source.clone()),
            other => {
                let at = self.documents.describe(at);
                return Err(format!("a schema was expected at {at}, not {}", other.kind()));
            }
        };
        let dialect = self.dialect(at);
        if let Some(reference) = object.get("$ref")
            && dialect != Dialect::Draft2020
        {
            let reference = self.text(at, "$ref", reference)?;
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
        let mut out = Object::new();
        let mut examples = Vec::new();
        for (key, value) in object {
            let Some(name) = key.as_str().filter(|name| Some(*name) != skipped) else { continue };
            if dialect == Dialect::Draft4 && is_later_than_draft_4(name) {
                continue;
            }
            at.pointer.push(key.clone());
            self.keyword(at, object, name, value, &all, &mut out, &mut examples)?;
            at.pointer.pop();
        }
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

    #[expect(clippy::too_many_arguments, reason = "one place that knows all keywords")]
    fn keyword(
        &mut self,
        at: &mut Location,
        object: &'d Object,
        name: &str,
        value: &'d Value,
        foreign: &[&'d Text],
        out: &mut Object,
        examples: &mut Vec<Value>,
    ) -> Rewritten<()> {
        if let Some(holds) = holds(name) {
            return self.applicator(at, object, name, holds, value, foreign, out);
        }
        match name {
            "$ref" | "$dynamicRef" | "$recursiveRef" => {
                let here = parent(at);
                let reference = self.text(&here, name, value)?;
                let target = match self.dynamic(&here, name, reference)? {
                    Some(target) => target,
                    None => self.resolve(&here, reference)?,
                };
                let reference = self.refer(target, Face::Plain);
                if out.contains("$ref") {
                    let more = Value::object([("$ref", reference)]);
                    match out.get_mut("allOf") {
                        Some(Value::Array(parts)) => parts.push(more),
                        _ => out.push("allOf", Value::Array(vec![more])),
                    }
                } else {
                    out.push("$ref", reference);
                }
            }
            "type" => self.types(at, value, out)?,
            "enum" => {
                let Value::Array(_) = value else { return Err(self.wrong(at, "an array", value)) };
                out.push(name, value.clone());
            }
            "const" | "default" | "xml" => out.push(name, value.clone()),
            "example" => examples.push(value.clone()),
            "examples" => match value {
                Value::Array(values) => examples.extend(values.iter().cloned()),
                Value::Object(named) => examples.extend(
                    named.iter().map(|(_, value)| value.get("value").unwrap_or(value).clone()),
                ),
                _ => {}
            },
            "minimum" | "maximum" => {
                let exclusive =
                    if name == "minimum" { "exclusiveMinimum" } else { "exclusiveMaximum" };
                let number = self.number_of(at, value)?;
                if object.get(exclusive).and_then(Value::as_bool) == Some(true) {
                    out.set(exclusive, number);
                } else {
                    out.push(name, number);
                }
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value.as_bool().is_none() => {
                let number = self.number_of(at, value)?;
                out.push(name, number);
            }
            "multipleOf" => {
                let number = self.number_of(at, value)?;
                let positive = number
                    .as_number()
                    .and_then(Number::decimal)
                    .is_some_and(|step| !step.is_zero() && !step.is_negative());
                if !positive {
                    return Err(self.wrong(at, "a number above 0", value));
                }
                out.push(name, number);
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" | "minContains" | "maxContains" => {
                let count = self.number_of(at, value)?;
                let whole = count.as_number().and_then(Number::decimal);
                let Some(whole) = whole.filter(|whole| whole.is_integer()) else {
                    return Err(self.wrong(at, "a whole number", value));
                };
                // A length is never below 0: a lower bound there binds nothing.
                if !whole.is_negative() {
                    let whole = Value::Number(whole.to_number());
                    out.push(name, whole);
                } else if name.starts_with("max") {
                    return Err(self.wrong(at, "a number of at least 0", value));
                }
            }
            "uniqueItems" | "readOnly" | "writeOnly" => {
                if let Value::Bool(_) = value {
                    out.push(name, value.clone());
                }
            }
            "pattern" | "format" | "contentMediaType" | "contentEncoding" => {
                self.text(&parent(at), name, value)?;
                out.set(name, value.clone());
            }
            "required" => {
                if let Value::Array(required) = value {
                    let mut kept = Vec::new();
                    for name in required {
                        let Value::String(text) = name else {
                            return Err(self.wrong(at, "an array of names", value));
                        };
                        if !foreign.contains(&text) && !kept.contains(name) {
                            kept.push(name.clone());
                        }
                    }
                    if !kept.is_empty() {
                        out.push("required", Value::Array(kept));
                    }
                } else if value.as_bool().is_none() {
                    // `required: true` on a property is draft 3, and on a parameter Swagger 2.0.
                    return Err(self.wrong(at, "an array of names", value));
                }
            }
            "dependentRequired" => merge(out, "dependentRequired", members(value)),
            _ => {}
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one place that knows all applicators")]
    fn applicator(
        &mut self,
        at: &mut Location,
        object: &'d Object,
        name: &str,
        holds: Holds,
        value: &'d Value,
        foreign: &[&'d Text],
        out: &mut Object,
    ) -> Rewritten<()> {
        let deeper = usize::from(!in_place(name));
        self.depth += deeper;
        let around = if name == "allOf" { foreign } else { &[] };
        match (holds, value) {
            (Holds::Definitions, _) => {}
            (Holds::Schema, _) if name == "additionalItems" => {
                if let Some(Value::Array(_)) = object.get("items") {
                    let rest = self.schema(at, value, &[])?;
                    out.set("items", rest);
                }
            }
            (Holds::Schemas, Value::Array(items)) => {
                let heir = (name == "allOf").then(|| parent(at));
                let mut parts = Vec::with_capacity(items.len());
                for (index, part) in items.iter().enumerate() {
                    at.pointer.push(index.to_string());
                    let base =
                        heir.as_ref().map(|heir| self.base_of(heir, at, part)).transpose()?;
                    parts.push(match base.flatten() {
                        Some(base) => Value::object([("$ref", self.refer(base, Face::Base))]),
                        None => self.schema(at, part, around)?,
                    });
                    at.pointer.pop();
                }
                // An empty list binds nothing, whatever it is a list for.
                if !parts.is_empty() {
                    match out.get_mut(name) {
                        Some(Value::Array(old)) => old.extend(parts),
                        _ => out.push(name, Value::Array(parts)),
                    }
                }
            }
            (Holds::Items, Value::Array(items)) => {
                let mut parts = Vec::with_capacity(items.len());
                for (index, part) in items.iter().enumerate() {
                    at.pointer.push(index.to_string());
                    parts.push(self.schema(at, part, &[])?);
                    at.pointer.pop();
                }
                if !parts.is_empty() {
                    out.push("prefixItems", Value::Array(parts));
                }
            }
            (Holds::Names, Value::Object(named)) => {
                let mut schemas = Object::new();
                for (key, value) in named {
                    at.pointer.push(key.clone());
                    let schema = self.schema(at, value, around)?;
                    schemas.set(key.clone(), schema);
                    at.pointer.pop();
                }
                merge(out, name, schemas);
            }
            (Holds::Dependencies, Value::Object(named)) => {
                for (key, value) in named {
                    at.pointer.push(key.clone());
                    let (name, value) = match value {
                        Value::Array(_) => ("dependentRequired", value.clone()),
                        Value::String(_) => {
                            ("dependentRequired", Value::Array(vec![value.clone()]))
                        }
                        schema => {
                            self.depth -= 1;
                            let schema = self.schema(at, schema, &[])?;
                            self.depth += 1;
                            ("dependentSchemas", schema)
                        }
                    };
                    merge(out, name, Object::from_iter([(key.clone(), value)]));
                    at.pointer.pop();
                }
            }
            (Holds::Schemas, other) => return Err(self.wrong(at, "an array of schemas", other)),
            (Holds::Names | Holds::Dependencies, other) => {
                return Err(self.wrong(at, "an object of schemas", other));
            }
            (Holds::Schema | Holds::Items, _) => {
                let schema = self.schema(at, value, around)?;
                out.set(name, schema);
            }
        }
        self.depth -= deeper;
        Ok(())
    }

    /// The parent that the named schema at `heir` extends by the part at `at` of its `allOf`.
    fn base_of(
        &mut self,
        heir: &Location,
        at: &Location,
        part: &'d Value,
    ) -> Rewritten<Option<Location>> {
        let Some(reference) = part.get("$ref").and_then(Value::as_str) else { return Ok(None) };
        let target = self.resolve(at, reference)?;
        let discriminates = self
            .documents
            .find(&target)
            .is_some_and(|parent| parent.get("discriminator").is_some());
        let dialect = self.dialect(at);
        let extends = discriminates
            && self.documents.heirs(&target, dialect).iter().any(|(_, at)| at == heir);
        Ok(extends.then_some(target))
    }

    fn types(&self, at: &Location, value: &Value, out: &mut Object) -> Rewritten<()> {
        let known = |value: &Value| {
            matches!(
                value.as_str(),
                Some("array" | "boolean" | "integer" | "null" | "number" | "object" | "string")
            )
        };
        match value {
            Value::String(name) if *name == "file" => {
                out.push("type", Value::text("string"));
                out.set("format", Value::text("binary"));
            }
            Value::String(name) if *name == "any" || name.is_empty() => {}
            Value::String(_) if known(value) => out.push("type", value.clone()),
            Value::Array(types) if types.iter().all(known) => {
                let mut once: Vec<Value> = Vec::new();
                for name in types {
                    if !once.contains(name) {
                        once.push(name.clone());
                    }
                }
                match once.as_slice() {
                    [] => {}
                    [only] => out.push("type", only.clone()),
                    _ => out.push("type", Value::Array(once)),
                }
            }
            _ => return Err(self.wrong(at, "a type of JSON Schema", value)),
        }
        Ok(())
    }

    /// A number; documents also write numbers in quotes.
    fn number_of(&self, at: &Location, value: &Value) -> Rewritten<Value> {
        match value {
            Value::Number(_) => Ok(value.clone()),
            Value::String(text) => text
                .as_str()
                .and_then(Number::parse)
                .map(Value::Number)
                .ok_or_else(|| self.wrong(at, "a number", value)),
            _ => Err(self.wrong(at, "a number", value)),
        }
    }

    fn text(&self, at: &Location, name: &str, value: &'d Value) -> Rewritten<&'d str> {
        value.as_str().ok_or_else(|| self.wrong(&at.child(name), "text", value))
    }

    pub(super) fn wrong(&self, at: &Location, wanted: &str, value: &Value) -> String {
        let shown = match value {
            Value::Array(_) | Value::Object(_) => format!("an {}", value.kind()),
            value => format!("`{value}`"),
        };
        format!("{wanted} was expected at {}, not {shown}", self.documents.describe(at))
    }

    /// The properties of an object that do not travel this way, those of its `allOf` included.
    fn foreign(&mut self, at: &Location, object: &'d Object, budget: usize) -> Vec<&'d Text> {
        let flag = match self.direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
            Direction::Neither => return Vec::new(),
        };
        let mut found = Vec::new();
        if let Some(properties) = object.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                let plain = property.get("$ref").is_none() && property.get("allOf").is_none();
                let flagged = if plain {
                    property.get(flag).and_then(Value::as_bool) == Some(true)
                } else {
                    let here = at.child("properties").child(name.clone());
                    self.is_flagged(&here, property, flag, budget)
                };
                if flagged && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        let parts = object.get("allOf").and_then(Value::as_array).unwrap_or_default();
        for (index, part) in parts.iter().enumerate().filter(|_| budget > 0) {
            let mut here = at.child("allOf").child(index.to_string());
            let mut part = part;
            if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
                let Ok(target) = self.resolve(&here, reference) else { continue };
                let Some(value) = self.documents.find(&target) else { continue };
                (here, part) = (target, value);
            }
            if let Some(part) = part.as_object() {
                for name in self.foreign(&here, part, budget - 1) {
                    if !found.contains(&name) {
                        found.push(name);
                    }
                }
            }
        }
        found
    }

    fn is_flagged(&mut self, at: &Location, schema: &'d Value, flag: &str, budget: usize) -> bool {
        if schema.get(flag).and_then(Value::as_bool) == Some(true) {
            return true;
        }
        if budget == 0 {
            return false;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let Ok(target) = self.resolve(at, reference) else { return false };
            let Some(value) = self.documents.find(&target) else { return false };
            return self.is_flagged(&target, value, flag, budget - 1);
        }
        let parts = schema.get("allOf").and_then(Value::as_array).unwrap_or_default();
        parts.iter().enumerate().any(|(index, part)| {
            self.is_flagged(&at.child("allOf").child(index.to_string()), part, flag, budget - 1)
        })
    }
}

/// The place one token higher.
fn parent(at: &Location) -> Location {
    let mut at = at.clone();
    at.pointer.pop();
    at
}

/// Keywords that draft 4 does not know, so that they bind nothing in it.
fn is_later_than_draft_4(keyword: &str) -> bool {
    matches!(
        keyword,
        "const"
            | "contains"
            | "propertyNames"
            | "if"
            | "then"
            | "else"
            | "examples"
            | "dependentRequired"
            | "dependentSchemas"
            | "prefixItems"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "minContains"
            | "maxContains"
            | "$dynamicRef"
            | "$recursiveRef"
    )
}

fn members(value: &Value) -> Object {
    value.as_object().cloned().unwrap_or_default()
}

/// Adds the members of `more` to the object under `name`.
fn merge(out: &mut Object, name: &str, more: Object) {
    match out.get_mut(name) {
        Some(Value::Object(old)) => more.into_iter().for_each(|(key, value)| old.set(key, value)),
        _ => out.push(name, Value::Object(more)),
    }
}
