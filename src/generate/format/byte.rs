//! Base64 of any octets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Lifted;
use crate::choice::{Choice, Draw, Source};

/// Most octets.
const MOST: usize = 4096;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    Ok(STANDARD.encode(source.octets(0, MOST)?))
}

pub(super) fn lift(text: &str) -> Lifted {
    let octets = STANDARD.decode(text).ok().filter(|octets| octets.len() <= MOST)?;
    Some(vec![Choice::Bytes(octets)])
}
