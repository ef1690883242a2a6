//! The shrinker as a value tree of `proptest`, for people who test handlers in process.

use std::fmt;

use proptest::strategy::ValueTree;

use crate::choice::Item;
use crate::shrink::{Candidate, Shrinker, Verdict};

/// A value that `proptest` makes smaller by our shrinker.
///
/// `simplify` says that the current value failed, `complicate` that it passed.
pub struct ShrinkTree<T, R> {
    shrinker: Shrinker<T, R>,
    current: T,
    /// Whether the current value is a proposal, not the best.
    proposed: bool,
}

impl<T: Clone, R: Fn(&[Item]) -> Option<Candidate<T>>> ShrinkTree<T, R> {
    /// The tree over the first value of a shrinker.
    pub fn new(shrinker: Shrinker<T, R>) -> Self {
        let current = shrinker.best().value.clone();
        Self { shrinker, current, proposed: false }
    }

    fn step(&mut self, verdict: Verdict) -> bool {
        if self.proposed {
            self.shrinker.answer(verdict);
        }
        let next = self.shrinker.propose();
        self.proposed = next.is_some();
        self.current = next.as_ref().unwrap_or(self.shrinker.best()).value.clone();
        self.proposed
    }
}

impl<T, R> ValueTree for ShrinkTree<T, R>
where
    T: Clone + fmt::Debug,
    R: Fn(&[Item]) -> Option<Candidate<T>>,
{
    type Value = T;

    fn current(&self) -> T {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        self.step(Verdict::FAILS)
    }

    fn complicate(&mut self) -> bool {
        self.step(Verdict::Passes)
    }
}

impl<T: fmt::Debug, R> fmt::Debug for ShrinkTree<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShrinkTree").field("current", &self.current).finish_non_exhaustive()
    }
}
