//! Host names of two to five labels, simplest `0.com`.

use super::{Lifted, list};
use crate::choice::{Alphabet, Choice, Draw, Source};
use crate::schema::format::Format;
use crate::value::Text;

/// Top-level labels.
const TOPS: [&str; 4] = ["com", "org", "example", "de"];

/// Labels below the top.
const MOST_LABELS: usize = 4;

/// Characters of a label.
const MOST: usize = 63;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let labels = source
        .list(1, MOST_LABELS, 0.5, |source, _| source.text(1, MOST, Alphabet::Alphanumeric))?;
    let top = TOPS[source.branch(TOPS.len())?];
    let mut parts: Vec<_> = labels.iter().map(Text::lossy).collect();
    parts.push(top.into());
    Ok(parts.join("."))
}

pub(super) fn lift(text: &str) -> Lifted {
    if !Format::Hostname.valid(text) {
        return None;
    }
    let (rest, top) = text.rsplit_once('.')?;
    let top = TOPS.iter().position(|known| *known == top)?;
    let labels = rest.split('.').map(|label| vec![Choice::Text(label.into())]).collect();
    let mut choices = list(labels, 1, MOST_LABELS)?;
    choices.push(Choice::Branch(top as u32));
    Some(choices)
}
