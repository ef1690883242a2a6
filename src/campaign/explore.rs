//! Exploring: phases, rounds, whose turn it is.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::job::{Job, Plan};
use super::{Campaign, Event, Phase};
use crate::case::{Call, History, Label};
use crate::execute::Permission;
use crate::generate::{catalogue, obstacle};

/// What part of the time, or of the cases, each phase gets of what is left.
const SHARES: [(Phase, u32); 5] = [
    (Phase::Examples, 10),
    (Phase::Boundary, 35),
    (Phase::Invalid, 25),
    (Phase::Malformed, 10),
    (Phase::Random, 20),
];

/// Cases of one operation that stand next to each other in a round.
const TURN: usize = 4;

/// An operation that was not answered in time so often keeps whole rounds waiting.
const MOST_TIMEOUTS: usize = 2;

/// Such an operation takes part in one of so many rounds, until nothing else is left to do.
const SLOW_ROUND: usize = 32;

/// The queues of one phase.
#[derive(Debug)]
struct Queues {
    /// For each operation what is planned; `None` for an endless supply.
    queues: Vec<(usize, Option<VecDeque<Plan>>, u64)>,
    turn: usize,
}

impl Campaign<'_> {
    /// Runs the phases until the plan, the time or the number of cases is at its end.
    pub(super) async fn explore(&mut self) {
        let phases: Vec<(Phase, u32)> =
            SHARES.into_iter().filter(|(phase, _)| self.settings.phases.contains(phase)).collect();
        let mut left: u32 = phases.iter().map(|(_, share)| share).sum();
        for (phase, share) in phases {
            if self.is_over() {
                return;
            }
            let part = f64::from(share) / f64::from(left.max(1));
            left -= share;
            self.phase(phase, part).await;
        }
        // What time or cases are left go where there is no end.
        if self.settings.phases.contains(&Phase::Random) && !self.is_over() {
            self.phase(Phase::Random, 1.0).await;
        }
    }

    async fn phase(&mut self, phase: Phase, part: f64) {
        let mut queues = self.queues(phase);
        let planned = queues
            .queues
            .iter()
            .map(|(_, queue, _)| queue.as_ref().map(VecDeque::len))
            .sum::<Option<usize>>();
        (self.emit)(Event::PhaseBegan { phase, planned: planned.map(|count| count as u64) });
        let (began, before) = (Instant::now(), self.ledger.cases);
        let mut rounds = 0;
        let share =
            self.deadline.map(|deadline| deadline.saturating_duration_since(began).mul_f64(part));
        let shrinking = self.shrinking;
        let cases = self
            .settings
            .max_cases
            .map(|max| before + ((max.saturating_sub(before)) as f64 * part).ceil() as u64);
        loop {
            // What shrinking takes has a budget of its own.
            let deadline =
                share.map(|share| began + share + self.shrinking.saturating_sub(shrinking));
            let deadline = deadline.min(self.deadline);
            let over = deadline.is_some_and(|deadline| Instant::now() >= deadline)
                || cases.is_some_and(|cases| self.ledger.cases >= cases)
                || self.is_over();
            if over {
                break;
            }
            let size = self.round_size();
            let size = cases.map_or(size, |cases| size.min((cases - self.ledger.cases) as usize));
            let with_slow = rounds % SLOW_ROUND == SLOW_ROUND - 1;
            rounds += 1;
            let waits = |operation: usize| {
                !with_slow && self.timeouts.get(operation).is_some_and(|n| *n >= MOST_TIMEOUTS)
            };
            let mut jobs = queues.take(size, self.settings.seed, waits);
            if jobs.is_empty() {
                jobs = queues.take(size, self.settings.seed, |_| false);
            }
            if jobs.is_empty() {
                break;
            }
            self.phase = phase;
            self.round(jobs, deadline).await;
        }
        for (operation, queue, next) in queues.queues {
            if queue.is_none() {
                self.random_numbers[operation] = next;
            }
        }
        if phase == Phase::Examples {
            self.settle_bases();
        }
        (self.emit)(Event::PhaseEnded {
            phase,
            cases: self.ledger.cases - before,
            took: began.elapsed(),
        });
    }

    /// Large enough that workers do not wait for each other, small enough that what is learned is
    /// used soon; the same at any number of workers, so that results are, too.
    fn round_size(&self) -> usize {
        if self.executor.client.limiter().rate().is_some() { 16 } else { 512 }
    }

    fn queues(&mut self, phase: Phase) -> Queues {
        let service = Arc::clone(&self.executor.service);
        let mut queues = Vec::new();
        for (index, operation) in service.operations.iter().enumerate() {
            if !self.settings.picks(operation) {
                continue;
            }
            if !self.executor.permission.is_unbounded() && Permission::is_foreign_write(operation) {
                let why = "it writes to what the run did not create (--allow-foreign-writes)";
                self.ledger.unsent(index, || why.to_owned());
                continue;
            }
            let base = self.base(index);
            let plans = match (phase, base) {
                (Phase::Random, _) => None,
                (Phase::Examples, _) => Some(catalogue::examples_of(operation)),
                (_, None) => {
                    self.ledger.unsent(index, || obstacle::told(operation));
                    continue;
                }
                (Phase::Boundary, Some(base)) => Some(catalogue::boundary(operation, &base)),
                (Phase::Invalid, Some(base)) => Some(catalogue::invalid(operation, &base)),
                (Phase::Malformed, Some(base)) => Some(self.malformed(operation, &base)),
                _ => continue,
            };
            let plans = plans.map(|plans| plans.into_iter().map(Plan::Planned).collect());
            let next = self.random_numbers.get(index).copied().unwrap_or(0);
            queues.push((index, plans, next));
        }
        Queues { queues, turn: 0 }
    }

    /// The usual call of an operation: one that was answered 2xx, else the simplest.
    fn base(&mut self, operation: usize) -> Option<Arc<Call>> {
        let known = self.bases.get(operation)?.clone();
        known.or_else(|| {
            let known = self.executor.service.operations.get(operation)?;
            let mut usual = catalogue::baseline(known).ok()?;
            self.settings.fix(known, &mut usual);
            let usual = Arc::new(usual);
            self.bases[operation] = Some(Arc::clone(&usual));
            Some(usual)
        })
    }

    /// Takes for each operation the smallest of its examples that was answered 2xx as the usual call.
    fn settle_bases(&mut self) {
        for (operation, accepted) in std::mem::take(&mut self.accepted_examples) {
            if let Some(base) = self.bases.get_mut(operation) {
                *base = Some(accepted);
            }
        }
    }

    /// What damages the call on the wire, as far as it may be sent to this service.
    fn malformed(
        &self,
        operation: &crate::spec::Operation,
        base: &Arc<Call>,
    ) -> Vec<crate::generate::planned::Planned> {
        let disruptive = self.executor.permission.is_disruptive();
        let all = catalogue::malformed(&self.executor.service, operation, base);
        let safe = crate::wire::deviation::Danger::Safe;
        all.into_iter().filter(|planned| disruptive || planned.danger == safe).collect()
    }

    /// Whether nothing more is to be sent.
    pub(super) fn is_over(&self) -> bool {
        self.stopped.is_some()
            || self.executor.stop.signal().is_some()
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
            || self.settings.max_cases.is_some_and(|max| self.ledger.cases >= max)
            || self.settings.max_findings.is_some_and(|max| self.found.len() >= max)
    }

    /// How far it is.
    pub(super) fn progress(&self) -> super::Progress {
        let (reached, operations) = self.ledger.reached();
        let errors = self
            .found
            .iter()
            .filter(|found| found.severity == crate::check::Severity::Error)
            .count();
        let elapsed = self.began.elapsed();
        super::Progress {
            phase: self.phase,
            cases: self.ledger.cases,
            requests: self.executor.requests(),
            reached,
            operations,
            findings: (errors, self.found.len() - errors),
            elapsed,
            left: self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())),
        }
    }

    /// Remembers a valid call that was accepted, where it is an operation's first one or an example's.
    pub(super) fn learn_accepted(&mut self, operation: usize, history: &History) {
        let last = history.exchanges.last();
        let call = last.and_then(|exchange| history.case.call(&exchange.call));
        let Some(call) = call.filter(|call| call.label == Label::Valid) else { return };
        if self.phase == Phase::Examples {
            self.accepted_examples.entry(operation).or_insert_with(|| Arc::new(call.clone()));
        }
        if history.case.calls().count() == 1 {
            self.answered[operation].get_or_insert_with(|| Arc::clone(&history.case));
        }
    }
}

impl Queues {
    /// The next jobs: a few of each operation in turn, but for those that are to wait.
    fn take(&mut self, size: usize, seed: u64, waits: impl Fn(usize) -> bool) -> Vec<Job> {
        let mut jobs = Vec::new();
        let mut idle = 0;
        while jobs.len() < size && idle < self.queues.len() {
            let count = self.queues.len();
            let (operation, queue, next) = &mut self.queues[self.turn % count];
            self.turn += 1;
            let before = jobs.len();
            if waits(*operation) {
                idle += 1;
                continue;
            }
            for _ in 0..TURN.min(size - jobs.len()) {
                let plan = match queue {
                    Some(queue) => queue.pop_front(),
                    None => {
                        *next += 1;
                        Some(Plan::Random { seed, number: *next })
                    }
                };
                jobs.extend(plan.map(|plan| Job { operation: *operation, plan }));
            }
            idle = if jobs.len() == before { idle + 1 } else { 0 };
        }
        jobs
    }
}

/// How often progress is told.
pub(super) const TELL: Duration = Duration::from_millis(100);
