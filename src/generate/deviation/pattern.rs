//! Patterns: texts one edit away from a match.

use super::Emit;
use crate::generate::value::matches;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::Value;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec![
        "nothing",
        "a character short",
        "another character",
        "a character behind",
        "a character in front",
        "twice",
        "the other case",
    ]
}

/// Breaks `pattern`.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let Some(texts) = matches(shape, spot.place.setting) else { continue };
        for (class, text) in texts.near_misses() {
            emit.value("pattern", class, Value::String(text));
        }
    }
}
