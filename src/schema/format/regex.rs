//! `regex`: a regular expression of ECMA-262, section 22.2, its Annex B included.

use super::Edge;
use crate::schema::pattern::Pattern;

pub(super) fn valid(text: &str) -> bool {
    jsonschema_regex::is_valid_ecma_regex(text)
        || Pattern::new(text).is_ok_and(|pattern| pattern.is_native())
}

pub(super) const EDGES: &[Edge] = &[
    ("nothing", ""),
    ("one letter", "a"),
    ("anchors", "^$"),
    ("any text", ".*"),
    ("classes", "^[a-z\\d_]+$"),
    ("look-ahead", "^(?=.*\\d).{8,}$"),
    ("look-behind", "(?<=a)b"),
    ("a named group", "(?<name>a)\\k<name>"),
    ("lazy", "a+?"),
    ("nested repeats", "^(a+)+$"),
    ("an escaped slash", "a\\/b"),
    ("a property", "\\p{Letter}"),
    ("a great repeat", "a{1000}"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("an open group", "("),
    ("an open class", "[a"),
    ("a closing parenthesis", ")"),
    ("nothing to repeat", "*a"),
    ("bounds out of order", "a{2,1}"),
    ("a range out of order", "[b-a]"),
    ("a backslash at the end", "\\"),
    ("an anchor of another dialect", "^a\\Z"),
    ("a bell of another dialect", "\\a"),
];
