//! The places of a body, read off its schema as it stands: thousands of schemas are looked at, so
//! none is bundled.

use std::collections::HashMap;
use std::rc::Rc;

use super::scalar::Scalar;
use super::words;
use crate::schema::{Dialect, Documents, Location, Schema};
use crate::value::{Pointer, Value};

/// So deep below the root places are looked for.
const DEEPEST: usize = 4;
/// So many schemas of one body are looked at.
const MOST: usize = 1500;
/// So many references in a row are followed.
const LONGEST: usize = 16;

/// A place of a body that may hold what another call gives or takes.
#[derive(Clone, Debug)]
pub(super) struct Field<'s> {
    /// Where it is; arrays are represented by their first element.
    pub(super) pointer: Pointer,
    /// The name of the member; of the array, for its elements.
    pub(super) name: &'s str,
    /// What the object it is a member of may be called.
    pub(super) kinds: Rc<[String]>,
    /// The type; `None` for an object.
    pub(super) scalar: Option<Scalar<'s>>,
    /// The component its schema is, and the name of that.
    pub(super) component: Option<(Component, &'s str)>,
    /// Whether it is inside an array.
    pub(super) listed: bool,
    /// Whether the server owns it.
    pub(super) read_only: bool,
    /// Whether no answer tells it.
    pub(super) write_only: bool,
    /// How many members lead to it that are no wrappers.
    pub(super) depth: usize,
}

/// A component of a set of documents: its place in them, and their address in memory, since a service
/// may be described by several sets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Component(usize, Location);

/// Walks over schemas; remembers what references lead to.
#[derive(Debug, Default)]
pub(super) struct Fields<'s> {
    /// By the documents, the one in them, and the reference.
    known: HashMap<(usize, usize, &'s str), Target<'s>>,
    /// The kinds that names speak of.
    kinds: HashMap<&'s str, Option<String>>,
}

/// What a reference leads to, where it leads anywhere.
type Target<'s> = Option<(Location, &'s Value)>;

/// One body being read.
struct Walk<'w, 's> {
    fields: &'w mut Fields<'s>,
    documents: &'s Documents,
    dialect: Dialect,
    left: usize,
    keep: &'w mut dyn FnMut(Field<'s>),
}

/// A schema on the way, and what is known of its place.
#[derive(Clone)]
struct Spot<'s> {
    value: &'s Value,
    /// The last place that a reference led to.
    base: Rc<Location>,
    field: Field<'s>,
}

