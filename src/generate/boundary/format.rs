//! Formats: the edges of each, as the format's own file lists them, and texts of the format that are
//! as long as a declared bound admits.

use super::Emit;
use crate::case::Label;
use crate::generate::size;
use crate::generate::walk::Spot;
use crate::schema::format::Format;
use crate::schema::shape::Branch;
use crate::value::Value;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let edges = Format::all().flat_map(|format| format.edges().iter().map(|(class, _)| *class));
    let mut classes: Vec<&'static str> =
        ["longest of the format", "shortest of the format"].to_vec();
    for class in edges {
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    classes
}

/// What to try where a text of a format may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let Some(format) = shape.format.as_deref().and_then(Format::of) else { continue };
        for (class, text) in format.edges() {
            emit.valid(class, Value::text(*text));
        }
        let bounds =
            [("longest of the format", shape.max), ("shortest of the format", Some(shape.min))];
        for (class, length) in bounds {
            let length = length.filter(|length| *length > 0);
            let leaf = length.and_then(|length| size::text(shape, spot.place.setting, length));
            if let Some(leaf) = leaf {
                emit.leaf(class, leaf, Label::Valid);
            }
        }
    }
}
