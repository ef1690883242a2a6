//! Regular expressions put together from a few parts, simplest the empty one.

use super::{Lifted, list};
use crate::choice::{Choice, Draw, Source};

/// Parts of an expression. None is the beginning of another.
const PARTS: [&str; 12] =
    ["0", "A", "a", ".", "\\d", "\\s", "[a-z]", "[^0]", "(a|b)", "(?:0)", "\\/", "\\u00e9"];

/// How often a part stands.
const REPEATS: [&str; 6] = ["", "*", "+", "?", "{2}", "{1,3}"];

const MOST_PARTS: usize = 16;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let anchored = source.bool(0.5)?;
    let parts = source.list(0, MOST_PARTS, 2.0, |source, _| {
        let part = PARTS[source.branch(PARTS.len())?];
        Ok(format!("{part}{}", REPEATS[source.branch(REPEATS.len())?]))
    })?;
    let parts = parts.concat();
    Ok(if anchored { format!("^{parts}$") } else { parts })
}

pub(super) fn lift(text: &str) -> Lifted {
    let inner = text.strip_prefix('^').and_then(|rest| rest.strip_suffix('$'));
    let mut rest = inner.unwrap_or(text);
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let part = PARTS.iter().position(|part| rest.starts_with(part))?;
        rest = &rest[PARTS[part].len()..];
        let repeat = REPEATS.iter().rposition(|repeat| rest.starts_with(repeat))?;
        rest = &rest[REPEATS[repeat].len()..];
        parts.push(vec![Choice::Branch(part as u32), Choice::Branch(repeat as u32)]);
    }
    let mut choices = vec![Choice::Bool(inner.is_some())];
    choices.extend(list(parts, 0, MOST_PARTS)?);
    Some(choices)
}
