//! The deviation catalogue: what breaks exactly one rule at one place.
//!
//! One file per family. Rules are named by the JSON Schema keyword that is broken, so that reports
//! and checks speak the document's language; each way of breaking it is a class. Whatever is emitted
//! here is confirmed before it is sent: a value that breaks nothing, or more than its rule, is not.
//!
//! | rules | are broken in |
//! |---|---|
//! | `required`, `additionalProperties`, `dependentRequired`, `readOnly`, members that nothing satisfies | `member` |
//! | `type`, also by `null`, and by what a lenient reader takes for the right type | `kind` |
//! | `minimum`, `maximum`, their exclusive kin, `multipleOf`, `formatMinimum` and its kin | `bound` (`measure`) |
//! | `minLength`, `maxLength` | `length` |
//! | counts of elements and members, `uniqueItems`, `propertyNames`, `items` after the last | `size` |
//! | `enum`, `const` | `constant` |
//! | `format` | `format` |
//! | `pattern` | `pattern` |
//! | `oneOf` (none, two at once), `anyOf`, `not`, `if`, `contains`, `discriminator`, and whatever else a schema forbids, drawn from its negation | `combination` |
//!
//! What is broken below the values (JSON text, content type, method, framing) is damage on the wire.

mod bound;
mod combination;
mod constant;
mod format;
mod kind;
mod length;
mod measure;
mod member;
mod overlap;
mod pattern;
mod size;

use super::edit::Leaf;
use super::walk::Spot;
use crate::schema::Shapes;
use crate::value::{Object, Value};

/// A family of deviations.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name.
    pub name: &'static str,
    /// The names of its classes.
    pub classes: fn() -> Vec<&'static str>,
    /// Says how to break a rule at a place.
    breaks: fn(&Spot<'_>, &mut Emit<'_>),
}

/// The catalogue, in the order it is tried.
pub const FAMILIES: [Family; 9] = [
    Family { name: "member", classes: member::classes, breaks: member::breaks },
    Family { name: "kind", classes: kind::classes, breaks: kind::breaks },
    Family { name: "bound", classes: bound::classes, breaks: bound::breaks },
    Family { name: "length", classes: length::classes, breaks: length::breaks },
    Family { name: "size", classes: size::classes, breaks: size::breaks },
    Family { name: "constant", classes: constant::classes, breaks: constant::breaks },
    Family { name: "format", classes: format::classes, breaks: format::breaks },
    Family { name: "pattern", classes: pattern::classes, breaks: pattern::breaks },
    Family { name: "combination", classes: combination::classes, breaks: combination::breaks },
];

/// Every class of every family, with the family's name.
pub fn classes() -> impl Iterator<Item = (&'static str, &'static str)> {
    FAMILIES
        .into_iter()
        .flat_map(|family| (family.classes)().into_iter().map(move |class| (family.name, class)))
}

/// Where families put their deviations.
pub struct Emit<'e> {
    sink: &'e mut dyn FnMut(Option<&'static str>, &'static str, Leaf),
}

impl std::fmt::Debug for Emit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emit").finish_non_exhaustive()
    }
}

impl Emit<'_> {
    /// A value that breaks a rule.
    fn value(&mut self, rule: &'static str, class: &'static str, value: Value) {
        (self.sink)(Some(rule), class, Leaf::Value(value));
    }

    /// A value that breaks rules which are to be found out.
    fn found(&mut self, class: &'static str, value: Value) {
        (self.sink)(None, class, Leaf::Value(value));
    }

    /// One more member of the object at the place, which breaks a rule where it stands.
    fn member(&mut self, rule: &'static str, class: &'static str, name: &str, value: Value) {
        (self.sink)(Some(rule), class, Leaf::Member(name.into(), value));
    }

    /// Something that breaks a rule, where there is such a thing.
    fn leaf(&mut self, rule: &'static str, class: &'static str, leaf: Option<Leaf>) {
        if let Some(leaf) = leaf {
            (self.sink)(Some(rule), class, leaf);
        }
    }

    /// A member that is left out.
    fn absent(&mut self, rule: &'static str, class: &'static str) {
        (self.sink)(Some(rule), class, Leaf::Absent);
    }
}

impl Family {
    /// Every way to break a rule of this family at a place, as [`breaks`] gives those of all.
    pub fn breaks_at(
        &self,
        spot: &Spot<'_>,
        sink: &mut dyn FnMut(Option<&'static str>, &'static str, Leaf),
    ) {
        // Where any value will do, all that can be wrong is that it is not there.
        if spot.place.node != Shapes::ANY {
            (self.breaks)(spot, &mut Emit { sink });
        } else if self.name == "member" {
            member::left_out(spot, &mut Emit { sink });
        }
    }
}

/// Every way to break a rule at a place: the rule, where it is known before, the class, and what to
/// put there.
pub fn breaks(spot: &Spot<'_>, sink: &mut dyn FnMut(Option<&'static str>, &'static str, Leaf)) {
    for family in FAMILIES {
        family.breaks_at(spot, sink);
    }
}

/// An object with one more member.
fn with(object: &Object, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object.set(name, value);
    Value::Object(object)
}

#[cfg(test)]
mod tests;
