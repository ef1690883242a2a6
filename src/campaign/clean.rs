//! Cleaning up: what the run made is taken away again, the latest first, and what is left is told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream;

use super::recheck::may_hang_on_others;
use super::round::BUSY;
use super::{Campaign, Event};
use crate::case::Case;
use crate::execute::{Connections, Executor, Made};

/// So long cleaning up takes at least, where there is so much to do.
const LEAST: Duration = Duration::from_secs(5);

/// So many things take a while: it is told before.
const TOLD: usize = 500;

/// What part of the time of a run it takes at most, beyond that.
const SHARE: f64 = 0.25;

/// The same midway, and no more than that.
const MIDWAY: f64 = 0.05;

/// So often a thing is tried to be taken away from a service that is busy, and so long it is waited before.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// What became of what a run made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// How many things were taken away, or were gone already.
    pub gone: u64,
    /// How many are left, by why.
    pub left: Vec<(String, u64)>,
    /// How many calls were broken off or not answered that may have made more.
    pub unseen: u64,
}

impl Campaign<'_> {
    /// Takes away what the run made, and withdraws what only that had brought about.
    pub(super) async fn clean_up(&mut self) {
        let most = self.settings.max_time.mul_f64(SHARE).max(LEAST);
        let count = self.executor.made_things();
        if count >= TOLD && self.settings.cleanup {
            (self.emit)(Event::Notice(format!("taking away {count} things that the run made")));
        }
        let untried = self.take_away_made(most).await;
        if !untried.is_empty() {
            let left = &mut self.cleaned.get_or_insert_default().left;
            left.push(("there was no time to take it away".to_owned(), untried.len() as u64));
            left.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        }
        self.recheck(most).await;
    }

    /// The same midway, where there is something to withdraw: what is sent next may leave things that no one
    /// knows of, and then that could not be told any more.
    pub(super) async fn clean_up_midway(&mut self) {
        if self.found.iter().any(|found| may_hang_on_others(found)) {
            let most = self.settings.max_time.mul_f64(MIDWAY);
            let untried = self.take_away_made(most).await;
            self.executor.give_back_made(untried);
            self.recheck(most).await;
        }
    }

    /// Takes away what was made, as far as that can be done in so much time; gives what there was none for.
    pub(super) async fn take_away_made(&mut self, most: Duration) -> Vec<Made> {
        let makings = self.executor.take_made();
        if !self.settings.cleanup || self.executor.stop.signal().is_some() {
            return Vec::new();
        }
        let Cleaned { mut gone, left, mut unseen } = self.cleaned.take().unwrap_or_default();
        unseen += makings.unseen;
        let mut left: BTreeMap<String, u64> = left.into_iter().collect();
        for (by, count) in makings.lasting {
            *left.entry(format!("what {by} made, no operation takes away")).or_default() += count;
        }
        for (by, count) in makings.forgotten {
            *left.entry(format!("more was made by {by} than is remembered")).or_default() += count;
        }
        let until = self.deadline.map(|_| Instant::now() + most);
        let executor = &self.executor;
        // What is nested goes before what it is nested in.
        let mut nested: BTreeMap<usize, Vec<Made>> = BTreeMap::new();
        for made in makings.things.into_iter().rev() {
            nested.entry(made.delete.path.len()).or_default().push(made);
        }
        let mut outcomes: Vec<Taken> = Vec::new();
        for things in nested.into_values().rev() {
            let work = stream::iter(things)
                .map(|made| take_away(executor, made, until))
                .buffered(self.width.max(1));
            outcomes.extend(work.collect::<Vec<_>>().await);
        }
        let mut untried = Vec::new();
        for outcome in outcomes {
            match outcome {
                Taken::Away => gone += 1,
                Taken::Not(why) => *left.entry(why).or_default() += 1,
                Taken::Untried(made) => untried.push(*made),
            }
        }
        let mut left: Vec<(String, u64)> = left.into_iter().collect();
        left.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let is_told = gone > 0 || !left.is_empty() || unseen > 0;
        self.cleaned = is_told.then_some(Cleaned { gone, left, unseen });
        untried
    }
}

/// Takes away what calls just made; what stays is left to the end.
pub(super) async fn tidy(executor: &Arc<Executor>) {
    let mut left = Vec::new();
    for made in executor.take_made_things() {
        if !matches!(take_away(executor, made.clone(), None).await, Taken::Away) {
            left.push(made);
        }
    }
    executor.give_back_made(left);
}

/// What became of one thing.
enum Taken {
    /// It is gone.
    Away,
    /// It is left, for this reason.
    Not(String),
    /// There was no time for it.
    Untried(Box<Made>),
}

/// Takes one thing away.
async fn take_away(executor: &Arc<Executor>, made: Made, until: Option<Instant>) -> Taken {
    if until.is_some_and(|until| Instant::now() >= until) || executor.stop.signal().is_some() {
        return Taken::Untried(Box::new(made));
    }
    let operation = made.delete.operation.clone();
    let case = Arc::new(Case::of(&*executor.service.name, made.delete.clone()));
    let mut history = executor.run(&case, Connections::Pooled).await;
    for _ in 1..TRIES {
        if history.last_status() != Some(BUSY) || executor.stop.is_asked() {
            break;
        }
        executor.sleep(PAUSE).await;
        history = executor.run(&case, Connections::Pooled).await;
    }
    if let Some(unfinished) = &history.unfinished {
        let is_over = executor.stop.is_asked();
        let why = unfinished.why.clone();
        return if is_over { Taken::Untried(Box::new(made)) } else { Taken::Not(why) };
    }
    match history.last_status() {
        Some(200..300 | 404 | 410) => Taken::Away,
        Some(status) => Taken::Not(format!("{operation} was answered {status}")),
        None => Taken::Not(format!("{operation} was not answered")),
    }
}
