//! `uri-reference` of RFC 3986, section 4.1: a URI, or relative to one.

use super::Edge;
use super::uri::{Reach, is_absolute, is_relative};

pub(super) fn valid(text: &str) -> bool {
    is_absolute(text, Reach::Ascii) || is_relative(text, Reach::Ascii)
}

pub(super) const EDGES: &[Edge] = &[
    ("nothing", ""),
    ("absolute", "https://example.com/a"),
    ("without a scheme", "//example.com/a"),
    ("a path from the root", "/a/b"),
    ("a path", "a/b"),
    ("the parent", "../a"),
    ("here", "."),
    ("a query", "?a=1"),
    ("a fragment", "#top"),
    ("an empty fragment", "#"),
    ("a colon behind a slash", "./a:b"),
    ("an encoded octet", "%2e%2e/"),
    ("many parents", "../../../../../../etc/passwd"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("a space", "a b"),
    ("a backslash", "\\\\server\\share"),
    ("half an encoded octet", "/%4"),
    ("a quote", "/\""),
    ("angle brackets", "<a>"),
    ("two fragments", "#a#b"),
    ("beyond ASCII", "/ü"),
    ("a colon in the first segment", "1a:b"),
    ("a template", "/{id}"),
];
