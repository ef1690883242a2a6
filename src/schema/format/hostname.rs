//! `hostname` of RFC 1123, section 2.1: labels of 1 to 63 letters, digits and inner hyphens, 253
//! characters in all. What an internationalised label decodes to is not judged: registries differ.

use super::Edge;

pub(super) fn valid(text: &str) -> bool {
    text.len() <= 253 && !text.is_empty() && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    // RFC 5891, section 4.2.3.1: hyphens in the third and fourth place belong to A-labels.
    let reserved = label.get(2..4) == Some("--")
        && !label.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("xn"));
    (1..=63).contains(&label.len())
        && label.bytes().all(plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
        && !reserved
}

pub(super) const EDGES: &[Edge] = &[
    ("one letter", "a"),
    ("one label", "localhost"),
    ("two labels", "example.com"),
    ("a digit in front", "3com.com"),
    (
        "a label of 63",
        concat!("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com"),
    ),
    (
        "253 characters",
        concat!(
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        ),
    ),
    ("inner hyphens", "a-b--c.example"),
    ("an internationalised label", "xn--mnchen-3ya.example"),
    ("capital letters", "EXAMPLE.COM"),
    ("many labels", "a.b.c.d.e.f.g.h.i.j.k"),
    ("digits only", "123"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    (
        "a label of 64",
        concat!("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com"),
    ),
    (
        "254 characters",
        concat!(
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        ),
    ),
    ("a dot at the end", "example.com."),
    ("a dot in front", ".example.com"),
    ("two dots", "example..com"),
    ("a hyphen in front", "-example.com"),
    ("a hyphen at the end", "example-.com"),
    ("an underscore", "my_host.example"),
    ("a space", "my host"),
    ("a port", "example.com:80"),
    ("a scheme", "http://example.com"),
    ("a wildcard", "*.example.com"),
    ("beyond ASCII", "münchen.example"),
    ("nothing", ""),
];
