//! How far the shrinker has come through rounds, passes and targets.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::pass::{PASSES, Target};
use super::place::Place;
use super::trial::{Aim, Outcome, Trial};
use super::{Candidate, Edit, irrelevant};
use crate::choice::Item;

/// What decides about a candidate without a probe.
pub(super) struct Known<'s, R> {
    pub(super) regenerate: &'s R,
    pub(super) tried: &'s Tried,
    /// Keys of candidates that are being probed: they count as passing.
    pub(super) asked: &'s HashSet<Vec<u8>>,
    pub(super) recheck: Option<Recheck>,
}

/// What is tried once more at the end without relying on earlier verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recheck {
    /// What takes away structure: for services that keep state between probes.
    Structure,
    /// Everything: for verdicts that may err.
    Everything,
}

/// Whether candidates of a key fail; those that do not, with the number of the recheck before which
/// they were probed.
pub(super) type Tried = HashMap<Vec<u8>, Result<(), usize>>;

/// A candidate with the change that made it.
#[derive(Debug)]
pub(super) struct Proposal<T> {
    pub(super) candidate: Arc<Candidate<T>>,
    pub(super) edit: Edit,
}

/// How far the shrinker has come. A clone of it runs ahead to speculate.
#[derive(Debug)]
pub(super) struct Cursor<T> {
    pub(super) round: usize,
    pub(super) pass: usize,
    targets: Arc<[Target]>,
    target: usize,
    /// The best when the pass came to its target.
    base: Arc<Candidate<T>>,
    pub(super) best: Arc<Candidate<T>>,
    /// What came of the changes that the pass tried at its target.
    pub(super) log: Vec<Outcome>,
    /// The best when the round began.
    round_began: Arc<Candidate<T>>,
    pub(super) irrelevant: Vec<Place>,
    /// Whether the structure is being tried again without relying on what is known.
    rechecking: bool,
    /// How often that was begun.
    pub(super) rechecks: usize,
    pub(super) done: bool,
}

impl<T> Clone for Cursor<T> {
    fn clone(&self) -> Self {
        Self {
            round: self.round,
            pass: self.pass,
            targets: self.targets.clone(),
            target: self.target,
            base: self.base.clone(),
            best: self.best.clone(),
            log: self.log.clone(),
            round_began: self.round_began.clone(),
            irrelevant: self.irrelevant.clone(),
            rechecking: self.rechecking,
            rechecks: self.rechecks,
            done: self.done,
        }
    }
}

impl<T> Cursor<T> {
    pub(super) fn new(first: Arc<Candidate<T>>) -> Self {
        let targets = (PASSES[0].targets)(&first.trace).into();
        Self {
            round: 0,
            pass: 0,
            targets,
            target: 0,
            base: first.clone(),
            best: first.clone(),
            log: Vec::new(),
            round_began: first,
            irrelevant: Vec::new(),
            rechecking: false,
            rechecks: 0,
            done: false,
        }
    }

    fn begin_target(&mut self, target: usize) {
        self.target = target;
        self.base = self.best.clone();
        self.log.clear();
    }

    fn begin_pass(&mut self, pass: usize) {
        self.pass = pass;
        self.targets = (PASSES[pass].targets)(&self.best.trace).into();
        self.begin_target(0);
    }

    pub(super) fn begin_round(&mut self, round: usize) {
        self.round = round;
        self.round_began = self.best.clone();
        self.begin_pass(0);
    }

    /// Takes the candidate that an edit of the best has given as the best.
    pub(super) fn accept(&mut self, candidate: Arc<Candidate<T>>, edit: &Edit) {
        let old = &self.best.trace;
        self.irrelevant = irrelevant::carry(&self.irrelevant, old, edit, &candidate.trace);
        self.best = candidate;
    }

    /// Runs the passes until a candidate needs a probe.
    pub(super) fn advance<R>(&mut self, known: &Known<'_, R>) -> Option<Proposal<T>>
    where
        R: Fn(&[Item]) -> Option<Candidate<T>>,
    {
        while !self.done {
            if self.target < self.targets.len() {
                let proposal = self.run_target(known);
                if proposal.is_some() {
                    return proposal;
                }
                self.begin_target(self.target + 1);
            } else if let Some(next) = self.next_pass(known.recheck) {
                self.begin_pass(next);
            } else if self.round == 0 || !Arc::ptr_eq(&self.best, &self.round_began) {
                // There is always a second round: some passes leave the dear things to it.
                self.rechecking = false;
                self.begin_round(self.round + 1);
            } else if known.recheck.is_some() && !self.rechecking {
                self.rechecking = true;
                self.rechecks += 1;
                self.begin_round(self.round + 1);
            } else {
                self.done = true;
            }
        }
        None
    }

    fn next_pass(&self, recheck: Option<Recheck>) -> Option<usize> {
        let all = !self.rechecking || recheck == Some(Recheck::Everything);
        (self.pass + 1..PASSES.len()).find(|pass| all || PASSES[*pass].structural)
    }

    fn run_target<R>(&mut self, known: &Known<'_, R>) -> Option<Proposal<T>>
    where
        R: Fn(&[Item]) -> Option<Candidate<T>>,
    {
        let doubt = self.rechecking && known.recheck == Some(Recheck::Everything);
        let run = PASSES[self.pass].run;
        let targets = self.targets.clone();
        let (base, round, target) = (self.base.clone(), self.round, self.target);
        let mut log = std::mem::take(&mut self.log);
        let mut proposal = None;
        let mut judge = |edit: &Edit, aim: Aim| {
            let best = &self.best;
            let candidate = (known.regenerate)(&edit.items(&best.trace));
            if aim == Aim::Weigh {
                return Some(Outcome::Weighed(candidate.map(|candidate| candidate.cost)));
            }
            let smaller = |candidate: &Candidate<T>| candidate.compare(best).is_lt();
            let Some(candidate) = candidate.filter(smaller) else {
                return Some(Outcome::Rejected);
            };
            match known.tried.get(&candidate.key) {
                Some(Ok(())) => {
                    let outcome = Outcome::Accepted(candidate.trace.clone(), candidate.cost);
                    self.accept(Arc::new(candidate), edit);
                    Some(outcome)
                }
                Some(Err(recheck)) if *recheck == self.rechecks => Some(Outcome::Rejected),
                _ if known.asked.contains(&candidate.key) => Some(Outcome::Rejected),
                _ => {
                    let (candidate, edit) = (Arc::new(candidate), edit.clone());
                    proposal = Some(Proposal { candidate, edit });
                    None
                }
            }
        };
        let mut trial =
            Trial::new(base.trace.clone(), base.cost, (round, doubt), &mut log, &mut judge);
        // A pass that is left pending has made a proposal; one that came to its end has not.
        let _ = run(&mut trial, &targets[target]);
        self.log = log;
        proposal
    }
}
