//! `iri-reference` of RFC 3987: an IRI, or relative to one.

use super::Edge;
use super::uri::{Reach, is_absolute, is_relative};

pub(super) fn valid(text: &str) -> bool {
    is_absolute(text, Reach::Wide) || is_relative(text, Reach::Wide)
}

pub(super) const EDGES: &[Edge] = &[
    ("nothing", ""),
    ("absolute", "https://münchen.example/"),
    ("a path beyond ASCII", "/ü"),
    ("a query beyond ASCII", "?ü=日本"),
    ("a fragment beyond ASCII", "#ü"),
    ("without a scheme", "//münchen.example/"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("a space", "ü b"),
    ("a backslash", "\\ü"),
    ("half an encoded octet", "/ü%4"),
    ("two fragments", "#ü#b"),
    ("a colon in the first segment", "ü:b"),
];
