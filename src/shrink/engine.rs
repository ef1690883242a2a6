//! The shrinker: a pure state machine that proposes candidates and is told what became of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::cursor::{Cursor, Known, Proposal, Recheck, Tried};
use super::pass::PASSES;
use super::place::{Place, element_of, steps};
use super::trial::Outcome;
use super::{Boundary, Budget, Candidate, Edit, Verdict};
use crate::choice::Item;

/// Makes a failing candidate smaller, by probes that someone else executes.
///
/// `R` makes a candidate of items to replay; `None` where there is none that may take the place of
/// the first (other labels, for example). A candidate costs a probe only where it is strictly
/// smaller than the best and its key was not tried before. What is proposed depends on the first
/// candidate and the verdicts alone.
#[derive(Debug)]
pub struct Shrinker<T, R> {
    regenerate: R,
    first: Arc<Candidate<T>>,
    cursor: Cursor<T>,
    pending: Option<Proposal<T>>,
    tried: Tried,
    /// Verdicts that came before they were asked for.
    prepaid: HashMap<Vec<u8>, Verdict>,
    passed: Vec<Arc<Candidate<T>>>,
    /// What was the best before, with the places known to be irrelevant then.
    former: Vec<(Arc<Candidate<T>>, Vec<Place>)>,
    budget: Budget,
    recheck: Option<Recheck>,
    probes: usize,
    by_pass: Vec<usize>,
    cut_short: bool,
}

impl<T, R: Fn(&[Item]) -> Option<Candidate<T>>> Shrinker<T, R> {
    /// A shrinker of a candidate that fails, at this step counted from 0 where that is known.
    pub fn new(first: Candidate<T>, at_step: Option<usize>, regenerate: R) -> Self {
        let first = Arc::new(first);
        let tried = HashMap::from([(first.key.clone(), Ok(()))]);
        let mut shrinker = Self {
            regenerate,
            cursor: Cursor::new(first.clone()),
            first,
            pending: None,
            tried,
            prepaid: HashMap::new(),
            passed: Vec::new(),
            former: Vec::new(),
            budget: Budget::unlimited(),
            recheck: None,
            probes: 0,
            by_pass: vec![0; PASSES.len()],
            cut_short: false,
        };
        shrinker.truncate(at_step);
        shrinker.first = shrinker.cursor.best.clone();
        shrinker.cursor = Cursor::new(shrinker.first.clone());
        shrinker
    }

    /// Limits what it may cost.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Tries things once more at the end without relying on earlier verdicts, until that changes
    /// nothing.
    #[must_use]
    pub fn with_recheck(mut self, recheck: Recheck) -> Self {
        self.recheck = Some(recheck);
        self
    }

    /// Begins again with the first candidate, with all verdicts forgotten and all to be rechecked
    /// since they may err; what was spent stays spent.
    pub fn restart_with_doubt(&mut self) {
        self.recheck = Some(Recheck::Everything);
        self.cursor = Cursor::new(self.first.clone());
        self.pending = None;
        self.tried = HashMap::from([(self.first.key.clone(), Ok(()))]);
        self.prepaid.clear();
        self.passed.clear();
        self.former.clear();
        self.cut_short = false;
    }

    /// Goes back to the best before the last accepted candidate, which failed only spuriously, and
    /// on from there. False where there is none.
    pub fn retract(&mut self) -> bool {
        let Some((former, irrelevant)) = self.former.pop() else { return false };
        let known = Err(self.cursor.rechecks);
        self.tried.insert(self.cursor.best.key.clone(), known);
        let mut cursor = Cursor::new(former);
        cursor.begin_round(self.cursor.round + 1);
        (cursor.irrelevant, cursor.rechecks) = (irrelevant, self.cursor.rechecks);
        self.cursor = cursor;
        self.pending = None;
        true
    }

    /// The next candidate to probe, smaller than the best; the same one until it is answered.
    /// `None` at the end.
    pub fn propose(&mut self) -> Option<Arc<Candidate<T>>> {
        loop {
            if self.pending.is_none() {
                if self.cursor.done {
                    return None;
                }
                let Self { cursor, regenerate, tried, recheck, prepaid, .. } = self;
                let (rechecks, asked) = (cursor.rechecks, HashSet::new());
                let known = Known { regenerate, tried, asked: &asked, recheck: *recheck };
                self.pending = cursor.advance(&known);
                if cursor.rechecks > rechecks {
                    prepaid.clear();
                }
            }
            let candidate = self.pending.as_ref()?.candidate.clone();
            if self.budget.left(self.probes) == 0 {
                self.stop();
                return None;
            }
            match self.prepaid.remove(&candidate.key) {
                Some(verdict) => self.answer(verdict),
                None => return Some(candidate),
            }
        }
    }

