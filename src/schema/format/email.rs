//! `email`: Mailbox of RFC 5321, section 4.1.2, its lengths by section 4.5.3.1.

use super::{Edge, hostname, ipv4, ipv6};

pub(super) fn valid(text: &str) -> bool {
    // A path is at most 256 octets with its brackets.
    if text.len() > 254 {
        return false;
    }
    // A quoted local part may hold an `@`; the domain cannot.
    text.rsplit_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain))
}

fn is_local(local: &str) -> bool {
    if local.len() > 64 {
        return false;
    }
    match local.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').is_some_and(is_quoted),
        None => local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext)),
    }
}

fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// What may stand between quotes: printable ASCII, `"` and `\` behind a backslash.
fn is_quoted(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let next = if byte == b'\\' { bytes.next() } else { Some(byte) };
        let fine = next.is_some_and(|next| (0x20..=0x7E).contains(&next));
        if !fine || byte == b'"' {
            return false;
        }
    }
    true
}

fn is_domain(domain: &str) -> bool {
    let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return hostname::valid(domain);
    };
    let tagged = literal.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("IPv6:"));
    if tagged { ipv6::valid(&literal[5..]) } else { ipv4::valid(literal) }
}

pub(super) const EDGES: &[Edge] = &[
    ("the shortest", "a@b"),
    ("a plain one", "user@example.com"),
    ("a tag", "user+tag@example.com"),
    ("dots", "first.middle.last@example.com"),
    ("an apostrophe", "o'brien@example.com"),
    ("every sign", "!#$%&'*+-/=?^_`{|}~@example.com"),
    ("digits only", "1234567890@example.com"),
    ("a sub-domain", "user@mail.eu.example.com"),
    ("a hyphen in the domain", "user@my-host.example"),
    ("capital letters", "USER@EXAMPLE.COM"),
    ("an internationalised domain", "user@xn--mnchen-3ya.example"),
    (
        "a local part of 64",
        concat!("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com"),
    ),
    (
        "an address of 254",
        concat!(
            "a@",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        ),
    ),
    ("a quoted local part", "\"a b\"@example.com"),
    ("an `@` in quotes", "\"a@b\"@example.com"),
    ("an escaped quote", "\"a\\\"b\"@example.com"),
    ("a single label", "root@localhost"),
    ("an address as domain", "user@[192.0.2.1]"),
    ("a long address as domain", "user@[IPv6:2001:db8::1]"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("no `@`", "example.com"),
    ("no local part", "@example.com"),
    ("no domain", "user@"),
    ("two `@`", "a@b@example.com"),
    (
        "a local part of 65",
        concat!(
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com"
        ),
    ),
    (
        "a domain of 255",
        concat!(
            "a@",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        ),
    ),
    ("a dot in front", ".user@example.com"),
    ("a dot before the `@`", "user.@example.com"),
    ("two dots", "us..er@example.com"),
    ("a dot at the end", "user@example.com."),
    ("two dots in the domain", "user@example..com"),
    ("a hyphen in front of the domain", "user@-example.com"),
    ("an underscore in the domain", "user@my_host.example"),
    ("a space", "us er@example.com"),
    ("a line break", "user@example.com\n"),
    ("a name in front", "User <user@example.com>"),
    ("a comment", "user(comment)@example.com"),
    ("an open quote", "\"user@example.com"),
    ("a number in brackets", "user@[256.0.0.1]"),
    ("beyond ASCII", "üser@example.com"),
    ("a list", "a@example.com,b@example.com"),
    ("nothing", ""),
];
