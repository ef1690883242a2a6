//! When a service is gone and does not come back: what it died of, as far as that can be told without it.

use std::cmp::Reverse;
use std::sync::Arc;

use super::Campaign;
use super::proof::Proof;
use super::reduce::Reduced;
use super::suspicion::Bucket;
use crate::case::{Call, Case, History, Outcome, Release, Step, Together};
use crate::check::{Failure, Severity, View};

/// The check that says it: nothing is worse than a service that is gone.
const CHECK: &str = "connection_dropped";

/// What sets calls of several cases apart, for as many as a case may have at once.
const MARKS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// Whether the service went away instead of an answer to the last call of a history.
pub(super) fn was_under_way(history: &History) -> bool {
    let last = history.exchanges.last();
    let is_cut_off = last.is_some_and(|last| match &last.outcome {
        Outcome::Dropped { received, .. } => received.is_empty() && last.times.sent.is_some(),
        _ => false,
    });
    is_cut_off && history.case.own_calls().all(|call| call.perturb.is_empty())
}

impl Campaign<'_> {
    /// Ends the run, with what was under way when the service went as a finding: it cannot be told alone
    /// any more which call it was.
    pub(super) fn end_with_death(&mut self, under_way: &[Arc<History>]) {
        let why = "the service takes no connections any more";
        self.stopped.get_or_insert_with(|| why.to_owned());
        let is_asked = self.settings.checks.iter().any(|check| check.name() == CHECK);
        let Some(history) = at_once(under_way).filter(|_| is_asked) else { return };
        let surroundings = Arc::clone(&self.surroundings);
        let view = View::new(&self.executor.service, &history, &surroundings);
        let Some(seen) = view.last() else { return };
        let why = match under_way.len() {
            1 => format!(
                "{}: the service closes the connection without a byte of an answer, and takes no connections \
                 from then on",
                seen.title()
            ),
            _ => format!(
                "the service closes the connections of all calls that are under way, and takes none from then \
                 on: {}, one of those at once with it, or all of them end it",
                seen.title()
            ),
        };
        let failure = Failure::new(CHECK, seen, Severity::Error, "dropped", why);
        let failure = failure.wanting(["2XX", "4XX"]);
        drop(view);
        let bucket = Bucket::of(&failure, &history);
        let proof = Proof::of(&history);
        self.file(&bucket, &Reduced::not_at_all(history, failure), proof, &[], None);
    }
}

/// One history of what was under way: the last calls at once, behind all that came before each. Of more than a
/// case may hold, those that were sent last.
fn at_once(under_way: &[Arc<History>]) -> Option<Arc<History>> {
    let is_plain =
        |history: &&Arc<History>| matches!(history.case.steps.last(), Some(Step::Call(_)));
    let mut latest: Vec<&Arc<History>> = under_way.iter().filter(is_plain).collect();
    let begin = |history: &History| history.exchanges.last().map(|last| last.times.begin);
    latest.sort_by_key(|history| Reverse(begin(history)));
    let first = *latest.first().or(under_way.first().as_ref())?;
    if latest.len() < 2 {
        return Some(Arc::clone(first));
    }
    let (mut steps, mut calls): (Vec<Step>, Vec<Call>) = Default::default();
    let (mut before, mut last) = (Vec::new(), Vec::new());
    for (history, mark) in latest.into_iter().zip(MARKS) {
        let mut case = history.case.copied(mark);
        let Some(Step::Call(call)) = case.steps.pop() else { continue };
        calls.push(call);
        steps.append(&mut case.steps);
        let mut exchanges = history.exchanges.clone();
        for exchange in &mut exchanges {
            exchange.call.push_str(mark);
        }
        last.extend(exchanges.pop());
        before.append(&mut exchanges);
    }
    let group = Together { id: "death".to_owned(), wait: None, release: Release::Plain, calls };
    steps.push(Step::Together(group));
    let case = Arc::new(Case { steps, ..(*first.case).clone() });
    before.append(&mut last);
    let whole = History { case, exchanges: before, unfinished: None };
    Some(Arc::new(whole.numbered().0))
}
