//! Formats: the near misses of each, as the format's own file lists them.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::format::Format;
use crate::schema::shape::Branch;
use crate::value::Value;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let mut classes: Vec<&'static str> = Vec::new();
    for (class, _) in Format::all().flat_map(Format::near_misses) {
        if !classes.contains(class) {
            classes.push(class);
        }
    }
    classes
}

/// Breaks `format`.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let Some(format) = shape.format.as_deref().and_then(Format::of) else { continue };
        for (class, text) in format.near_misses() {
            emit.value("format", class, Value::text(*text));
        }
    }
}