impl<'s> Fields<'s> {
    /// Gives each place of a body to `keep`; `kinds` is what the body as a whole may be called.
    pub(super) fn each(
        &mut self,
        schema: &'s Schema,
        kinds: &[String],
        keep: &mut dyn FnMut(Field<'s>),
    ) {
        self.walk(schema, "", kinds, keep);
    }

    /// What stands at the root of a parameter's schema, or in the array that it is.
    pub(super) fn scalar(&mut self, schema: &'s Schema) -> Option<Field<'s>> {
        let mut found = None;
        self.walk(schema, "value", &[], &mut |field| {
            let names = field.pointer.tokens().iter().any(|token| token.as_str() != Some("0"));
            if field.scalar.is_some() && !names && field.pointer.tokens().len() < 2 {
                found.get_or_insert(field);
            }
        });
        found
    }

    fn kind(&mut self, name: &'s str) -> Option<String> {
        self.kinds.entry(name).or_insert_with(|| words::kind(name)).clone()
    }

    fn walk(
        &mut self,
        schema: &'s Schema,
        name: &'s str,
        kinds: &[String],
        keep: &mut dyn FnMut(Field<'s>),
    ) {
        let Some(value) = schema.source() else { return };
        let field = Field {
            pointer: Pointer::root(),
            name,
            kinds: kinds.into(),
            scalar: None,
            component: None,
            listed: false,
            read_only: false,
            write_only: false,
            depth: 0,
        };
        let base = Rc::new(schema.location().clone());
        let (documents, dialect) = (schema.documents(), schema.dialect());
        let mut walk = Walk { fields: self, documents, dialect, left: MOST, keep };
        walk.visit(Spot { value, base, field }, 0);
    }
}

impl<'s> Walk<'_, 's> {
    fn follow(&mut self, base: &Location, reference: &'s str) -> Target<'s> {
        let (documents, dialect) = (self.documents, self.dialect);
        let key = (address(documents), base.document, reference);
        let find = || {
            let at = documents.resolve(base, reference, dialect).ok()?;
            let value = documents.find(&at)?;
            Some((at, value))
        };
        self.fields.known.entry(key).or_insert_with(find).clone()
    }

    fn visit(&mut self, mut spot: Spot<'s>, nested: usize) {
        let mut kinds: Vec<String> = Vec::new();
        for _ in 0..LONGEST {
            let Some(reference) = spot.value.get("$ref").and_then(Value::as_str) else { break };
            let Some((at, value)) = self.follow(&spot.base, reference) else { return };
            let name = reference.rsplit('/').next().unwrap_or(reference);
            kinds.extend(self.fields.kind(name));
            if spot.field.component.is_none() {
                let component = Component(address(self.documents), at.clone());
                spot.field.component = Some((component, name));
            }
            (spot.base, spot.value) = (Rc::new(at), value);
        }
        if self.left == 0 || spot.field.pointer.tokens().len() > DEEPEST || nested > LONGEST {
            return;
        }
        self.left -= 1;
        let value = spot.value;
        let flag = |key: &str| value.get(key).and_then(Value::as_bool) == Some(true);
        spot.field.read_only |= flag("readOnly");
        spot.field.write_only |= flag("writeOnly");
        for word in ["allOf", "anyOf", "oneOf"] {
            for part in value.get(word).and_then(Value::as_array).unwrap_or_default() {
                let mut part = Spot { value: part, ..spot.clone() };
                part.field.kinds = with(&part.field.kinds, &kinds);
                self.visit(part, nested + 1);
            }
        }
        if let Some(members) = value.get("properties").and_then(Value::as_object) {
            let title = value.get("title").and_then(Value::as_str);
            kinds.extend(title.and_then(|title| self.fields.kind(title)));
            let own = with(&spot.field.kinds, &kinds);
            if !spot.field.name.is_empty() {
                (self.keep)(Field { scalar: None, ..spot.field.clone() });
            }
            for (name, value) in members {
                let Some(text) = name.as_str() else { continue };
                let wrapper = words::is_wrapper(text) && spot.field.depth == 0;
                let field = Field {
                    pointer: spot.field.pointer.child(name.clone()),
                    name: text,
                    kinds: Rc::clone(&own),
                    component: None,
                    depth: spot.field.depth + usize::from(!wrapper),
                    ..spot.field.clone()
                };
                self.member(Spot { value, base: Rc::clone(&spot.base), field }, wrapper, nested);
            }
        } else if let Some(items) = value.get("items") {
            let mut element = Spot { value: items, ..spot.clone() };
            element.field.pointer = spot.field.pointer.index(0);
            element.field.component = None;
            element.field.listed = true;
            self.visit(element, nested + 1);
        } else if !spot.field.name.is_empty()
            && let Some(scalar) = Scalar::of(value)
        {
            (self.keep)(Field { scalar: Some(scalar), ..spot.field });
        }
    }

    /// A member: a scalar keeps what its object is called, an object is called by its own name.
    fn member(&mut self, mut spot: Spot<'s>, wrapper: bool, nested: usize) {
        if !wrapper && self.holds_members(&spot) {
            spot.field.kinds = self.fields.kind(spot.field.name).into_iter().collect();
        }
        self.visit(spot, nested + 1);
    }

    /// Whether the schema is one of objects, or of arrays of them.
    fn holds_members(&mut self, spot: &Spot<'s>) -> bool {
        let (mut base, mut value) = ((*spot.base).clone(), spot.value);
        for _ in 0..LONGEST {
            let parts = ["allOf", "anyOf", "oneOf"].into_iter().find_map(|word| {
                value
                    .get(word)?
                    .as_array()?
                    .iter()
                    .find(|part| part.get("type").is_none_or(|t| t.as_str() != Some("null")))
            });
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                let Some(next) = self.follow(&base, reference) else { return false };
                (base, value) = next;
            } else if value.get("properties").is_some() {
                return true;
            } else if let Some(next) = value.get("items").or(parts) {
                value = next;
            } else {
                return false;
            }
        }
        false
    }
}

fn address(documents: &Documents) -> usize {
    std::ptr::from_ref(documents).addr()
}

fn with(kinds: &Rc<[String]>, more: &[String]) -> Rc<[String]> {
    if more.iter().all(|kind| kinds.contains(kind)) {
        return Rc::clone(kinds);
    }
    let new = more.iter().filter(|kind| !kinds.contains(kind));
    kinds.iter().chain(new).cloned().collect()
}
