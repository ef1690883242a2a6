//! What a walk through whole documents finds: references out of them, identifiers, and heirs.

use std::collections::{HashMap, HashSet};

use super::documents::{Document, Documents, Location};
use super::keywords::{Holds, holds};
use super::{Dialect, address};
use crate::value::{Object, Pointer, Value};

/// Whether a document is one of OpenAPI, whose schemas stand at places of their own.
fn is_openapi(value: &Value) -> bool {
    value.get("openapi").is_some() || value.get("swagger").is_some()
}

/// Keys of OpenAPI objects under which data stands, in which nothing is a reference.
fn is_data(key: &str) -> bool {
    matches!(key, "example" | "default" | "enum" | "const" | "value" | "x-example" | "x-examples")
}

/// Keys under which names stand as keys, so that no key below means what it says.
fn is_names(key: &str) -> bool {
    matches!(
        key,
        "properties"
            | "patternProperties"
            | "definitions"
            | "$defs"
            | "schemas"
            | "parameters"
            | "responses"
            | "headers"
            | "examples"
            | "links"
            | "callbacks"
            | "paths"
    )
}

/// The addresses that references of a document lead to.
pub(super) struct References {
    pub(super) targets: Vec<String>,
    seen: HashSet<String>,
    openapi: bool,
}

impl References {
    pub(super) fn of(value: &Value, address: &str) -> Self {
        let openapi = is_openapi(value);
        let mut found = Self { targets: Vec::new(), seen: HashSet::new(), openapi };
        found.walk(value, address, false);
        found
    }

    fn walk(&mut self, value: &Value, base: &str, names: bool) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, base, false)),
            Value::Object(object) if names => {
                object.iter().for_each(|(_, value)| self.walk(value, base, false));
            }
            Value::Object(object) => {
                let id = object.iter().find_map(|(key, value)| match key.as_str()? {
                    "$id" => value.as_str(),
                    "id" if !self.openapi => value.as_str(),
                    _ => None,
                });
                let moved = id.map(|id| address::resolve(base, id).0);
                let base = moved.as_deref().unwrap_or(base);
                for (key, value) in object {
                    match key.as_str().unwrap_or_default() {
                        "$ref" | "$dynamicRef" | "operationRef" => self.note(value, base),
                        "mapping" => {
                            let targets = value.as_object().into_iter().flat_map(Object::iter);
                            targets
                                .filter(|(_, to)| {
                                    to.as_str().is_some_and(|to| to.contains(['/', '#']))
                                })
                                .for_each(|(_, to)| self.note(to, base));
                        }
                        key if is_data(key) => {}
                        key => self.walk(value, base, is_names(key)),
                    }
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, reference: &Value, base: &str) {
        if let Some(reference) = reference.as_str()
            && !reference.starts_with('#')
        {
            let target = address::resolve(base, reference).0;
            if self.seen.insert(target.clone()) {
                self.targets.push(target);
            }
        }
    }
}

/// The identifiers and anchors that schemas give to places.
#[derive(Debug, Default)]
pub(super) struct Identity {
    resources: HashMap<String, Location>,
    bases: HashMap<Location, String>,
    anchors: HashMap<(Location, String), Location>,
    dynamic: HashMap<Location, Vec<(String, Location)>>,
    keyword: &'static str,
}

impl Identity {
    /// Those of all documents, given by `keyword`: `id` in draft 4, `$id` since.
    pub(super) fn of(documents: &[Document], keyword: &'static str) -> Self {
        let mut identity = Self { keyword, ..Self::default() };
        for (number, document) in documents.iter().enumerate() {
            let mut at = Location { document: number, pointer: Pointer::root() };
            let mut resource = at.clone();
            if is_openapi(&document.value) {
                identity.openapi(&document.value, &mut at, &mut resource, &document.address);
            } else {
                identity.schema(&document.value, &mut at, &mut resource, &document.address);
            }
        }
        identity
    }

    /// Whether some schema has this identifier.
    pub(super) fn knows(&self, address: &str) -> bool {
        self.resources.contains_key(address)
    }

    /// The schema of this identifier.
    pub(super) fn resource(&self, address: &str) -> Option<&Location> {
        self.resources.get(address)
    }

    /// The place of an anchor within a resource.
    pub(super) fn anchor(&self, resource: &Location, name: &str) -> Option<&Location> {
        self.anchors.get(&(resource.clone(), name.to_owned()))
    }

    /// The dynamic anchors of a resource; `None` where there are none in any.
    pub(super) fn dynamic_anchors(&self, resource: &Location) -> Option<&[(String, Location)]> {
        if self.dynamic.is_empty() {
            return None;
        }
        Some(self.dynamic.get(resource).map_or(&[], Vec::as_slice))
    }

    /// The nearest schema at or above `at` that has an identifier, and its identifier.
    pub(super) fn base(&self, at: &Location) -> Option<(Location, &str)> {
        if self.bases.is_empty() {
            return None;
        }
        let mut at = at.clone();
        loop {
            if let Some(base) = self.bases.get(&at) {
                return Some((at, base));
            }
            at.pointer.pop()?;
        }
    }

