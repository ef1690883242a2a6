//! UUIDs, mostly of version 4; simplest is the one of version 4 without any other bit.

use super::Lifted;
use crate::choice::{Choice, Draw, Source};
use crate::schema::format::Format;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let any_version = source.bool(0.1)?;
    let mut octets = source.octets(16, 16)?;
    if !any_version {
        octets[6] = octets[6] & 0x0F | 0x40;
        octets[8] = octets[8] & 0x3F | 0x80;
    }
    let mut text = String::with_capacity(36);
    for (index, octet) in octets.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [octet >> 4, octet & 0x0F] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    Ok(text)
}

pub(super) fn lift(text: &str) -> Lifted {
    if !Format::Uuid.valid(text) || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let digits = text.replace('-', "");
    let octet = |index: usize| u8::from_str_radix(digits.get(index * 2..index * 2 + 2)?, 16).ok();
    let mut octets: Vec<u8> = (0..16).map(octet).collect::<Option<_>>()?;
    let version_4 = octets[6] >> 4 == 4 && octets[8] >> 6 == 2;
    if version_4 {
        // The simplest octets that draw it.
        octets[6] &= 0x0F;
        octets[8] &= 0x3F;
    }
    Some(vec![Choice::Bool(!version_4), Choice::Bytes(octets)])
}
