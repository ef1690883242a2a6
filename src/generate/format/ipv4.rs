//! Addresses of IPv4, simplest `0.0.0.0`.

use super::{Lifted, int};
use crate::choice::{Draw, Source};
use crate::schema::format::Format;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let mut parts = [0; 4];
    for part in &mut parts {
        *part = source.int_from(0, 255, 0, &[10, 127, 192, 224])?;
    }
    Ok(parts.map(|part| part.to_string()).join("."))
}

pub(super) fn lift(text: &str) -> Lifted {
    if !Format::Ipv4.valid(text) {
        return None;
    }
    text.split('.').map(|part| part.parse::<i128>().ok().map(int)).collect()
}
