//! One execution of a case that is suspected, and what it says of the suspicion.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::first::{self, Firsts};
use super::suspicion::Bucket;
use super::{clean, hooks};
use crate::case::{Call, Case, History, Step};
use crate::check::{Check, Failure, Surroundings};
use crate::execute::{Connections, Executor};

/// How long was waited on purpose in all probes: that takes none of a service's time.
#[derive(Debug, Default)]
pub(super) struct Waited(AtomicU64);

impl Waited {
    /// How long so far.
    pub(super) fn so_far(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    fn note(&self, history: &History) {
        let pauses: Duration = history.case.steps.iter().filter_map(Step::wait).sum();
        let bends: Duration = history.exchanges.iter().map(|own| own.times.injected).sum();
        let micros = u64::try_from((pauses + bends).as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Who looks at cases, for one failure.
#[derive(Clone, Copy)]
pub(super) struct Prober<'p> {
    pub(super) executor: &'p Arc<Executor>,
    pub(super) surroundings: &'p Surroundings,
    pub(super) firsts: &'p Firsts,
    pub(super) check: &'static dyn Check,
    pub(super) bucket: &'p Bucket,
    /// Whether only that counts which fails of a call that is made a second time, and did not the first
    /// time.
    pub(super) repeated: bool,
    /// How long was waited on purpose.
    pub(super) waited: &'p Waited,
    /// Whether what an execution made is taken away before the next one.
    pub(super) tidies: bool,
}

/// What came of one execution.
#[derive(Debug)]
pub(super) struct Probed {
    pub(super) history: Arc<History>,
    /// What the check sent further.
    pub(super) further: Vec<Arc<History>>,
    /// The failure, where it is there again.
    pub(super) failure: Option<Failure>,
}

impl Prober<'_> {
    /// The same, after each of whose looks what it made is taken away.
    pub(super) fn tidying(self) -> Self {
        Self { tidies: true, ..self }
    }

    /// Executes and judges a case on new connections. `within` bounds the wait for each answer.
    pub(super) async fn probe(&self, case: &Arc<Case>, within: Option<Duration>) -> Probed {
        let history = hooks::execute(self.executor, case, Connections::Fresh, within).await;
        if history.exchanges.is_empty() {
            return Probed { history, further: Vec::new(), failure: None };
        }
        self.firsts.note(first::answers(&history));
        let judged = self.executor.judge_fully(self.check, &history, self.surroundings).await;
        if self.tidies {
            Box::pin(clean::tidy(self.executor)).await;
        }
        std::iter::once(&history).chain(&judged.further).for_each(|own| self.waited.note(own));
        let is_it = |failure: &&Failure| self.bucket.is_of(failure, &history);
        // Where the first of two is about what is new in each execution, and fails as well, it is not that
        // there are two.
        let first_fails = |at: &str| {
            let is_new = |call: &&Call| call.values().any(|value| !value.is_concrete());
            let twin = first::twin(case, at).filter(is_new);
            twin.is_some_and(|twin| {
                judged.failures.iter().filter(is_it).any(|first| first.at == twin.id)
            })
        };
        let counts = |failure: &&Failure| {
            !self.repeated
                || self.firsts.is_by_repeating(&history, &failure.at) && !first_fails(&failure.at)
        };
        let failure = judged.failures.iter().filter(is_it).find(counts).cloned();
        let failure = failure.filter(|_| !self.executor.stop.is_asked());
        Probed { history, further: judged.further, failure }
    }
}

impl From<Probed> for (Arc<History>, Option<Failure>) {
    fn from(probed: Probed) -> Self {
        (probed.history, probed.failure)
    }
}
