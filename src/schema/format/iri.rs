//! `iri` of RFC 3987: a URI that may hold characters beyond ASCII.

use super::Edge;
use super::uri::{Reach, is_absolute};

pub(super) fn valid(text: &str) -> bool {
    is_absolute(text, Reach::Wide)
}

pub(super) const EDGES: &[Edge] = &[
    ("a plain one", "https://example.com"),
    ("a letter with a mark", "https://example.com/ü"),
    ("a host beyond ASCII", "https://münchen.example/"),
    ("another script", "https://example.com/日本語?q=中文"),
    ("a character beyond 16 bits", "https://example.com/😀"),
    ("letters from the right", "https://example.com/שלום"),
    ("a letter and its mark apart", "https://example.com/u\u{308}"),
    ("no authority", "urn:ü"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("no scheme", "//münchen.example/"),
    ("a scheme beyond ASCII", "ü://example.com/"),
    ("a space", "https://example.com/ü b"),
    ("a control", "https://example.com/\u{85}"),
    ("the replacement character", "https://example.com/\u{FFFD}"),
    ("a backslash", "https://example.com\\ü"),
    ("half an encoded octet", "https://example.com/ü%4"),
    ("nothing", ""),
];
