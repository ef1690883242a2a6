//! Folding: what a round gave is taken in, in the order of its jobs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use futures_util::{StreamExt, stream};

use super::Campaign;
use super::find::Seen;
use super::job::{Done, Told, Worth};
use super::suspicion::Bucket;
use crate::case::{Exchange, History};
use crate::check::{self, Check, Failure, Ranked, Surroundings, strongest};
use crate::spec::Operation;
use crate::value::read;

/// So many times as many follow-ups as cases are under way at once: most of their time they wait.
const WAITING: usize = 4;

/// What is held back at most while nothing is followed yet: memory must stay flat.
const MOST_OPEN: usize = 4_096;

/// One late answer keeps others waiting as long as so many quick ones do.
const DEAR: u32 = 8;

/// What a case leaves to be looked at.
#[derive(Debug)]
pub(super) struct Open {
    history: Arc<History>,
    /// What the case tried.
    class: &'static str,
    failures: Vec<Failure>,
    occasions: Vec<(&'static dyn Check, Worth)>,
}

/// What a check wants sent further before it can judge.
struct Wanted {
    check: &'static dyn Check,
    history: Arc<History>,
    /// What the case tried.
    class: &'static str,
}

impl Campaign<'_> {
    /// Takes in one judged case: counts it, learns from it. What it leaves to be looked at stays open.
    pub(super) fn fold(&mut self, done: Done) {
        let Done { class, sequence, last, earlier, history, answers, echoes, failures, occasions } =
            done;
        self.firsts.note(answers);
        self.ledger.cases += 1;
        self.part.cases += 1;
        let (operation, accepted) = (last.operation, last.answer.is_success());
        for told in earlier.into_iter().chain([last]) {
            self.count(told);
        }
        if !echoes.is_empty() {
            Arc::make_mut(&mut self.learned().echoes).record(echoes);
        }
        self.tell();
        let Some(history) = history else { return };
        if accepted {
            self.learn_accepted(operation, &history);
        }
        self.hear(&history);
        if let Some(sequence) = sequence {
            self.learn_sequence(&history, &sequence);
        }
        if !failures.is_empty() || !occasions.is_empty() {
            self.open.push(Open { history, class, failures, occasions });
        }
    }

    /// Looks at what is open, unless there is something better to do first: until each operation was
    /// tried, looking at what was found would take the time that the others need.
    pub(super) async fn follow(&mut self) {
        if self.reaching && self.open.len() < MOST_OPEN {
            return;
        }
        let mut wanted = Vec::new();
        for Open { history, class, failures, occasions } in std::mem::take(&mut self.open) {
            for ranked in strongest(failures) {
                if self.is_ended() {
                    return;
                }
                self.suspect(&history, ranked, class, None).await;
            }
            for (check, worth) in occasions {
                let occasions = Arc::make_mut(&mut self.occasions);
                let worth = match worth {
                    Worth::Always => true,
                    Worth::Once(key) => occasions.insert(check.name(), key),
                    Worth::Often(key) => occasions.again(check.name(), key),
                };
                if worth {
                    wanted.push(Wanted { check, history: Arc::clone(&history), class });
                }
            }
        }
        self.ask_further(wanted).await;
    }

    /// Takes in the constants that answers tell, as long as there is room.
    fn hear(&mut self, history: &History) {
        for answer in history.exchanges.iter().filter_map(Exchange::answer) {
            if !self.heard.is_full()
                && (200..300).contains(&answer.status)
                && let Ok(json) = read::json(&answer.body)
            {
                Arc::make_mut(&mut self.heard).hear(&json);
            }
        }
    }

    /// What this run learns, to add to it. Between rounds nobody else reads it, so that nothing is copied.
    fn learned(&mut self) -> &mut Surroundings {
        Arc::make_mut(&mut self.surroundings)
    }

    /// Counts what came of a call, and learns from it.
    fn count(&mut self, told: Told) {
        let Told { operation, answer, print } = told;
        self.ledger.record(operation, &answer);
        let service = Arc::clone(&self.executor.service);
        if let Some(Operation { name, .. }) = service.operations.get(operation) {
            let learned = self.learned();
            if let Some(took) = answer.took {
                Arc::make_mut(&mut learned.latency).record(name, took);
            }
            if answer.is_success() {
                Arc::make_mut(&mut learned.accepted).record(name, print);
            }
        }
        let late = &mut self.late[operation];
        *late = if answer.late > 0 {
            late.saturating_add(answer.late.saturating_mul(DEAR))
        } else {
            late.saturating_sub(1)
        };
    }

    /// Whether even what was executed already is not followed any more.
    pub(super) fn is_ended(&self) -> bool {
        self.stopped.is_some() || self.executor.stop.signal().is_some() || self.is_enough()
    }

    /// How many executions are under way at once that wait most of their time.
    fn waiting(&self) -> usize {
        if self.width > 1 { self.width * WAITING } else { 1 }
    }

    /// Sends what checks want further, several at once, and follows what they find.
    async fn ask_further(&mut self, wanted: Vec<Wanted>) {
        let (executor, surroundings) = (&self.executor, &self.surroundings);
        let judge = async |wanted: Wanted| {
            let Wanted { check, history, .. } = &wanted;
            let judged = executor.judge_fully(*check, history, surroundings).await;
            (wanted, judged)
        };
        let judged = stream::iter(wanted).map(judge).buffered(self.waiting());
        // All before any is followed: what waits for its answers must not be left waiting.
        let judged: Vec<_> = judged.collect().await;
        let (service, settings) = (&self.executor.service, &self.settings);
        let mut suspects = Vec::new();
        for (Wanted { history, class, .. }, mut judged) in judged {
            let mut failures = std::mem::take(&mut judged.failures);
            failures.retain(|failure| settings.counts(service, &history.case, failure));
            for ranked in strongest(failures) {
                let (history, failure) = judged.shown(&history, ranked.failure);
                suspects.push((history, Ranked { failure, ..ranked }, class));
            }
        }
        let began = Instant::now();
        let mut seen = self.seen_at_once(&suspects).await;
        self.shrinking += began.elapsed();
        for (index, (history, ranked, class)) in suspects.into_iter().enumerate() {
            if self.is_ended() {
                return;
            }
            self.suspect(&history, ranked, class, seen.remove(&index)).await;
        }
    }

    /// Whether failures come back that are looked at with patience, several at once: by its number the
    /// first one of each kind of which nothing is known.
    async fn seen_at_once(
        &self,
        suspects: &[(Arc<History>, Ranked, &str)],
    ) -> HashMap<usize, Seen> {
        let mut new: Vec<(usize, &'static dyn Check, Bucket)> = Vec::new();
        for (index, (history, ranked, _)) in suspects.iter().enumerate() {
            let named = check::named(ranked.failure.check);
            let Some(check) = named.filter(|check| check.looks()) else { continue };
            let bucket = Bucket::of(&ranked.failure, history);
            let is_known = self.suspicions.knows(&bucket)
                || new.iter().any(|(_, _, other)| other.is_like(&bucket));
            if !is_known {
                new.push((index, check, bucket));
            }
        }
        let look = async |(index, check, bucket): (usize, &'static dyn Check, Bucket)| {
            (index, self.seen_again(check, &bucket, &suspects[index].0.case).await)
        };
        // One that is set back in the middle of another would not be what it seems.
        let width = if self.executor.may_overlap() { self.waiting() } else { 1 };
        stream::iter(new).map(look).buffered(width).collect().await
    }
}
