//! Ways to drive the shrinker: at once, live with one or several probes at a time, with statistics, and
//! as a value tree of `proptest`.

mod flaky;
mod live;
mod simple;
mod value_tree;

use std::sync::Arc;

pub use flaky::Flaky;
pub use live::live;
pub use simple::simple;
pub use value_tree::ShrinkTree;

use super::{Candidate, Shrinker, Verdict};
use crate::choice::Item;

/// Something that asks for probes until it is done: a [`Shrinker`], or one with statistics.
pub trait Probing {
    /// What is probed.
    type Value;

    /// What to probe next, at most `width` of them at once; each may stand there more than once.
    /// Empty at the end. Every call is followed by one of [`Self::tell`].
    fn ask(&mut self, width: usize) -> Vec<Arc<Candidate<Self::Value>>>;

    /// What became of the probes, in their order.
    fn tell(&mut self, verdicts: Vec<(Arc<Candidate<Self::Value>>, Verdict)>);
}

impl<T, R: Fn(&[Item]) -> Option<Candidate<T>>> Probing for Shrinker<T, R> {
    type Value = T;

    fn ask(&mut self, width: usize) -> Vec<Arc<Candidate<T>>> {
        self.speculate(width)
    }

    fn tell(&mut self, verdicts: Vec<(Arc<Candidate<T>>, Verdict)>) {
        for (candidate, verdict) in verdicts {
            self.prepay(&candidate, verdict);
        }
    }
}
