//! One round: cases executed by workers at once, judged against one frozen state of knowledge.
//!
//! What a round gives does not depend on which worker was faster: results stand in the order of the
//! jobs, and what was learned is folded after the round.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::Settings;
use super::job::{Done, Job};
use crate::case::{Case, Exchange};
use crate::check::{Occasion, Surroundings, View};
use crate::execute::{Connections, Executor};

/// A control call follows after at most so many cases.
const CASES_PER_CONTROL: usize = 16;

/// 503 Service Unavailable (RFC 9110, section 15.6.4): too many calls at once, as a rule.
pub(super) const BUSY: u16 = 503;

/// What the workers of a round share.
#[derive(Debug)]
struct Shared {
    executor: Arc<Executor>,
    settings: Arc<Settings>,
    surroundings: Arc<Surroundings>,
    jobs: Vec<Job>,
    next: AtomicUsize,
    deadline: Option<Instant>,
    unwell: AtomicBool,
}

/// What a round gave.
#[derive(Debug)]
pub(super) struct Round {
    /// The judged cases, in the order of their jobs.
    pub(super) done: Vec<Done>,
    /// Whether a control call failed.
    pub(super) unwell: bool,
}

/// Executes jobs by several workers.
pub(super) async fn run(
    executor: &Arc<Executor>,
    settings: &Arc<Settings>,
    surroundings: &Arc<Surroundings>,
    jobs: Vec<Job>,
    workers: usize,
    deadline: Option<Instant>,
) -> Round {
    let workers = workers.clamp(1, jobs.len().max(1));
    let shared = Arc::new(Shared {
        executor: Arc::clone(executor),
        settings: Arc::clone(settings),
        surroundings: Arc::clone(surroundings),
        jobs,
        next: AtomicUsize::new(0),
        deadline,
        unwell: AtomicBool::new(false),
    });
    let results = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let (shared, results) = (Arc::clone(&shared), Arc::clone(&results));
            tokio::spawn(async move {
                let done = work(&shared).await;
                results.lock().unwrap_or_else(PoisonError::into_inner).extend(done);
            })
        })
        .collect();
    for task in tasks {
        if let Err(error) = task.await
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
    }
    let mut done = std::mem::take(&mut *results.lock().unwrap_or_else(PoisonError::into_inner));
    done.sort_by_key(|(index, _)| *index);
    Round {
        done: done.into_iter().map(|(_, done)| done).collect(),
        unwell: shared.unwell.load(Ordering::Relaxed),
    }
}

async fn work(shared: &Shared) -> Vec<(usize, Done)> {
    let mut all = Vec::new();
    let mut since_control = 0;
    loop {
        let over = shared.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if over || shared.executor.stop.signal().is_some() || shared.unwell.load(Ordering::Relaxed)
        {
            return all;
        }
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(job) = shared.jobs.get(index) else { return all };
        let Some(case) = job.case(&shared.executor.service, &shared.settings) else { continue };
        let history = Arc::new(shared.executor.run(&Arc::new(case), Connections::Pooled).await);
        if let Some(done) = judge(shared, job, history) {
            all.push((index, done));
        }
        since_control += 1;
        if since_control == CASES_PER_CONTROL {
            since_control = 0;
            if let Some(control) = &shared.surroundings.control
                && !is_well(&shared.executor, control).await
            {
                shared.unwell.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn judge(shared: &Shared, job: &Job, history: Arc<crate::case::History>) -> Option<Done> {
    // A case that could not be begun proves nothing.
    history.exchanges.last()?;
    let executor = &shared.executor;
    let view = View::new(&executor.service, &history, &shared.surroundings);
    let mut failures = Vec::new();
    let mut occasions = Vec::new();
    let operation = executor.service.operations.get(job.operation);
    for check in &shared.settings.checks {
        if shared.settings.excludes(check.name(), operation) {
            continue;
        }
        match check.occasion(&view) {
            Occasion::Never => {}
            Occasion::Once(key) => occasions.push((*check, Some(key.to_owned()))),
            Occasion::Always => occasions.push((*check, None)),
        }
        failures.extend(check.judge(&view, &[]));
    }
    drop(view);
    let print = history.exchanges.last().and_then(|exchange| {
        let success = exchange.status().is_some_and(|status| (200..300).contains(&status));
        let call = history.case.call(&exchange.call).filter(|_| success)?;
        shared.surroundings.accepted.print(call)
    });
    Some(Done { operation: job.operation, class: job.class(), history, print, failures, occasions })
}

/// Whether a control call is answered as it should be.
pub(super) async fn is_well(executor: &Executor, control: &Arc<Case>) -> bool {
    let history = executor.run(control, Connections::Pooled).await;
    history.exchanges.last().is_some_and(answers)
}

/// Whether an exchange shows a service that is there: it answered, and with no error of its own. One
/// that says it is busy is there.
pub(super) fn answers(exchange: &Exchange) -> bool {
    exchange.status().is_some_and(|status| status < 500 || status == BUSY)
}
