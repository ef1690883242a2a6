//! Addresses of IPv6 in the spelling of RFC 5952, simplest `::`.

use std::net::Ipv6Addr;

use super::{Lifted, int};
use crate::choice::{Draw, Source};

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let mut groups = [0_u16; 8];
    for group in &mut groups {
        *group = source.int_from(0, 0xFFFF, 0, &[0xFE80, 0x2001])? as u16;
    }
    Ok(Ipv6Addr::from(groups).to_string())
}

pub(super) fn lift(text: &str) -> Lifted {
    let address: Ipv6Addr = text.parse().ok()?;
    (address.to_string() == text).then(|| address.segments().map(int).to_vec())
}
