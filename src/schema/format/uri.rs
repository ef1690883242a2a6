//! `uri` of RFC 3986: a scheme and what follows it.

use super::{Edge, ipv6};

pub(super) fn valid(text: &str) -> bool {
    is_absolute(text, Reach::Ascii)
}

/// Which characters beyond ASCII may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// None: RFC 3986.
    Ascii,
    /// `ucschar` of RFC 3987.
    Wide,
    /// `iprivate`, too, as in the query of an IRI.
    Private,
}

/// Whether `text` has a scheme and the rest follows the grammar.
pub(super) fn is_absolute(text: &str, reach: Reach) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    is_scheme(scheme) && is_rest(rest, reach)
}

/// Whether `text` is a relative reference.
pub(super) fn is_relative(text: &str, reach: Reach) -> bool {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    // A colon in the first segment would make it a scheme.
    !text[..end].contains(':') && is_rest(text, reach)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Authority, path, query and fragment.
fn is_rest(rest: &str, reach: Reach) -> bool {
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let in_query = if reach == Reach::Wide { Reach::Private } else { reach };
    is_authority(authority, reach)
        && holds_only(path, "/:@", reach)
        && holds_only(query, "/?:@", in_query)
        && holds_only(fragment, "/?:@", reach)
}

fn is_authority(authority: &str, reach: Reach) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((literal, after)) = rest.split_once(']') else { return false };
            let port = if after.is_empty() { Some("") } else { after.strip_prefix(':') };
            let Some(port) = port.filter(|_| is_literal(literal)) else { return false };
            ("", port)
        }
        None => host.rsplit_once(':').unwrap_or((host, "")),
    };
    holds_only(user, ":", reach)
        && holds_only(host, "", reach)
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// What may stand in brackets: an IPv6 address, or a later version's.
fn is_literal(literal: &str) -> bool {
    let Some(rest) = literal.strip_prefix(['v', 'V']) else { return ipv6::valid(literal) };
    rest.split_once('.').is_some_and(|(version, address)| {
        !version.is_empty()
            && version.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !address.is_empty()
            && address.chars().all(|c| is_plain(c, ":"))
    })
}

/// Whether `text` holds only unreserved characters, sub-delimiters, `also` and encoded octets.
fn holds_only(text: &str, also: &str, reach: Reach) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let fine = match c {
            '%' => {
                let mut digit = || chars.next().is_some_and(|c| c.is_ascii_hexdigit());
                digit() && digit()
            }
            c if c.is_ascii() => is_plain(c, also),
            c => is_beyond(c, reach),
        };
        if !fine {
            return false;
        }
    }
    true
}

fn is_plain(c: char, also: &str) -> bool {
    c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=".contains(c) || also.contains(c)
}

fn is_beyond(c: char, reach: Reach) -> bool {
    let point = u32::from(c);
    match point {
        _ if reach == Reach::Ascii => false,
        0xA0..=0xD7FF | 0xF900..=0xFDCF | 0xFDF0..=0xFFEF => true,
        0x1_0000..=0xE_FFFD => point & 0xFFFF <= 0xFFFD,
        0xE000..=0xF8FF | 0xF_0000..=0x10_FFFD => {
            reach == Reach::Private && point & 0xFFFF <= 0xFFFD
        }
        _ => false,
    }
}

pub(super) const EDGES: &[Edge] = &[
    ("a plain one", "https://example.com"),
    ("a path", "https://example.com/a/b"),
    ("a slash at the end", "https://example.com/"),
    ("a query", "https://example.com/?a=1&b=2"),
    ("a fragment", "https://example.com/#top"),
    ("an empty query and fragment", "https://example.com/?#"),
    ("a port", "https://example.com:8443/"),
    ("an empty port", "https://example.com:/"),
    ("a port beyond 16 bits", "https://example.com:65536/"),
    ("user information", "https://user:password@example.com/"),
    ("an address as host", "http://192.0.2.1/"),
    ("a long address as host", "http://[2001:db8::1]:8080/"),
    ("no authority", "urn:isbn:0451450523"),
    ("an address of mail", "mailto:user@example.com"),
    ("a number of a telephone", "tel:+1-816-555-1212"),
    ("an empty authority", "file:///etc/passwd"),
    ("data", "data:text/plain;base64,AA=="),
    ("a scheme alone", "x:"),
    ("encoded octets", "https://example.com/%00%0D%0A"),
    ("an encoded slash", "https://example.com/a%2Fb"),
    ("encoded UTF-8", "https://example.com/%C3%BC"),
    ("dots in the path", "https://example.com/a/../b/./c"),
    ("two slashes in the path", "https://example.com//a"),
    ("capital letters", "HTTPS://EXAMPLE.COM/"),
    ("every sign", "https://example.com/-._~!$&'()*+,;=:@"),
    ("brackets encoded in a query", "https://example.com/?a%5B0%5D=1"),
    ("2083 characters", LONG),
];

/// As long as an address may be in some browsers.
const LONG: &str = concat!(
    "https://example.com/",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
);

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("no scheme", "//example.com/"),
    ("a path alone", "/a/b"),
    ("a name alone", "example.com"),
    ("a scheme that begins with a digit", "1http://example.com/"),
    ("no name of a scheme", "://example.com/"),
    ("a space", "https://example.com/a b"),
    ("a space in front", " https://example.com/"),
    ("a quote", "https://example.com/\""),
    ("angle brackets", "<https://example.com/>"),
    ("a backslash", "https://example.com\\a"),
    ("braces", "https://example.com/{id}"),
    ("a bar", "https://example.com/a|b"),
    ("half an encoded octet", "https://example.com/%4"),
    ("no digits behind a percent sign", "https://example.com/%zz"),
    ("letters for a port", "https://example.com:port/"),
    ("an open bracket", "http://[2001:db8::1/"),
    ("no brackets", "http://2001:db8::1/"),
    ("beyond ASCII", "https://example.com/ü"),
    ("a line break", "https://example.com/\n"),
    ("two fragments", "https://example.com/#a#b"),
    ("nothing", ""),
];
