//! Patterns: the shortest and longest matches, each alternative, other texts that match.

use super::Emit;
use crate::choice::{Rng, Source};
use crate::generate::pattern::Texts;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::Value;

/// So many random matches are tried besides the simplest.
const RANDOM: u64 = 12;

/// What to try where a text of a pattern may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        if shape.patterns.is_empty() {
            continue;
        }
        let max = shape.max.unwrap_or(4096);
        let mut tried: Vec<Value> = Vec::new();
        let mut draw = |class, min: usize, max: usize, source: Source<'_>| {
            let Some(texts) = Texts::new(&shape.patterns, min, max) else { return };
            let drawn = source.run(|source| texts.draw(source));
            if let Ok((text, _)) = drawn {
                let value = Value::String(text);
                if !tried.contains(&value) {
                    tried.push(value.clone());
                    emit.valid(class, value);
                }
            }
        };
        draw("simplest match", shape.min, max, Source::replay(&[]));
        if let Some(longest) = shape.max {
            draw("longest match", longest, longest, Source::random(Rng::new(0)));
        }
        for seed in 1..=RANDOM {
            draw("match", shape.min, max, Source::random(Rng::new(seed)));
        }
    }
}