    /// Looks for schemas in an object of OpenAPI.
    fn openapi(&mut self, value: &Value, at: &mut Location, resource: &mut Location, base: &str) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    let name = key.as_str().unwrap_or_default();
                    if is_data(name) {
                        continue;
                    }
                    at.pointer.push(key.clone());
                    match (name, value) {
                        ("schema" | "itemSchema", value) => self.schema(value, at, resource, base),
                        ("schemas" | "definitions", Value::Object(schemas)) => {
                            for (key, value) in schemas {
                                at.pointer.push(key.clone());
                                self.schema(value, at, resource, base);
                                at.pointer.pop();
                            }
                        }
                        (_, value) => self.openapi(value, at, resource, base),
                    }
                    at.pointer.pop();
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    at.pointer.push(index.to_string());
                    self.openapi(value, at, resource, base);
                    at.pointer.pop();
                }
            }
            _ => {}
        }
    }

    fn schema(&mut self, value: &Value, at: &mut Location, resource: &mut Location, base: &str) {
        let Value::Object(object) = value else { return };
        // Beside `$ref`, draft 4 knows nothing, not even `id`.
        let silent =
            self.keyword == "id" && object.get("$ref").is_some_and(|r| r.as_str().is_some());
        let id = object.get(self.keyword).and_then(Value::as_str).filter(|_| !silent);
        let moved = id.filter(|id| !id.starts_with('#')).map(|id| address::resolve(base, id).0);
        let mut own = at.clone();
        let (resource, base) = match &moved {
            Some(address) => {
                self.resources.entry(address.clone()).or_insert_with(|| at.clone());
                self.bases.insert(at.clone(), address.clone());
                (&mut own, &**address)
            }
            None => (resource, base),
        };
        let named = id.and_then(|id| id.strip_prefix('#')).filter(|name| !name.is_empty());
        let modern = self.keyword == "$id";
        let anchors = ["$anchor", "$dynamicAnchor"]
            .into_iter()
            .filter(|_| modern)
            .filter_map(|keyword| object.get(keyword)?.as_str());
        for name in named.into_iter().chain(anchors) {
            let key = (resource.clone(), name.to_owned());
            self.anchors.entry(key).or_insert_with(|| at.clone());
        }
        if modern && let Some(name) = object.get("$dynamicAnchor").and_then(Value::as_str) {
            let anchors = self.dynamic.entry(resource.clone()).or_default();
            anchors.push((name.to_owned(), at.clone()));
        }
        for (key, value) in object {
            let Some(holds) = key.as_str().and_then(holds) else { continue };
            at.pointer.push(key.clone());
            match (holds, value) {
                (Holds::Schemas | Holds::Items, Value::Array(items)) => {
                    for (index, value) in items.iter().enumerate() {
                        at.pointer.push(index.to_string());
                        self.schema(value, at, resource, base);
                        at.pointer.pop();
                    }
                }
                (Holds::Schema | Holds::Items, value) => self.schema(value, at, resource, base),
                (_, Value::Object(members)) => {
                    for (key, value) in members {
                        at.pointer.push(key.clone());
                        self.schema(value, at, resource, base);
                        at.pointer.pop();
                    }
                }
                _ => {}
            }
            at.pointer.pop();
        }
    }
}

/// Which named schemas extend which others through `allOf`.
#[derive(Debug)]
pub(super) struct Heirs(HashMap<Location, Vec<(String, Location)>>);

impl Heirs {
    pub(super) fn of(documents: &Documents, dialect: Dialect) -> Self {
        let mut direct: HashMap<Location, Vec<(String, Location)>> = HashMap::new();
        for (number, document) in documents.all().iter().enumerate() {
            for group in ["/components/schemas", "/definitions", "/$defs"] {
                let Ok(pointer) = Pointer::parse(group) else { continue };
                let schemas = pointer.find(&document.value).and_then(Value::as_object);
                for (name, schema) in schemas.into_iter().flat_map(Object::iter) {
                    let at = Location { document: number, pointer: pointer.child(name.clone()) };
                    let parts = schema.get("allOf").and_then(Value::as_array).unwrap_or_default();
                    for reference in parts.iter().filter_map(|part| part.get("$ref")?.as_str()) {
                        if let Ok(parent) = documents.resolve(&at, reference, dialect) {
                            let heir = (name.lossy().into_owned(), at.clone());
                            direct.entry(parent).or_default().push(heir);
                        }
                    }
                }
            }
        }
        let mut all = HashMap::new();
        for parent in direct.keys() {
            let mut heirs: Vec<(String, Location)> = Vec::new();
            let mut seen = HashSet::from([parent]);
            let mut queue: Vec<&Location> = vec![parent];
            while let Some(at) = queue.pop() {
                for heir in direct.get(at).into_iter().flatten() {
                    if seen.insert(&heir.1) {
                        heirs.push(heir.clone());
                        queue.push(&heir.1);
                    }
                }
            }
            all.insert(parent.clone(), heirs);
        }
        Self(all)
    }

    pub(super) fn of_parent(&self, parent: &Location) -> &[(String, Location)] {
        self.0.get(parent).map_or(&[], Vec::as_slice)
    }
}
