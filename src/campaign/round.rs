//! One round: cases executed by workers at once, judged against one frozen state of knowledge.
//!
//! What a round gives does not depend on which worker was faster: results stand in the order of the
//! jobs, and what was learned is folded after the round.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::Settings;
use super::job::{Done, Job, Last, Occasions};
use crate::case::{Case, Exchange, History};
use crate::check::{Occasion, Surroundings, View};
use crate::execute::{Connections, Executor};

/// A control call follows after at most so many cases.
const CASES_PER_CONTROL: usize = 16;

/// 503 Service Unavailable (RFC 9110, section 15.6.4): too many calls at once, as a rule.
pub(super) const BUSY: u16 = 503;

/// What a round is given.
#[derive(Debug)]
pub(super) struct Orders {
    pub(super) executor: Arc<Executor>,
    pub(super) settings: Arc<Settings>,
    pub(super) surroundings: Arc<Surroundings>,
    pub(super) jobs: Vec<Job>,
    pub(super) deadline: Option<Instant>,
    /// What checks sent more for already.
    pub(super) occasions: Arc<Occasions>,
    /// For each operation, whether what it accepts is to be kept whole.
    pub(super) keep_accepted: Vec<bool>,
}

/// What the workers of a round share.
#[derive(Debug)]
struct Shared {
    orders: Orders,
    next: AtomicUsize,
    unwell: AtomicBool,
}

/// What a round gave.
#[derive(Debug)]
pub(super) struct Round {
    /// The judged cases, in the order of their jobs.
    pub(super) done: Vec<Done>,
    /// Where a control call failed: the cases executed until then, worked out again.
    pub(super) unwell: Option<Vec<Arc<Case>>>,
}

/// Executes jobs by several workers.
pub(super) async fn run(orders: Orders, workers: usize) -> Round {
    let workers = workers.clamp(1, orders.jobs.len().max(1));
    let shared =
        Arc::new(Shared { orders, next: AtomicUsize::new(0), unwell: AtomicBool::new(false) });
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
    let Orders { jobs, executor, settings, .. } = &shared.orders;
    let unwell = shared.unwell.load(Ordering::Relaxed).then(|| {
        let sent = done
            .iter()
            .filter_map(|(index, _)| jobs.get(*index)?.case(&executor.service, settings));
        sent.map(Arc::new).collect()
    });
    Round { done: done.into_iter().map(|(_, done)| done).collect(), unwell }
}

async fn work(shared: &Shared) -> Vec<(usize, Done)> {
    let Orders { executor, settings, surroundings, jobs, deadline, .. } = &shared.orders;
    let mut all = Vec::new();
    let mut since_control = 0;
    loop {
        let over = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if over || executor.stop.signal().is_some() || shared.unwell.load(Ordering::Relaxed) {
            return all;
        }
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(index) else { return all };
        let Some(case) = job.case(&executor.service, settings) else { continue };
        let history = executor.run(&Arc::new(case), Connections::Pooled).await;
        if let Some(done) = judge(&shared.orders, job, history) {
            all.push((index, done));
        }
        since_control += 1;
        if since_control == CASES_PER_CONTROL {
            since_control = 0;
            if let Some(control) = &surroundings.control
                && !is_well(executor, control).await
            {
                shared.unwell.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn judge(orders: &Orders, job: &Job, history: History) -> Option<Done> {
    let Orders { executor, settings, surroundings, .. } = orders;
    // A case that could not be begun proves nothing.
    let exchange = history.exchanges.last()?;
    let last = Last::of(&history.case, exchange);
    let view = View::new(&executor.service, &history, surroundings);
    let mut failures = Vec::new();
    let mut occasions = Vec::new();
    let operation = executor.service.operations.get(job.operation);
    for check in &settings.checks {
        if settings.excludes(check.name(), operation) {
            continue;
        }
        match check.occasion(&view) {
            Occasion::Never => {}
            Occasion::Once(key) if orders.occasions.contains(check.name(), &key) => {}
            Occasion::Once(key) => occasions.push((*check, Some(key.into_owned()))),
            Occasion::Always => occasions.push((*check, None)),
        }
        failures.extend(check.judge(&view, &[]));
    }
    drop(view);
    let accepted = history.case.call(&exchange.call).filter(|_| last.is_success());
    let print = accepted.and_then(|call| surroundings.accepted.print(call));
    let keep = last.is_success() && orders.keep_accepted.get(job.operation) == Some(&true);
    let wanted = keep || !failures.is_empty() || !occasions.is_empty();
    let history = wanted.then(|| Arc::new(history));
    let (operation, class) = (job.operation, job.class());
    Some(Done { operation, class, last, history, print, failures, occasions })
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
