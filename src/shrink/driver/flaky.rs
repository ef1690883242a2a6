//! Failures that do not always show are shrunk by statistics.
//!
//! The original is replayed 10 times. Where all 10 fail, one probe decides each candidate and 5
//! confirm the end result; where one of those does not, the shrink begins again with what is known
//! of the rate. Otherwise a sequential probability ratio test decides each candidate.

use std::sync::Arc;

use super::Probing;
use crate::case::Reproduced;
use crate::choice::Item;
use crate::shrink::statistics::{SequentialTest, estimated_rate};
use crate::shrink::{Budget, Candidate, Shrinker, Verdict};

/// Replays of the original, and of the end result of a shrink with statistics.
const REPLAYS: u32 = 10;
/// Replays of the end result of a shrink without.
const CONFIRMATIONS: u32 = 5;

/// A shrinker that knows that one probe may err.
#[derive(Debug)]
pub struct Flaky<T, R> {
    shrinker: Shrinker<T, R>,
    phase: Phase,
    /// The rate of failure to test against; `None` while every replay has failed.
    rate: Option<f64>,
    original: Reproduced,
    result: Reproduced,
    budget: Budget,
    calls: usize,
    cut_short: bool,
}

#[derive(Debug)]
enum Phase {
    /// Replays of the original.
    Replaying,
    /// Each candidate by one probe.
    Once,
    /// Each candidate by a test; the latest failing step that was seen.
    Testing(SequentialTest, Option<usize>),
    /// Replays of the end result.
    Confirming,
    Done,
}

impl<T, R: Fn(&[Item]) -> Option<Candidate<T>>> Flaky<T, R> {
    /// Statistics over this shrinker. The budget counts every call; the shrinker should have none of
    /// its own.
    pub fn new(shrinker: Shrinker<T, R>, budget: Budget) -> Self {
        Self {
            shrinker,
            phase: Phase::Replaying,
            rate: None,
            original: Reproduced::default(),
            result: Reproduced::default(),
            budget,
            calls: 0,
            cut_short: false,
        }
    }

    /// The shrinker with its result.
    pub fn shrinker(&self) -> &Shrinker<T, R> {
        &self.shrinker
    }

    /// How often the original failed. Where it never did, nothing was shrunk.
    pub fn original(&self) -> Reproduced {
        self.original
    }

    /// How often the result failed; where it was not reached to confirm it, as often as the original.
    pub fn reproduced(&self) -> Reproduced {
        if self.result.of > 0 { self.result } else { self.original }
    }

    /// How many probes were made in all.
    pub fn calls(&self) -> usize {
        self.calls
    }

    /// Whether it came to its end and the result was confirmed.
    pub fn is_minimal(&self) -> bool {
        matches!(self.phase, Phase::Done) && !self.cut_short && self.shrinker.is_minimal()
    }

    fn begin_candidates(&mut self) {
        self.phase = match self.rate {
            None => Phase::Once,
            Some(rate) => Phase::Testing(SequentialTest::new(rate), None),
        };
    }

    fn end(&mut self) {
        self.cut_short |= !matches!(self.phase, Phase::Done);
        self.shrinker.stop();
        self.phase = Phase::Done;
    }

    fn replayed(&mut self) {
        self.rate = (self.original.failed < self.original.of)
            .then(|| estimated_rate(self.original.failed, self.original.of));
        if self.original.failed == 0 {
            self.end();
            return;
        }
        if self.rate.is_some() {
            self.shrinker.restart_with_doubt();
        }
        self.begin_candidates();
    }

    fn confirmed(&mut self) {
        if self.rate.is_some() || self.result.failed == self.result.of {
            self.phase = Phase::Done;
            return;
        }
        let failed = self.original.failed + self.result.failed;
        self.rate = Some(estimated_rate(failed, self.original.of + self.result.of));
        self.result = Reproduced::default();
        self.shrinker.restart_with_doubt();
        self.begin_candidates();
    }

    fn confirmations(&self) -> u32 {
        if self.rate.is_some() { REPLAYS } else { CONFIRMATIONS }
    }
}

impl<T, R: Fn(&[Item]) -> Option<Candidate<T>>> Probing for Flaky<T, R> {
    type Value = T;

    fn probes(&mut self, width: usize) -> Vec<Arc<Candidate<T>>> {
        let width = width.min(self.budget.left(self.calls));
        if width == 0 {
            self.end();
        }
        let copies = |of: Arc<Candidate<T>>, count: u32| vec![of; width.min(count as usize)];
        loop {
            match &self.phase {
                Phase::Replaying => {
                    return copies(self.shrinker.best().clone(), REPLAYS - self.original.of);
                }
                Phase::Once => {
                    let candidates = self.shrinker.speculate(width);
                    if !candidates.is_empty() {
                        return candidates;
                    }
                }
                Phase::Testing(test, _) => {
                    if let Some(candidate) = self.shrinker.propose() {
                        return copies(candidate, test.needed());
                    }
                }
                Phase::Confirming => {
                    let left = self.confirmations() - self.result.of;
                    return copies(self.shrinker.best().clone(), left);
                }
                Phase::Done => return Vec::new(),
            }
            self.phase = Phase::Confirming;
        }
    }

    fn verdicts(&mut self, verdicts: Vec<(Arc<Candidate<T>>, Verdict)>) {
        self.calls += verdicts.len();
        for (candidate, verdict) in verdicts {
            match &mut self.phase {
                Phase::Replaying => {
                    count(&mut self.original, verdict);
                    if self.original.of == REPLAYS {
                        self.replayed();
                    }
                }
                Phase::Once => self.shrinker.prepay(&candidate, verdict),
                Phase::Testing(test, last_step) => {
                    test.sample(verdict.is_failure());
                    if let Verdict::Fails { at_step } = verdict {
                        *last_step = (*last_step).max(at_step);
                    }
                    if let Some(fails) = test.decision() {
                        let at_step = *last_step;
                        self.begin_candidates();
                        self.shrinker.answer(match fails {
                            true => Verdict::Fails { at_step },
                            false => Verdict::Passes,
                        });
                    }
                }
                Phase::Confirming => {
                    count(&mut self.result, verdict);
                    if self.result.of == self.confirmations() {
                        self.confirmed();
                    }
                }
                Phase::Done => {}
            }
        }
    }
}

fn count(reproduced: &mut Reproduced, verdict: Verdict) {
    reproduced.failed += u32::from(verdict.is_failure());
    reproduced.of += 1;
}
