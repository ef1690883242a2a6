//! Folding: what a round gave is taken in, in the order of its jobs.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::Campaign;
use super::job::{Done, Told};
use crate::case::{Exchange, History};
use crate::check::{Check, Ranked, strongest};
use crate::value::read;

/// What a check wants sent further before it can judge.
pub(super) struct Wanted {
    check: &'static dyn Check,
    history: Arc<History>,
    /// What the case tried.
    class: &'static str,
}

impl Campaign<'_> {
    /// Takes in one judged case: counts it, learns from it, follows its failures. Gives what its checks
    /// want sent further.
    pub(super) async fn fold(&mut self, done: Done) -> Vec<Wanted> {
        let Done { class, sequence, last, earlier, history, echoes, failures, occasions } = done;
        self.ledger.cases += 1;
        let (operation, accepted) = (last.operation, last.answer.is_success());
        for told in earlier.into_iter().chain([last]) {
            self.count(told);
        }
        if !echoes.is_empty() {
            Arc::make_mut(&mut self.echoes).record(echoes);
        }
        self.tell();
        let Some(history) = history else { return Vec::new() };
        if accepted {
            self.learn_accepted(operation, &history);
        }
        self.hear(&history);
        if let Some(sequence) = sequence {
            self.learn_sequence(&history, &sequence);
        }
        for ranked in strongest(failures) {
            if self.is_ended() {
                return Vec::new();
            }
            self.suspect(&history, ranked, class).await;
        }
        let mut wanted = Vec::new();
        for (check, key) in occasions {
            let worth = match key {
                Some(key) => Arc::make_mut(&mut self.occasions).insert(check.name(), key),
                None => true,
            };
            if worth {
                wanted.push(Wanted { check, history: Arc::clone(&history), class });
            }
        }
        wanted
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

    /// Counts what came of a call, and learns from it.
    fn count(&mut self, told: Told) {
        let Told { operation, answer, print } = told;
        self.ledger.record(operation, &answer);
        if let Some(operation) = self.executor.service.operations.get(operation) {
            if let Some(took) = answer.took {
                Arc::make_mut(&mut self.latency).record(&operation.name, took);
            }
            if answer.is_success() {
                Arc::make_mut(&mut self.accepted).record(&operation.name, print);
            }
        }
        self.timeouts[operation] += usize::from(answer.timed_out);
    }

    /// Whether even what was executed already is not followed any more.
    pub(super) fn is_ended(&self) -> bool {
        self.stopped.is_some() || self.executor.stop.signal().is_some() || self.is_enough()
    }

    /// Sends what checks want further, several at once, and follows what they find.
    pub(super) async fn ask_further(&mut self, wanted: Vec<Wanted>) {
        let (executor, surroundings) = (&self.executor, &self.surroundings);
        let judge = async |wanted: Wanted| {
            let Wanted { check, history, .. } = &wanted;
            let judged = executor.judge_fully(*check, history, surroundings).await;
            (wanted, judged)
        };
        let judged = stream::iter(wanted).map(judge).buffered(self.width.max(1));
        // All before any is followed: what waits for its answers must not be left waiting.
        let judged: Vec<_> = judged.collect().await;
        for (Wanted { history, class, .. }, mut judged) in judged {
            let (service, settings) = (&self.executor.service, &self.settings);
            let mut failures = std::mem::take(&mut judged.failures);
            failures.retain(|failure| settings.counts(service, &history.case, failure));
            for ranked in strongest(failures) {
                if self.is_ended() {
                    return;
                }
                let (history, failure) = judged.shown(&history, ranked.failure);
                self.suspect(&history, Ranked { failure, ..ranked }, class).await;
            }
        }
    }
}
