//! Lengths of free texts: in code points, as schemas count them, and in the octets and UTF-16 units
//! that programs count.

use super::Emit;
use crate::case::Label;
use crate::generate::walk::{Leaf, Spot};
use crate::schema::shape::Branch;

/// Lengths at which programs change their way of holding a text: first where columns and buffers of
/// the usual sizes end, then what lies next to that.
const EDGES: [(&str, usize); 16] = [
    ("length 0", 0),
    ("length 256", 256),
    ("length 65536", 65_536),
    ("length 1", 1),
    ("length 8192", 8192),
    ("length 1024", 1024),
    ("length 64", 64),
    ("length 32", 32),
    ("length 2", 2),
    ("length 255", 255),
    ("length 65535", 65_535),
    ("length 8191", 8191),
    ("length 1023", 1023),
    ("length 63", 63),
    ("length 31", 31),
    ("length 1048576", 1 << 20),
];

/// The same edges in octets of UTF-8 and in UTF-16 units: a text of characters that take two of them.
const WIDE: [(&str, &str, usize); 8] = [
    ("256 octets", "é", 128),
    ("1024 octets", "é", 512),
    ("8192 octets", "é", 4096),
    ("65536 octets", "é", 32_768),
    ("256 UTF-16 units", "😀", 128),
    ("1024 UTF-16 units", "😀", 512),
    ("8192 UTF-16 units", "😀", 4096),
    ("65536 UTF-16 units", "😀", 32_768),
];

/// Declared lengths, and what lies next to them.
const DECLARED: [&str; 4] = ["minLength", "maxLength", "minLength + 1", "maxLength - 1"];

/// As many code points as are allowed, in characters that take more octets each.
const WIDEST: [(&str, &str); 2] =
    [("maxLength of astral characters", "😀"), ("maxLength of two-octet characters", "é")];

/// A text that is longer than any but a careful program expects is for it to refuse, unless the
/// schema itself admits the length.
const USUAL: usize = 255;

/// No body grows beyond this by one text, whatever the schema admits.
const LONGEST: usize = 1 << 20;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let edges = EDGES.iter().map(|(class, _)| *class);
    let wide = WIDE.iter().map(|(class, _, _)| *class);
    let widest = WIDEST.iter().map(|(class, _)| *class);
    DECLARED.into_iter().chain(widest).chain(edges).chain(wide).collect()
}

/// What to try where a free text may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        if !shape.is_free() {
            continue;
        }
        let max = shape.max.unwrap_or(usize::MAX);
        let least = shape.min.max(spot.place.setting.least_text);
        let longest = spot.place.setting.most_text.unwrap_or(LONGEST);
        let fits = |length: usize| (least..=max).contains(&length) && length <= longest;
        let bounds = [Some(least), shape.max, Some(least + 1), shape.max.map(|max| max.max(1) - 1)];
        let declared = DECLARED.into_iter().zip(bounds);
        for (class, length) in declared.filter_map(|(class, length)| Some((class, length?))) {
            if fits(length) {
                emit.leaf(class, Leaf::Repeat("0", length), Label::Valid);
            }
        }
        if shape.max.is_some() && max > 0 && fits(max) {
            for (class, unit) in WIDEST {
                emit.leaf(class, Leaf::Repeat(unit, max), Label::Valid);
            }
        }
        let label = |length: usize| {
            let usual = length <= USUAL || shape.max.is_some();
            if usual { Label::Valid } else { Label::Unspecified }
        };
        for (class, length) in EDGES.into_iter().filter(|(_, length)| fits(*length)) {
            emit.leaf(class, Leaf::Repeat("0", length), label(length));
        }
        for (class, unit, length) in WIDE.into_iter().filter(|(_, _, length)| fits(*length)) {
            emit.leaf(class, Leaf::Repeat(unit, length), label(2 * length));
        }
    }
}
