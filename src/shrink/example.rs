//! Small generators shrunk to the end, for the tests beside the passes.

use std::fmt::Debug;

use super::driver::simple;
use super::{Candidate, Cost, Shrinker, Verdict};
use crate::choice::{Draw, Item, Rng, Source};

/// What an example shrinks to.
pub(super) struct Shrunk<T> {
    pub(super) value: T,
    pub(super) probes: usize,
}

/// A candidate of what a generator makes of a source; its key is what it prints.
pub(super) fn candidate<T: Debug>(
    source: Source<'_>,
    generate: impl FnOnce(&mut Source<'_>) -> Draw<T>,
    cost: impl FnOnce(&T) -> Cost,
) -> Option<Candidate<T>> {
    let (value, trace) = source.run(generate).ok()?;
    let (key, cost) = (format!("{value:?}"), cost(&value));
    Some(Candidate::new(value, trace, key, cost))
}

/// Shrinks the first random value that is `wanted`, by its cost and choices.
pub(super) fn shrink<T: Debug + Clone>(
    generate: impl Fn(&mut Source<'_>) -> Draw<T>,
    cost: impl Fn(&T) -> Cost,
    wanted: impl Fn(&T) -> bool,
    fails: impl Fn(&T) -> bool,
) -> Shrunk<T> {
    let first = (0..100_000)
        .filter_map(|seed| candidate(Source::random(Rng::new(seed)), &generate, &cost))
        .find(|candidate| wanted(&candidate.value))
        .expect("a seed gives a failing value");
    shrink_from(first, generate, cost, fails)
}

/// Shrinks this candidate.
pub(super) fn shrink_from<T: Debug + Clone>(
    first: Candidate<T>,
    generate: impl Fn(&mut Source<'_>) -> Draw<T>,
    cost: impl Fn(&T) -> Cost,
    fails: impl Fn(&T) -> bool,
) -> Shrunk<T> {
    let regenerate = |items: &[Item]| candidate(Source::replay(items), &generate, &cost);
    let mut shrinker = Shrinker::new(first, None, regenerate);
    simple(&mut shrinker, |value| if fails(value) { Verdict::FAILS } else { Verdict::Passes });
    assert!(shrinker.is_minimal());
    Shrunk { value: shrinker.best().value.clone(), probes: shrinker.probes() }
}

/// Shrinks the first random value that fails, by choices alone.
pub(super) fn plain<T: Debug + Clone>(
    generate: impl Fn(&mut Source<'_>) -> Draw<T>,
    fails: impl Fn(&T) -> bool,
) -> T {
    shrink(generate, |_| Cost::default(), &fails, &fails).value
}
