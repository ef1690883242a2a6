//! IRIs: a URI and, mostly, a last segment beyond ASCII; simplest `https://example.com`.

use super::{Lifted, int, list, uri};
use crate::choice::{Draw, Source};
use crate::schema::format::Format;

/// Letters of many scripts, without controls, private use and surrogates.
const FIRST: i128 = 0xC0;
const LAST: i128 = 0xD7A3;

/// Most of them.
const MOST: usize = 32;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let letters = source.list(0, MOST, 2.0, |source, _| source.int(FIRST, LAST, 0xFC))?;
    let mut text = uri::draw(source)?;
    if !letters.is_empty() {
        text.push('/');
        text.extend(letters.iter().filter_map(|point| char::from_u32(*point as u32)));
    }
    Ok(text)
}

pub(super) fn lift(text: &str) -> Lifted {
    if !Format::Iri.valid(text) {
        return None;
    }
    let is_letter = |c: char| (FIRST..=LAST).contains(&i128::from(u32::from(c)));
    let ascii = text.trim_end_matches(is_letter);
    let letters = &text[ascii.len()..];
    let rest = if letters.is_empty() { ascii } else { ascii.strip_suffix('/')? };
    let letters = letters.chars().map(|c| vec![int(u32::from(c))]).collect();
    let mut choices = list(letters, 0, MOST)?;
    choices.extend(uri::lift_parts(rest)?);
    Some(choices)
}
