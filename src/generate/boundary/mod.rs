//! The boundary catalogue: what is worth trying at one place because failures hide there.
//!
//! One file per family. Each class is a named thing, so that a report can say which were tried;
//! [`classes`] lists them all. What the schema admits but implementations may well refuse (integers
//! beyond 64 bits, NUL, lone surrogates, texts of 64 KiB where no length is set) is emitted as
//! unspecified: only crash, hang and health checks apply to it.
//!
//! | values of | are covered in |
//! |---|---|
//! | `null`, booleans, each arm of `enum` and `const`, each branch of a union, examples | `kind` |
//! | integers: declared bounds, multiples next to them, words of 7 to 64 bits, 2^53, 10^k, constants of the document, textual twins | `integer` |
//! | other numbers: declared bounds and the floats next to them, floats that programs get wrong, more digits than a float holds | `number` |
//! | lengths of texts, free or by a pattern: declared, and where programs change their way, in code points, octets and UTF-16 units | `length` |
//! | contents of texts that no format rules | `content` |
//! | formats: calendars, clocks, addresses, identifiers; each as long as a bound admits | `format` |
//! | bounds of instants, of spans of time and of counts of octets, which texts measure by their format | `measure` |
//! | patterns: shortest, longest, each branch, ends of the ranges of classes | `pattern` |
//! | arrays: counts, equal and ordered elements, parts of tuples, elements that hold separators | `array` |
//! | objects: members present and absent, counts, names, order, depth | `object` |
//! | schemas that refer to themselves | `depth` |
//!
//! What a request does beside its values (styles, repeated and empty parameters, content types,
//! codings, framing) is damage on the wire. Values of protobuf and of time are not in here.

mod array;
mod content;
mod depth;
mod format;
mod integer;
mod kind;
mod length;
mod measure;
mod number;
mod object;
mod pattern;

use foldhash::{HashSet, HashSetExt as _};

use super::edit::Leaf;
use super::walk::Spot;
use crate::case::Label;
use crate::value::Value;

/// A family of boundary classes.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name.
    pub name: &'static str,
    /// The names of its classes.
    pub classes: fn() -> Vec<&'static str>,
    /// Says what to try at a place.
    edges: fn(&Spot<'_>, &mut Emit<'_>),
}

/// The catalogue, in the order it is tried.
pub const FAMILIES: [Family; 11] = [
    Family { name: "kind", classes: kind::classes, edges: kind::edges },
    Family { name: "integer", classes: integer::classes, edges: integer::edges },
    Family { name: "number", classes: number::classes, edges: number::edges },
    Family { name: "length", classes: length::classes, edges: length::edges },
    Family { name: "content", classes: content::classes, edges: content::edges },
    Family { name: "format", classes: format::classes, edges: format::edges },
    Family { name: "measure", classes: measure::classes, edges: measure::edges },
    Family { name: "pattern", classes: pattern::classes, edges: pattern::edges },
    Family { name: "array", classes: array::classes, edges: array::edges },
    Family { name: "object", classes: object::classes, edges: object::edges },
    Family { name: "depth", classes: depth::classes, edges: depth::edges },
];

/// Every class of every family, with the family's name.
pub fn classes() -> impl Iterator<Item = (&'static str, &'static str)> {
    FAMILIES
        .into_iter()
        .flat_map(|family| (family.classes)().into_iter().map(move |class| (family.name, class)))
}

/// Where families put what to try.
pub struct Emit<'e> {
    sink: &'e mut dyn FnMut(&'static str, Leaf, Label),
}

impl std::fmt::Debug for Emit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emit").finish_non_exhaustive()
    }
}

impl Emit<'_> {
    /// A value the schema admits (which is confirmed before it is sent).
    fn valid(&mut self, class: &'static str, value: Value) {
        (self.sink)(class, Leaf::Value(value), Label::Valid);
    }

    /// A value that implementations may refuse though the schema admits it.
    fn unspecified(&mut self, class: &'static str, value: Value) {
        (self.sink)(class, Leaf::Value(value), Label::Unspecified);
    }

    /// Anything else.
    fn leaf(&mut self, class: &'static str, leaf: Leaf, label: Label) {
        (self.sink)(class, leaf.settled(), label);
    }
}

/// Everything to try at a place in the order of the catalogue: class, what to put there, and its
/// label.
pub fn edges(spot: &Spot<'_>, sink: &mut dyn FnMut(&'static str, Leaf, Label)) {
    for family in FAMILIES {
        (family.edges)(spot, &mut Emit { sink });
    }
}

/// Everything to try at a place, each thing once, what tells most first: the first of every family,
/// then the second of every family, and so on. A family has its own most telling classes first.
pub fn in_turn(spot: &Spot<'_>) -> Vec<(&'static str, Leaf, Label)> {
    let mut edges: Vec<(usize, (&'static str, Leaf, Label))> = Vec::new();
    for family in FAMILIES {
        let mut rank = 0;
        let mut sink = |class, leaf, label| {
            edges.push((rank, (class, leaf, label)));
            rank += 1;
        };
        (family.edges)(spot, &mut Emit { sink: &mut sink });
    }
    edges.sort_by_key(|(rank, _)| *rank);
    #[expect(clippy::mutable_key_type, reason = "what changes is a cache, and no part of the key")]
    let mut seen: HashSet<Leaf> = HashSet::with_capacity(edges.len());
    edges.retain(|(_, (_, leaf, _))| seen.insert(leaf.clone()));
    edges.into_iter().map(|(_, edge)| edge).collect()
}

#[cfg(test)]
mod tests;
