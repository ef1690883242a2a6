//! What a pass sees of the shrinker: the best so far, and a way to try a change.
//!
//! A pass is ordinary straight code. Where it needs an answer that is not there yet it is left by
//! [`Pending`], and run again from its beginning when the answer has come; the log gives it the
//! same answers as before, so that it comes to the same point. A pass must therefore depend on
//! nothing but its target, the round and what the trial says. This keeps the shrinker a plain value
//! that can be asked, cloned for speculation and driven from any thread.

use std::sync::Arc;

use super::{Cost, Edit};
use crate::choice::Trace;

/// The pass cannot go on before a probe is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending;

/// What a pass gives.
pub type Flow<T = ()> = Result<T, Pending>;

/// What came of a change.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// The best stays.
    Rejected,
    /// This is the best now.
    Accepted(Arc<Trace>, Cost),
    /// What the changed candidate would cost, where there would be one.
    Weighed(Option<Cost>),
}

/// What is to be done with a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// Take it if it is smaller and still fails.
    Try,
    /// Say what it would cost.
    Weigh,
}

/// Answers for changes of the best: `None` where a probe is needed first.
pub(super) type Judge<'a> = dyn FnMut(&Edit, Aim) -> Option<Outcome> + 'a;

/// The shrinker as a pass sees it.
pub struct Trial<'a> {
    best: Arc<Trace>,
    cost: Cost,
    round: usize,
    doubt: bool,
    log: &'a mut Vec<Outcome>,
    at: usize,
    judge: &'a mut Judge<'a>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(
        best: Arc<Trace>,
        cost: Cost,
        (round, doubt): (usize, bool),
        log: &'a mut Vec<Outcome>,
        judge: &'a mut Judge<'a>,
    ) -> Self {
        Self { best, cost, round, doubt, log, at: 0, judge }
    }

    /// The choices of the best so far.
    pub fn best(&self) -> Arc<Trace> {
        self.best.clone()
    }

    /// The cost of the best so far.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Which round over all passes this is, from 0. In later ones most answers are known already.
    pub fn round(&self) -> usize {
        self.round
    }

    /// Whether earlier verdicts are in doubt, and each is asked for once more.
    pub fn is_in_doubt(&self) -> bool {
        self.doubt
    }

    /// Tries a change of the best; says whether it was taken. No edit is no change.
    pub fn attempt(&mut self, edit: impl FnOnce(&Trace) -> Option<Edit>) -> Flow<bool> {
        match self.outcome(edit, Aim::Try)? {
            Outcome::Accepted(best, cost) => {
                (self.best, self.cost) = (best, cost);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// What a change would cost; costs no probe.
    pub fn weigh(&mut self, edit: impl FnOnce(&Trace) -> Option<Edit>) -> Flow<Option<Cost>> {
        match self.outcome(edit, Aim::Weigh)? {
            Outcome::Weighed(cost) => Ok(cost),
            _ => Ok(None),
        }
    }

    fn outcome(&mut self, edit: impl FnOnce(&Trace) -> Option<Edit>, aim: Aim) -> Flow<Outcome> {
        if self.at == self.log.len() {
            let outcome = match edit(&self.best).filter(|edit| !edit.is_empty()) {
                Some(edit) => (self.judge)(&edit, aim).ok_or(Pending)?,
                None => Outcome::Rejected,
            };
            self.log.push(outcome);
        }
        self.at += 1;
        Ok(self.log[self.at - 1].clone())
    }
}

impl std::fmt::Debug for Trial<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trial").field("round", &self.round).finish_non_exhaustive()
    }
}
