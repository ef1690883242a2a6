//! Formats: the edges of each, as the format's own file lists them.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::Value;

/// What to try where a text of a format may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        if let Branch::String(shape) = branch
            && let Some(format) = shape.textual_format()
        {
            for (class, text) in format.edges() {
                emit.valid(class, Value::text(*text));
            }
        }
    }
}
