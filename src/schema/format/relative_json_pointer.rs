//! `relative-json-pointer` of draft-bhutton-relative-json-pointer-00, section 3.

use super::{Edge, json_pointer};

pub(super) fn valid(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let count = digits(text);
    let (levels, mut rest) = text.split_at(count);
    if count == 0 || count > 1 && levels.starts_with('0') {
        return false;
    }
    if let Some(shift) = rest.strip_prefix(['+', '-']) {
        let count = digits(shift);
        if count == 0 || shift.starts_with('0') {
            return false;
        }
        rest = &shift[count..];
    }
    rest == "#" || json_pointer::valid(rest)
}

pub(super) const EDGES: &[Edge] = &[
    ("here", "0"),
    ("the parent", "1"),
    ("its key", "0#"),
    ("a sibling", "1/a"),
    ("the next element", "0+1"),
    ("the element before", "0-1/a"),
    ("many levels", "120/a~1b"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("no level", "/a"),
    ("a leading zero", "01/a"),
    ("a negative level", "-1/a"),
    ("a sign in front", "+1/a"),
    ("a shift of zero", "0+0"),
    ("two signs", "0##"),
    ("a path behind the key", "0#/a"),
    ("an unknown escape", "0/~2"),
    ("nothing", ""),
];
