//! The shrinker: a pure state machine that proposes candidates and is told what became of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::edit::Edit;
use super::pass::{PASSES, Target};
use super::place::{Place, element_of, steps};
use super::trial::{Aim, Outcome, Trial};
use super::{Boundary, Budget, Candidate, Verdict, irrelevant};
use crate::choice::{Item, Trace};

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
type Tried = HashMap<Vec<u8>, Result<(), usize>>;

/// A candidate with the change that made it.
#[derive(Debug)]
struct Proposal<T> {
    candidate: Arc<Candidate<T>>,
    edit: Edit,
}

/// How far the shrinker has come. A clone of it runs ahead to speculate.
#[derive(Debug)]
struct Cursor<T> {
    round: usize,
    pass: usize,
    targets: Arc<[Target]>,
    target: usize,
    /// The best when the pass came to its target.
    base: Arc<Candidate<T>>,
    best: Arc<Candidate<T>>,
    /// What came of the changes that the pass tried at its target.
    log: Vec<Outcome>,
    /// The best when the round began.
    round_began: Arc<Candidate<T>>,
    irrelevant: Vec<Place>,
    /// Whether the structure is being tried again without relying on what is known.
    rechecking: bool,
    /// How often that was begun.
    rechecks: usize,
    done: bool,
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
    fn new(first: Arc<Candidate<T>>) -> Self {
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

    fn begin_round(&mut self, round: usize) {
        self.round = round;
        self.round_began = self.best.clone();
        self.begin_pass(0);
    }
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
                let asked = HashSet::new();
                let Self { cursor, regenerate, tried, recheck, .. } = self;
                self.pending = advance(cursor, regenerate, tried, &asked, *recheck);
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
            let next = advance(&mut ahead, &self.regenerate, &self.tried, &asked, self.recheck);
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
            accept(&mut self.cursor, candidate, &edit);
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
            accept(&mut self.cursor, Arc::new(shorter), &edit);
        }
    }
}

fn accept<T>(cursor: &mut Cursor<T>, candidate: Arc<Candidate<T>>, edit: &Edit) {
    let old: &Trace = &cursor.best.trace;
    cursor.irrelevant = irrelevant::carry(&cursor.irrelevant, old, edit, &candidate.trace);
    cursor.best = candidate;
}

/// Runs the passes until a candidate needs a probe. Candidates of the keys in `asked` count as
/// passing.
fn advance<T>(
    cursor: &mut Cursor<T>,
    regenerate: &impl Fn(&[Item]) -> Option<Candidate<T>>,
    tried: &Tried,
    asked: &HashSet<Vec<u8>>,
    recheck: Option<Recheck>,
) -> Option<Proposal<T>> {
    while !cursor.done {
        if cursor.target < cursor.targets.len() {
            let proposal = run_target(cursor, regenerate, tried, asked, recheck);
            if proposal.is_some() {
                return proposal;
            }
            cursor.begin_target(cursor.target + 1);
        } else if let Some(next) = next_pass(cursor, recheck) {
            cursor.begin_pass(next);
        } else if cursor.round == 0 || !Arc::ptr_eq(&cursor.best, &cursor.round_began) {
            // There is always a second round: some passes leave the dear things to it.
            cursor.rechecking = false;
            cursor.begin_round(cursor.round + 1);
        } else if recheck.is_some() && !cursor.rechecking {
            cursor.rechecking = true;
            cursor.rechecks += 1;
            cursor.begin_round(cursor.round + 1);
        } else {
            cursor.done = true;
        }
    }
    None
}

fn next_pass<T>(cursor: &Cursor<T>, recheck: Option<Recheck>) -> Option<usize> {
    let all = !cursor.rechecking || recheck == Some(Recheck::Everything);
    let wanted = |pass: &usize| all || PASSES[*pass].structural;
    (cursor.pass + 1..PASSES.len()).find(wanted)
}

fn run_target<T>(
    cursor: &mut Cursor<T>,
    regenerate: &impl Fn(&[Item]) -> Option<Candidate<T>>,
    tried: &Tried,
    asked: &HashSet<Vec<u8>>,
    recheck: Option<Recheck>,
) -> Option<Proposal<T>> {
    let doubt = cursor.rechecking && recheck == Some(Recheck::Everything);
    let pass = &PASSES[cursor.pass];
    let targets = cursor.targets.clone();
    let (base, round, target) = (cursor.base.clone(), cursor.round, cursor.target);
    let mut log = std::mem::take(&mut cursor.log);
    let mut proposal = None;
    let mut judge = |edit: &Edit, aim: Aim| {
        let best = &cursor.best;
        let candidate = regenerate(&edit.items(&best.trace));
        if aim == Aim::Weigh {
            return Some(Outcome::Weighed(candidate.map(|candidate| candidate.cost)));
        }
        let Some(candidate) = candidate.filter(|candidate| candidate.compare(best).is_lt()) else {
            return Some(Outcome::Rejected);
        };
        match tried.get(&candidate.key) {
            Some(Ok(())) => {
                let outcome = Outcome::Accepted(candidate.trace.clone(), candidate.cost);
                accept(cursor, Arc::new(candidate), edit);
                Some(outcome)
            }
            Some(Err(recheck)) if *recheck == cursor.rechecks => Some(Outcome::Rejected),
            _ if asked.contains(&candidate.key) => Some(Outcome::Rejected),
            _ => {
                proposal = Some(Proposal { candidate: Arc::new(candidate), edit: edit.clone() });
                None
            }
        }
    };
    let mut trial = Trial::new(base.trace.clone(), base.cost, (round, doubt), &mut log, &mut judge);
    // A pass that is left pending has made a proposal; one that came to its end has not.
    let _ = (pass.run)(&mut trial, &targets[target]);
    cursor.log = log;
    proposal
}
