//! Lengths of free texts, in code points.

use super::Emit;
use crate::case::Label;
use crate::generate::walk::{Leaf, Spot};
use crate::schema::shape::Branch;

/// Lengths at which programs change their way of holding a text.
const EDGES: [(&str, usize); 14] = [
    ("length 0", 0),
    ("length 1", 1),
    ("length 2", 2),
    ("length 31", 31),
    ("length 32", 32),
    ("length 63", 63),
    ("length 64", 64),
    ("length 255", 255),
    ("length 256", 256),
    ("length 1023", 1023),
    ("length 1024", 1024),
    ("length 8192", 8192),
    ("length 65535", 65_535),
    ("length 65536", 65_536),
];

/// A text that is longer than any but a careful program expects is for it to refuse, unless the
/// schema itself admits the length.
const USUAL: usize = 255;

/// No body grows beyond this by one text, whatever the schema admits.
const LONGEST: usize = 1 << 20;

/// What to try where a free text may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        if !shape.is_free() {
            continue;
        }
        let max = shape.max.unwrap_or(usize::MAX);
        let least = shape.min.max(spot.place.setting.least_text);
        let mut declared = vec![("minLength", least), ("minLength + 1", least + 1)];
        if shape.max.is_some() {
            declared.push(("maxLength", max));
            declared.push(("maxLength - 1", max.saturating_sub(1)));
        }
        let fits = |length: usize| (least..=max).contains(&length) && length <= LONGEST;
        for (class, length) in declared.into_iter().filter(|(_, length)| fits(*length)) {
            emit.leaf(class, Leaf::Repeat("0", length), Label::Valid);
            // The same number of code points takes four times the octets, and twice the UTF-16 units.
            if length > 0 && shape.max == Some(length) {
                emit.leaf(
                    "maxLength of astral characters",
                    Leaf::Repeat("😀", length),
                    Label::Valid,
                );
                emit.leaf(
                    "maxLength of two-octet characters",
                    Leaf::Repeat("é", length),
                    Label::Valid,
                );
            }
        }
        for (class, length) in EDGES.into_iter().filter(|(_, length)| fits(*length)) {
            let usual = length <= USUAL || shape.max.is_some();
            let label = if usual { Label::Valid } else { Label::Unspecified };
            emit.leaf(class, Leaf::Repeat("0", length), label);
        }
    }
}
