//! `ipv4`: dotted quad, four numbers of 0 to 255 without leading zeros (RFC 2673, section 3.2, and
//! RFC 6943, section 3.1.1, for why no zeros).

use super::Edge;

pub(super) fn valid(text: &str) -> bool {
    let mut count = 0;
    text.split('.').all(|part| {
        count += 1;
        count <= 4 && is_octet(part)
    }) && count == 4
}

fn is_octet(part: &str) -> bool {
    (1..=3).contains(&part.len())
        && part.bytes().all(|byte| byte.is_ascii_digit())
        && (part == "0" || !part.starts_with('0'))
        && part.parse::<u8>().is_ok()
}

pub(super) const EDGES: &[Edge] = &[
    ("all zeros", "0.0.0.0"),
    ("all ones", "255.255.255.255"),
    ("this host", "127.0.0.1"),
    ("private", "10.0.0.1"),
    ("link-local", "169.254.0.1"),
    ("for documentation", "192.0.2.1"),
    ("multicast", "224.0.0.1"),
    ("the sign bit of 32", "128.0.0.0"),
    ("a zero inside", "1.0.0.255"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("256", "256.0.0.1"),
    ("three parts", "127.0.1"),
    ("two parts", "127.1"),
    ("five parts", "1.2.3.4.5"),
    ("a leading zero", "010.0.0.1"),
    ("hexadecimal", "0x7f.0.0.1"),
    ("one number", "2130706433"),
    ("an empty part", "1..2.3"),
    ("a dot at the end", "1.2.3.4."),
    ("a negative part", "1.2.3.-4"),
    ("a mask", "10.0.0.0/8"),
    ("a port", "127.0.0.1:80"),
    ("a space", " 1.2.3.4"),
    ("other digits", "1.2.3.４"),
    ("nothing", ""),
];
