//! One round: cases executed by workers at once, judged against one frozen state of knowledge.
//!
//! What a round gives does not depend on which worker was faster: results stand in the order of the
//! jobs, and what was learned is folded after the round.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;

use super::job::{Counted, Done, Job, LATE, Occasions, Plan, Told, Worth};
use super::{Settings, first, hooks};
use crate::case::{Case, Exchange, History};
use crate::check::{Occasion, Surroundings, View};
use crate::execute::{Connections, Executor};

/// The late calls of one operation take up to so many milliseconds of a round, all workers together,
/// before the rest of them waits for another one.
const MOST_SPENT: u64 = 5_000;

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
    /// The number of the next job.
    next: Next,
    unwell: AtomicBool,
    unconfirmed: AtomicUsize,
    /// For each operation, how long its late calls took in this round, in milliseconds.
    spent: Vec<AtomicU64>,
    /// The jobs that wait for another round, by number.
    postponed: Mutex<Vec<usize>>,
}

/// All workers write it for each case, and read what stands beside it: it fills lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Next(AtomicUsize);

impl Shared {
    /// Whether a job is better left for another round, since calls like it have taken so long: others
    /// would wait for it.
    fn postpones(&self, index: usize, job: &Job) -> bool {
        let spent = self.spent.get(job.operation).map(|spent| spent.load(Ordering::Relaxed));
        let postponed = spent.is_some_and(|spent| spent >= MOST_SPENT)
            && !matches!(job.plan, Plan::Sequence(_));
        if postponed {
            self.postponed.lock().unwrap_or_else(PoisonError::into_inner).push(index);
        }
        postponed
    }

