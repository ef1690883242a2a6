//! Patterns and formats: one edit away from a match.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::Value;

/// Breaks `pattern` and `format`.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        if let Some(format) = shape.textual_format() {
            for (class, text) in format.near_misses() {
                emit.value("format", class, Value::text(*text));
            }
        }
        if shape.patterns.is_empty() {
            continue;
        }
        let Some(matching) = spot.simplest_of(branch) else { continue };
        let Some(matching) = matching.as_str() else { continue };
        for (class, text) in edits(matching) {
            emit.value("pattern", class, Value::text(text));
        }
    }
}

/// Texts one edit away.
fn edits(text: &str) -> Vec<(&'static str, String)> {
    let mut edits = vec![
        ("empty", String::new()),
        ("a character more", format!("{text}~")),
        ("a character before", format!("~{text}")),
        ("a space after", format!("{text} ")),
        ("a line feed after", format!("{text}\n")),
        ("capitals", text.to_uppercase()),
        ("small letters", text.to_lowercase()),
    ];
    let chars: Vec<char> = text.chars().collect();
    for at in [0, chars.len() / 2, chars.len().saturating_sub(1)] {
        if at < chars.len() {
            let mut without = chars.clone();
            without.remove(at);
            edits.push(("a character less", without.iter().collect()));
            let mut other = chars.clone();
            other[at] = '~';
            edits.push(("another character", other.iter().collect()));
            other[at] = 'é';
            edits.push(("a character beyond ASCII", other.into_iter().collect()));
        }
    }
    edits
}
