//! Shrinking failures that show only sometimes, amid spurious ones.

use phi_fuzz::choice::Rng;
use phi_fuzz::shrink::driver::{Flaky, simple};
use phi_fuzz::shrink::{Budget, Verdict};
use serde_json::Value;

use super::predicates::Predicate;

/// What came of a simulated shrink.
pub(crate) struct Simulated {
    /// Whether the result really fails.
    pub(crate) real: bool,
    /// Whether it is the smallest.
    pub(crate) optimal: bool,
    /// All probes, replays and confirmations among them.
    pub(crate) calls: usize,
}

/// Shrinks a failure that shows with this rate, while anything else fails spuriously at another.
pub(crate) fn simulate(
    predicate: &'static Predicate,
    failure: &Value,
    rate: f64,
    noise: f64,
    seed: u64,
) -> Simulated {
    let mut rng = Rng::derive(seed, &[777]);
    let mut flaky = Flaky::new(predicate.shrinker(failure), Budget::probes(20_000));
    simple(&mut flaky, |value| match predicate.verdict(value) {
        Verdict::Passes if rng.chance(noise) => {
            let last = value.as_array().map_or(0, |steps| steps.len().saturating_sub(1));
            Verdict::Fails { at_step: predicate.sequence.then_some(last) }
        }
        Verdict::Fails { .. } if !rng.chance(rate) => Verdict::Passes,
        verdict => verdict,
    });
    let result = &flaky.shrinker().best().value;
    Simulated {
        real: predicate.verdict(result).is_failure(),
        optimal: predicate.is_optimum(result),
        calls: flaky.calls(),
    }
}