    /// Notes how long a job took, where it was late.
    fn spend(&self, job: &Job, history: &History) {
        let times = history.exchanges.iter().map(|exchange| exchange.times.end);
        let late: Duration = times.filter(|time| *time >= LATE).sum();
        if late > Duration::ZERO
            && let Some(spent) = self.spent.get(job.operation)
        {
            spent.fetch_add(late.as_millis().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }
}

/// What a round gave.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// The judged cases, in the order of their jobs.
    pub(super) done: Vec<Done>,
    /// Operations with why nothing of a case is known: it could not be sent, or was given up.
    pub(super) unsent: Vec<(usize, String)>,
    /// How many jobs gave no case that is what its label says.
    pub(super) unconfirmed: usize,
    /// Where a control call failed: the cases sent until then, worked out again.
    pub(super) unwell: Option<Vec<Arc<Case>>>,
    /// The jobs that were not executed: for want of a service, or since others would have waited.
    pub(super) left: Vec<Job>,
}

/// Executes jobs by several workers.
pub(super) async fn run(orders: Orders, workers: usize) -> Round {
    let workers = workers.clamp(1, orders.jobs.len().max(1));
    let operations = orders.executor.service.operations.len();
    let shared = Arc::new(Shared {
        orders,
        next: Next::default(),
        unwell: AtomicBool::new(false),
        unconfirmed: AtomicUsize::new(0),
        spent: (0..operations).map(|_| AtomicU64::new(0)).collect(),
        postponed: Mutex::default(),
    });
    let results: Vec<Option<Result<Done, String>>> =
        shared.orders.jobs.iter().map(|_| None).collect();
    let results = Arc::new(Mutex::new(results));
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let (shared, results) = (Arc::clone(&shared), Arc::clone(&results));
            tokio::spawn(async move {
                // In a box: what a task is made of is moved as it ends.
                let done = Box::pin(work(&shared)).await;
                let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                for (index, result) in done {
                    results[index] = Some(result);
                }
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
    let results = std::mem::take(&mut *results.lock().unwrap_or_else(PoisonError::into_inner));
    let Orders { jobs, executor, settings, .. } = &shared.orders;
    let unconfirmed = shared.unconfirmed.load(Ordering::Relaxed);
    let mut round = Round { unconfirmed, ..Round::default() };
    let unwell = shared.unwell.load(Ordering::Relaxed);
    if unwell {
        let is_sent = |result: &Option<Result<Done, String>>| matches!(result, Some(Ok(done)) if done.last.answer.connected);
        let sent = jobs.iter().zip(&results).filter(|(_, result)| is_sent(result));
        let cases = sent.filter_map(|(job, _)| job.case(&executor.service, settings));
        round.unwell = Some(cases.map(Arc::new).collect());
    }
    // Where nothing at all was sent, trying again would go on for ever.
    let again = round.unwell.as_ref().is_some_and(|sent| !sent.is_empty());
    let mut left =
        std::mem::take(&mut *shared.postponed.lock().unwrap_or_else(PoisonError::into_inner));
    round.done.reserve(results.len());
    for (index, result) in results.into_iter().enumerate() {
        match result {
            Some(Ok(done)) if again && !done.last.answer.connected => left.push(index),
            Some(Ok(done)) => round.done.push(done),
            Some(Err(why)) => round.unsent.push((jobs[index].operation, why)),
            None => {}
        }
    }
    if unwell {
        left.extend(shared.next.0.load(Ordering::Relaxed).min(jobs.len())..jobs.len());
    }
    left.sort_unstable();
    round.left.extend(left.into_iter().filter_map(|index| jobs.get(index)).cloned());
    round
}

async fn work(shared: &Shared) -> Vec<(usize, Result<Done, String>)> {
    let Orders { executor, settings, surroundings, jobs, deadline, .. } = &shared.orders;
    let mut all = Vec::new();
    let mut since_control = 0;
    let mut end = pin!(executor.stop.asked().fuse());
    loop {
        let over = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if over || executor.stop.is_asked() || shared.unwell.load(Ordering::Relaxed) {
            return all;
        }
        let index = shared.next.0.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(index) else { return all };
        if shared.postpones(index, job) {
            continue;
        }
        let Some(case) = job.case(&executor.service, settings) else {
            shared.unconfirmed.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let case = Arc::new(case);
        let history = executor.run_until(&case, Connections::Pooled, None, end.as_mut()).await;
        shared.spend(job, &history);
        let judged = judge(&shared.orders, job, history);
        let is_lost = judged.as_ref().is_ok_and(|done| !done.last.answer.connected);
        all.push((index, judged));
        since_control += 1;
        if is_lost || since_control == CASES_PER_CONTROL {
            since_control = 0;
            let control = surroundings.control.as_ref();
            if (is_lost || control.is_some())
                && !is_well(executor, control).await
                && !executor.stop.is_asked()
            {
                shared.unwell.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Judges a case. One that could not be begun, or was given up, proves nothing: then why that is.
fn judge(orders: &Orders, job: &Job, history: History) -> Result<Done, String> {
    let Orders { executor, settings, surroundings, .. } = orders;
    let service = &executor.service;
    let told = |exchange: &Exchange| told(orders, &history.case, exchange);
    let Some((last, earlier)) = history.exchanges.split_last() else {
        return Err(history.unfinished.map(|unfinished| unfinished.why).unwrap_or_default());
    };
    let earlier: Vec<Told> = earlier.iter().filter_map(told).collect();
    let last = told(last).ok_or_else(|| "its operation is gone".to_owned())?;
    let view = View::new(service, &history, surroundings);
    let mut failures = Vec::new();
    let mut occasions = Vec::new();
    let operation = service.operations.get(last.operation);
    for check in &settings.checks {
        if settings.excludes(check.name(), operation) {
            continue;
        }
        match check.occasion(&view) {
            Occasion::Never => {}
            Occasion::Once(key) if orders.occasions.contains(check.name(), &key) => {}
            Occasion::Once(key) => occasions.push((*check, Worth::Once(key.into_owned()))),
            Occasion::Suspicious(key) => occasions.push((*check, Worth::Often(key.into_owned()))),
            Occasion::Always => occasions.push((*check, Worth::Always)),
        }
        failures.extend(check.judge(&view, &[]));
    }
    let echoes = surroundings.echoes.learn(&view);
    drop(view);
    if history.case.steps.len() > 1 {
        failures.retain(|failure| settings.counts(service, &history.case, failure));
    }
    let sequence = match &job.plan {
        Plan::Sequence(sequence) => Some(Arc::clone(sequence)),
        Plan::Planned(_) | Plan::Random { .. } | Plan::Recorded(_) => None,
    };
    let keep = last.answer.is_success() && orders.keep_accepted.get(job.operation) == Some(&true)
        || sequence.is_some();
    let wanted = keep || !failures.is_empty() || !occasions.is_empty();
    let answers = if executor.is_set_back() { Vec::new() } else { first::answers(&history) };
    let history = wanted.then(|| Arc::new(history));
    let class = job.class();
    Ok(Done { class, sequence, last, earlier, history, answers, echoes, failures, occasions })
}

/// What came of an exchange, with what there is to remember of its call.
fn told(orders: &Orders, case: &Case, exchange: &Exchange) -> Option<Told> {
    let operation = orders.executor.service.number(&exchange.operation)?;
    let answer = Counted::of(case, exchange);
    let accepted = case.call(&exchange.call).filter(|_| answer.is_success());
    let print = accepted.and_then(|call| orders.surroundings.accepted.print(call));
    Some(Told { operation, answer, print })
}

/// Whether a control call is answered as it should be; where there is none, whether the service takes
/// connections.
pub(super) async fn is_well(executor: &Executor, control: Option<&Arc<Case>>) -> bool {
    let Some(control) = control else { return !hooks::is_gone(executor).await };
    let history = executor.run(control, Connections::Pooled).await;
    history.exchanges.last().is_some_and(answers)
}

/// Whether an exchange shows a service that is there: it answered, and with no error of its own. One
/// that says it is busy is there.
pub(super) fn answers(exchange: &Exchange) -> bool {
    exchange.status().is_some_and(|status| status < 500 || status == BUSY)
}