    /// The next candidates, at most `width` of them, if each before would pass. The first is that
    /// of [`Self::propose`]; verdicts are given by [`Self::prepay`].
    pub fn speculate(&mut self, width: usize) -> Vec<Arc<Candidate<T>>> {
        let Some(first) = self.propose() else { return Vec::new() };
        let width = width.min(self.budget.left(self.probes)).max(1);
        let mut ahead = self.cursor.clone();
        let mut asked = HashSet::from([first.key.clone()]);
        let mut candidates = vec![first];
        while candidates.len() < width {
            ahead.log.push(Outcome::Rejected);
            let Self { regenerate, tried, recheck, .. } = self;
            let next =
                ahead.advance(&Known { regenerate, tried, asked: &asked, recheck: *recheck });
            let Some(Proposal { candidate, .. }) = next else { break };
            asked.insert(candidate.key.clone());
            if !self.prepaid.contains_key(&candidate.key) {
                candidates.push(candidate);
            }
        }
        candidates
    }

    /// Gives the verdict on a candidate that was speculated about. It counts as a probe only when
    /// its turn comes, so that nothing depends on how far was speculated.
    pub fn prepay(&mut self, candidate: &Candidate<T>, verdict: Verdict) {
        self.prepaid.insert(candidate.key.clone(), verdict);
    }

    /// Gives the verdict on what [`Self::propose`] gave. Without a proposal it is ignored.
    pub fn answer(&mut self, verdict: Verdict) {
        let Some(Proposal { candidate, edit }) = self.pending.take() else { return };
        self.probes += 1;
        self.by_pass[self.cursor.pass] += 1;
        let known = if verdict.is_failure() { Ok(()) } else { Err(self.cursor.rechecks) };
        self.tried.insert(candidate.key.clone(), known);
        let outcome = if let Verdict::Fails { at_step } = verdict {
            self.former.push((self.cursor.best.clone(), self.cursor.irrelevant.clone()));
            self.cursor.accept(candidate, &edit);
            self.truncate(at_step);
            Outcome::Accepted(self.cursor.best.trace.clone(), self.cursor.best.cost)
        } else {
            if verdict == Verdict::Passes {
                self.passed.push(candidate);
            }
            Outcome::Rejected
        };
        self.cursor.log.push(outcome);
    }

    /// Ends here; the best so far stands.
    pub fn stop(&mut self) {
        self.cut_short |= !self.cursor.done;
        self.cursor.done = true;
        self.pending = None;
    }

    /// The smallest candidate known to fail.
    pub fn best(&self) -> &Arc<Candidate<T>> {
        &self.cursor.best
    }

    /// Whether it came to its end: no pass makes the best smaller.
    pub fn is_minimal(&self) -> bool {
        self.cursor.done && !self.cut_short
    }

    /// How many probes were answered.
    pub fn probes(&self) -> usize {
        self.probes
    }

    /// How many probes each pass took.
    pub fn probes_by_pass(&self) -> impl Iterator<Item = (&'static str, usize)> + '_ {
        PASSES.iter().map(|pass| pass.name).zip(self.by_pass.iter().copied())
    }

    /// The nearest passing neighbour of the best, among what was probed.
    pub fn boundary(&self) -> Option<Boundary<T>> {
        Boundary::of(self.best(), &self.passed)
    }

    /// The choices of the best that were made the simplest without changing the verdict.
    pub fn irrelevant(&self) -> Vec<Place> {
        let trace = &self.best().trace;
        let here = |place: &&Place| place.find_choice(trace).is_some() && place.is_simple(trace);
        self.cursor.irrelevant.iter().filter(here).cloned().collect()
    }

    /// The best with an edit, whatever it would cost: to see what a place stands for.
    pub fn variant(&self, edit: &Edit) -> Option<Candidate<T>> {
        (self.regenerate)(&edit.items(&self.best().trace))
    }

    /// Drops what comes after the failing step: the service has already executed just that.
    fn truncate(&mut self, at_step: Option<usize>) {
        let Some(at_step) = at_step else { return };
        let best = self.cursor.best.clone();
        let edit = steps(&best.trace)
            .into_iter()
            .skip(at_step.saturating_add(1))
            .filter_map(|step| element_of(&best.trace, step))
            .fold(Edit::new(), Edit::delete);
        if edit.is_empty() {
            return;
        }
        let Some(shorter) = (self.regenerate)(&edit.items(&best.trace)) else { return };
        if shorter.compare(&best).is_lt() {
            self.tried.insert(shorter.key.clone(), Ok(()));
            self.cursor.accept(Arc::new(shorter), &edit);
        }
    }
}
