//! Patterns: the simplest, shortest and longest matches, each branch, the ends of the ranges of classes
//! of characters, other texts that match.

use super::Emit;
use crate::case::Label;
use crate::choice::{Rng, Source};
use crate::generate::edit::Leaf;
use crate::generate::value::matches;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::{Text, Value};

/// So many random matches are tried besides those at the edges.
const RANDOM: u64 = 8;

/// Longer random texts are left out.
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
        "an end of a range",
        "match",
    ]
}

/// What to try where a text of a pattern may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let Some(texts) = matches(shape, spot.place.setting) else { continue };
        let mut edges = texts.edges().into_iter();
        if let Some((class, simplest)) = edges.next() {
            emit.valid(class, Value::String(simplest));
        }
        for (class, length) in [("shortest", texts.shortest()), ("longest", texts.longest())] {
            if let Some(leaf) = Leaf::matching(texts, length) {
                emit.leaf(class, leaf, Label::Valid);
            }
        }
        let mut one = |class, text: Text| emit.valid(class, Value::String(text));
        edges.for_each(|(class, text)| one(class, text));
        for seed in 0..RANDOM {
            let drawn = Source::random(Rng::new(seed)).run(|source| texts.draw(source));
            if let Some((text, _)) = drawn.ok().filter(|(text, _)| text.len() <= LONGEST) {
                one("match", text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tried;

    #[test]
    fn every_end_of_every_range_is_tried() {
        let tried = tried(r#"{"type":"string","pattern":"^[a-cx-z]$"}"#);
        for text in ["a", "c", "x", "z"] {
            assert!(tried.iter().any(|(_, value, _)| value.as_str() == Some(text)), "{text}");
        }
    }
}
