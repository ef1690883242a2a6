//! Patterns: the simplest, shortest and longest matches, each branch, the ends of classes of
//! characters, other texts that match.

use super::Emit;
use crate::choice::{Rng, Source};
use crate::generate::value::matches;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::{Text, Value};

/// So many random matches are tried besides those at the edges.
const RANDOM: u64 = 8;

/// Longer texts are left out where the pattern sets no end.
const LONGEST: usize = 4096;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec![
        "simplest",
        "shortest",
        "longest",
        "another branch",
        "one more",
        "the last of a class",
        "match",
    ]
}

/// What to try where a text of a pattern may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let Some(texts) = matches(shape, spot.place.setting) else { continue };
        let mut tried: Vec<Text> = Vec::new();
        let mut one = |class, text: Text| {
            if !tried.contains(&text) {
                tried.push(text.clone());
                emit.valid(class, Value::String(text));
            }
        };
        texts.edges().iter().for_each(|(class, text)| one(class, text.clone()));
        for seed in 0..RANDOM {
            let drawn = Source::random(Rng::new(seed)).run(|source| texts.draw(source));
            if let Some((text, _)) = drawn.ok().filter(|(text, _)| text.len() <= LONGEST) {
                one("match", text);
            }
        }
    }
}
