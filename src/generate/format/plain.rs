//! Any text, for formats without a grammar.

use crate::choice::{Alphabet, Choice, Draw, Item, Source};
use crate::value::Text;

/// Most code points.
const MOST: usize = 65_536;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<Text> {
    source.text(0, MOST, Alphabet::Any)
}

pub(super) fn lift(text: &Text, items: &mut Vec<Item>) -> bool {
    let fits = text.len() <= MOST;
    if fits {
        items.push(Item::Choice(Choice::Text(text.clone())));
    }
    fits
}
