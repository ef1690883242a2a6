//! IRIs, and references relative to one without letters beyond ASCII; simplest the empty one.

use super::{Lifted, iri, uri_reference};
use crate::choice::{Choice, Draw, Source};

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    if source.bool(0.5)? { iri::draw(source) } else { uri_reference::draw(source) }
}

pub(super) fn lift(text: &str) -> Lifted {
    let wide = !text.is_ascii();
    let mut choices = vec![Choice::Bool(wide)];
    choices.extend(if wide { iri::lift(text)? } else { uri_reference::lift(text)? });
    Some(choices)
}
