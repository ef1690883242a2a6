//! `ipv6` of RFC 4291, section 2.2; zones (RFC 6874) are no part of an address.

use super::Edge;

pub(super) fn valid(text: &str) -> bool {
    text.parse::<std::net::Ipv6Addr>().is_ok()
}

pub(super) const EDGES: &[Edge] = &[
    ("all zeros", "::"),
    ("this host", "::1"),
    ("all ones", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("written out", "2001:0db8:0000:0000:0000:0000:0000:0001"),
    ("zeros at the end", "2001:db8::"),
    ("zeros in the middle", "2001:db8::8:800:200c:417a"),
    ("a single group left out", "1:2:3::5:6:7:8"),
    ("eight groups", "1:2:3:4:5:6:7:8"),
    ("an embedded dotted quad", "::ffff:192.0.2.1"),
    ("six groups and a dotted quad", "0:0:0:0:0:ffff:192.0.2.1"),
    ("link-local", "fe80::1"),
    ("multicast", "ff02::1"),
    ("capital letters", "2001:DB8::A"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("a zone", "fe80::1%eth0"),
    ("two gaps", "1::2::3"),
    ("three colons", ":::1"),
    ("nine groups", "1:2:3:4:5:6:7:8:9"),
    ("seven groups", "1:2:3:4:5:6:7"),
    ("eight groups and a gap", "1:2:3:4::5:6:7:8"),
    ("a group of five", "12345::"),
    ("a letter that is no digit", "::g"),
    ("a colon in front", ":1:2:3:4:5:6:7"),
    ("a colon at the end", "1:2:3:4:5:6:7:"),
    ("a dotted quad out of range", "::ffff:256.0.0.1"),
    ("a dotted quad in the middle", "1::1.2.3.4:5"),
    ("brackets", "[::1]"),
    ("a mask", "2001:db8::/32"),
    ("a dotted quad alone", "127.0.0.1"),
    ("nothing", ""),
];
