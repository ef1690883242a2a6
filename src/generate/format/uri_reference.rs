//! URIs and references relative to one, simplest `/` and nothing after it.

use super::{Lifted, uri};
use crate::choice::{Choice, Draw, Source};
use crate::schema::format::Format;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    if source.bool(0.3)? { uri::draw(source) } else { draw_relative(source) }
}

/// A path from the root; never two slashes in front, which would make it a host.
fn draw_relative(source: &mut Source<'_>) -> Draw<String> {
    let tail = uri::draw_tail(source)?;
    Ok(if tail.starts_with("//") { format!("/.{tail}") } else { tail })
}

pub(super) fn lift(text: &str) -> Lifted {
    if !Format::UriReference.valid(text) {
        return None;
    }
    let absolute = text.contains("://");
    let mut choices = vec![Choice::Bool(absolute)];
    if absolute {
        choices.extend(uri::lift_parts(text)?);
    } else if let Some(tail) = text.strip_prefix("/.").filter(|tail| tail.starts_with("//")) {
        choices.extend(uri::lift_tail(tail)?);
    } else if text.starts_with("//") {
        return None;
    } else {
        choices.extend(uri::lift_tail(text)?);
    }
    Some(choices)
}
