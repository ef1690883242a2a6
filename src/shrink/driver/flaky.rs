//! Failures that do not always show are shrunk by statistics.
//!
//! The original is replayed 10 times, fewer where each is dear. Where all fail, one probe decides each
//! candidate and 5 confirm the end result; where one of those does not, the shrink begins again with what is known
//! of the rate. Otherwise a sequential probability ratio test decides each candidate; a result whose
//! replays show that it was accepted in error is taken back.

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
/// The same where each waits for a timeout: the original was seen to fail twice before it came here.
const DEAR: (u32, u32) = (1, 3);
/// How many results are taken back at most because they turn out to fail only spuriously.
const MOST_RETRACTIONS: u32 = 10;

/// A shrinker that knows that one probe may err.
#[derive(Debug)]
pub struct Flaky<T, R> {
    shrinker: Shrinker<T, R>,
    phase: Phase,
    /// What the rate of failure to test against is taken from; `None` while every replay has failed.
    known: Option<Reproduced>,
    original: Reproduced,
    result: Reproduced,
    budget: Budget,
    calls: usize,
    cut_short: bool,
    retracted: u32,
    /// Replays of the original, and of the end result while every replay has failed.
    replays: (u32, u32),
    /// Whether to go on with candidates once the best is confirmed.
    resume: bool,
}

#[derive(Debug)]
enum Phase {
    /// Replays of the original.
    Replaying,
    /// Each candidate by one probe.
    Once,
    /// Each candidate by a test.
    Testing(Test),
    /// Replays of the end result.
    Confirming,
    Done,
}

/// A test of one candidate.
#[derive(Debug)]
struct Test {
    ratio: SequentialTest,
    /// The first sample. Of candidates that are accepted the first samples hardly depend on that
    /// they are, so the rate is known better and better from them.
    first: Option<Verdict>,
    /// The latest failing step that was seen.
    at_step: Option<usize>,
}

impl<T, R: Fn(&[Item]) -> Option<Candidate<T>>> Flaky<T, R> {
    /// Statistics over this shrinker. The budget counts every call; the shrinker should have none of
    /// its own.
    pub fn new(shrinker: Shrinker<T, R>, budget: Budget) -> Self {
        Self {
            shrinker,
            phase: Phase::Replaying,
            known: None,
            original: Reproduced::default(),
            result: Reproduced::default(),
            budget,
            calls: 0,
            cut_short: false,
            retracted: 0,
            replays: (REPLAYS, CONFIRMATIONS),
            resume: false,
        }
    }

    /// Each call that fails is dear, since it waits for a timeout and may cost the service a worker:
    /// fewer replays.
    #[must_use]
    pub fn dear(mut self) -> Self {
        self.replays = DEAR;
        self
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
        self.phase = match self.known {
            None => Phase::Once,
            Some(known) => Phase::Testing(Test {
                ratio: SequentialTest::new(estimated_rate(known.failed, known.of)),
                first: None,
                at_step: None,
            }),
        };
    }

    fn end(&mut self) {
        self.cut_short |= !matches!(self.phase, Phase::Done);
        self.shrinker.stop();
        self.phase = Phase::Done;
    }

    fn replayed(&mut self) {
        self.known = (self.original.failed < self.original.of).then_some(self.original);
        if self.original.failed == 0 {
            self.end();
            return;
        }
        if self.known.is_some() {
            self.shrinker.restart_with_doubt();
        }
        self.begin_candidates();
    }

    fn confirmed(&mut self) {
        let result = std::mem::take(&mut self.result);
        match self.known {
            None if result.is_always() => {}
            None => {
                self.known = Some(Reproduced {
                    failed: self.original.failed + result.failed,
                    of: self.original.of + result.of,
                });
                self.shrinker.restart_with_doubt();
                return self.begin_candidates();
            }
            Some(known) => {
                let test = SequentialTest::new(estimated_rate(known.failed, known.of));
                if test.is_spurious(result.failed, result.of) {
                    self.retracted += 1;
                    if self.retracted <= MOST_RETRACTIONS && self.shrinker.retract() {
                        self.resume = true;
                        return;
                    }
                } else if std::mem::take(&mut self.resume) {
                    return self.begin_candidates();
                }
            }
        }
        self.result = result;
        self.phase = Phase::Done;
    }

    fn confirmations(&self) -> u32 {
        if self.known.is_some() { REPLAYS } else { self.replays.1 }
    }
}

impl<T, R: Fn(&[Item]) -> Option<Candidate<T>>> Probing for Flaky<T, R> {
    type Value = T;

    fn ask(&mut self, width: usize) -> Vec<Arc<Candidate<T>>> {
        let width = width.min(self.budget.left(self.calls));
        if width == 0 {
            self.end();
        }
        let copies = |of: Arc<Candidate<T>>, count: u32| vec![of; width.min(count as usize)];
        loop {
            match &self.phase {
                Phase::Replaying => {
                    return copies(self.shrinker.best().clone(), self.replays.0 - self.original.of);
                }
                Phase::Once => {
                    let candidates = self.shrinker.speculate(width);
                    if !candidates.is_empty() {
                        return candidates;
                    }
                }
                Phase::Testing(testing) => {
                    if let Some(candidate) = self.shrinker.propose() {
                        return copies(candidate, testing.ratio.needed());
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

    fn tell(&mut self, verdicts: Vec<(Arc<Candidate<T>>, Verdict)>) {
        self.calls += verdicts.len();
        for (candidate, verdict) in verdicts {
            match &mut self.phase {
                Phase::Replaying => {
                    count(&mut self.original, verdict);
                    if self.original.of == self.replays.0 {
                        self.replayed();
                    }
                }
                Phase::Once => self.shrinker.prepay(&candidate, verdict),
                Phase::Testing(Test { ratio, first, at_step }) => {
                    let first = *first.get_or_insert(verdict);
                    ratio.sample(verdict.is_failure());
                    if let Verdict::Fails { at_step: failing } = verdict {
                        *at_step = (*at_step).max(failing);
                    }
                    let Some(fails) = ratio.decision() else { continue };
                    let at_step = *at_step;
                    if fails && let Some(known) = &mut self.known {
                        count(known, first);
                    }
                    self.shrinker.answer(if fails {
                        Verdict::Fails { at_step }
                    } else {
                        Verdict::Passes
                    });
                    self.begin_candidates();
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
