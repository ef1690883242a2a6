//! `byte`: base64 with padding, RFC 4648, section 4.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Edge;

pub(super) fn valid(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

pub(super) const EDGES: &[Edge] = &[
    ("nothing", ""),
    ("two signs of padding", "AA=="),
    ("one sign of padding", "AAA="),
    ("no padding", "AAAA"),
    ("plus and slash", "+/+/"),
    ("all bits set", "////"),
    ("octets that are not UTF-8", "/wD+"),
    ("two groups", "AAECAwQF"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("padding left out", "AAA"),
    ("too much padding", "AAA=="),
    ("padding alone", "="),
    ("padding in the middle", "AA==AAAA"),
    ("the alphabet for URLs", "-_-_"),
    ("one character over", "AAAAA"),
    ("a line break", "AAAA\nAAAA"),
    ("a space", "AAA A==="),
    ("bits set below the last octet", "AB=="),
    ("another sign", "AA!="),
    ("a letter beyond ASCII", "AAÄ="),
];
