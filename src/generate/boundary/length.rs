//! Lengths of texts that no format rules: in code points, as schemas count them, and in the octets and
//! UTF-16 units that programs count; of patterns as far as they have texts of the length.

use super::Emit;
use crate::case::Label;
use crate::generate::edit::Leaf;
use crate::generate::walk::Spot;
use crate::generate::{budget, size};
use crate::schema::shape::Branch;
use crate::value::Text;

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

/// The same edges in octets of UTF-8 and in UTF-16 units, and one less: a text of characters that take
/// two of them, and one that takes one before them where the number is odd.
const WIDE: [(&str, &str, usize); 16] = [
    ("256 octets", "é", 256),
    ("1024 octets", "é", 1024),
    ("8192 octets", "é", 8192),
    ("65536 octets", "é", 65_536),
    ("256 UTF-16 units", "😀", 256),
    ("1024 UTF-16 units", "😀", 1024),
    ("8192 UTF-16 units", "😀", 8192),
    ("65536 UTF-16 units", "😀", 65_536),
    ("255 octets", "é", 255),
    ("1023 octets", "é", 1023),
    ("8191 octets", "é", 8191),
    ("65535 octets", "é", 65_535),
    ("255 UTF-16 units", "😀", 255),
    ("1023 UTF-16 units", "😀", 1023),
    ("8191 UTF-16 units", "😀", 8191),
    ("65535 UTF-16 units", "😀", 65_535),
];

/// Declared lengths, and what lies next to them.
const DECLARED: [&str; 4] = ["minLength", "maxLength", "minLength + 1", "maxLength - 1"];

/// As many code points as are allowed, in characters that take more octets each.
const WIDEST: [(&str, &str); 2] =
    [("maxLength of astral characters", "😀"), ("maxLength of two-octet characters", "é")];

/// A text that is longer than any but a careful program expects is for it to refuse, unless the
/// schema itself admits the length.
const USUAL: usize = 255;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let edges = EDGES.iter().map(|(class, _)| *class);
    let wide = WIDE.iter().map(|(class, _, _)| *class);
    let widest = WIDEST.iter().map(|(class, _)| *class);
    DECLARED.into_iter().chain(widest).chain(edges).chain(wide).collect()
}

/// What to try where a text may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        // How long the texts of a format are is said with the format.
        if shape.textual_format().is_some() {
            continue;
        }
        let of_length = |length: usize| size::text(shape, spot.place.setting, length);
        let max = shape.max.unwrap_or(usize::MAX);
        let least = shape.min.max(spot.place.setting.least_text);
        let longest = spot.place.setting.most_text.unwrap_or(budget::TEXT);
        let fits = |length: usize| (least..=max).contains(&length) && length <= longest;
        let bounds = [Some(least), shape.max, Some(least + 1), shape.max.map(|max| max.max(1) - 1)];
        let declared = DECLARED.into_iter().zip(bounds);
        for (class, length) in declared.filter_map(|(class, length)| Some((class, length?))) {
            if let Some(leaf) = Some(length).filter(|length| fits(*length)).and_then(of_length) {
                emit.leaf(class, leaf, Label::Valid);
            }
        }
        if shape.is_free() && shape.max.is_some() && max > 0 && fits(max) {
            for (class, unit) in WIDEST {
                emit.leaf(class, Leaf::repeat(unit, max), Label::Valid);
            }
        }
        let label = |length: usize| {
            let usual = length <= USUAL || shape.max.is_some();
            if usual { Label::Valid } else { Label::Unspecified }
        };
        for (class, length) in EDGES.into_iter().filter(|(_, length)| fits(*length)) {
            if let Some(leaf) = of_length(length) {
                emit.leaf(class, leaf, label(length));
            }
        }
        let wide =
            WIDE.into_iter().filter(|(_, _, size)| shape.is_free() && fits(size.div_ceil(2)));
        for (class, unit, size) in wide {
            let head = if size % 2 == 1 { Text::from("0") } else { Text::default() };
            emit.leaf(class, Leaf::Repeat(head, unit, size / 2), label(size));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tried;
    use super::*;

    #[test]
    fn octets_and_units_are_counted_exactly() {
        let tried = tried(r#"{"type":"string"}"#);
        for (class, _, size) in WIDE {
            let (_, value, _) = tried.iter().find(|(own, ..)| *own == class).unwrap();
            let text = value.as_str().unwrap();
            let octets = class.ends_with("octets");
            let own = if octets { text.len() } else { text.encode_utf16().count() };
            assert_eq!(own, size, "{class}");
        }
    }

    #[test]
    fn lengths_are_tried_where_a_pattern_admits_them() {
        let lengths = |schema: &str| -> Vec<(usize, Label)> {
            let tried = tried(schema).into_iter();
            tried.filter_map(|(_, value, label)| Some((value.as_text()?.len(), label))).collect()
        };
        let open = lengths(r#"{"type":"string","pattern":"^[a-z]+$"}"#);
        for length in [255, 256, 8191, 65_536] {
            let label = if length == 255 { Label::Valid } else { Label::Unspecified };
            assert!(open.contains(&(length, label)), "{length}");
        }
        let bounded = r#"{"type":"string","pattern":"^(ab)+$","maxLength":6000}"#;
        assert!(lengths(bounded).contains(&(6000, Label::Valid)));
        assert!(!lengths(bounded).iter().any(|(length, _)| length % 2 == 1));
        let narrow = lengths(r#"{"type":"string","pattern":"^[a-z]{3}$"}"#);
        assert!(narrow.iter().all(|(length, _)| *length == 3));
    }
}
