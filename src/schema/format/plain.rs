//! `binary` and `password`: any text.

use super::Edge;

pub(super) fn valid(_: &str) -> bool {
    true
}

pub(super) const EDGES: &[Edge] = &[
    ("nothing", ""),
    ("one character", "0"),
    ("a NUL", "\0"),
    ("a line break", "a\r\nb"),
    ("quotes and backslash", "\"'`\\"),
    ("a space at each end", " a "),
    ("signs that URLs reserve", "%&+=?#/"),
    ("beyond ASCII", "pässwörd"),
    ("a character beyond 16 bits", "😀"),
    ("all octets above ASCII", "\u{80}\u{FF}"),
    (
        "longer than 72 octets",
        "0123456789012345678901234567890123456789012345678901234567890123456789012345",
    ),
];
