//! Exploring: phases, rounds, whose turn it is.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::job::{Job, Plan};
use super::planning::{apart, planned};
use super::reach::{Reach, WITHHELD};
use super::setup::Setup;
use super::{Campaign, Phase, parallel};
use crate::case::{Call, Case, History, Label};
use crate::generate::ideas::Ideas;
use crate::generate::obstacle;
use crate::generate::planned::Planned;
use crate::schema::shape::Constants;
use crate::value::Value;

/// What part of the time, or of the cases, each phase gets of what is left.
const SHARES: [(Phase, u32); 8] = [
    (Phase::Examples, 10),
    (Phase::Boundary, 30),
    (Phase::Invalid, 20),
    (Phase::Sequences, 25),
    (Phase::Malformed, 10),
    (Phase::Timing, 10),
    (Phase::Races, 20),
    (Phase::Random, 5),
];

/// What part of what is left then goes to random calls, where there are sequences, too.
const RANDOM_SHARE: f64 = 0.3;

/// Cases of one operation that stand next to each other in a round.
const TURN: usize = 4;

/// An operation that was so late, by [`Campaign::late`], keeps whole rounds waiting.
const MOST_LATE: u32 = 2;

/// Such an operation takes part in one of so many rounds, until nothing else is left to do.
const SLOW_ROUND: usize = 32;

/// So many times as many cases are under way at once where nearly all of them only wait.
const PATIENT: usize = 4;

/// Cases in a round where the rate is limited.
const RATED_ROUND: usize = 16;

/// Cases in a round, at least and at most.
const ROUND: (usize, usize) = (512, 2_048);

/// What a round adds to what is known is one part in so many.
const LEARNED: u64 = 16;

/// The queues of one phase.
#[derive(Debug)]
struct Queues {
    queues: Vec<Queue>,
    turn: usize,
}

/// What is planned for one operation.
#[derive(Debug)]
struct Queue {
    operation: usize,
    /// What has to be made before each call.
    setup: Option<Setup>,
    /// Whether all is sent only to what cannot exist.
    nowhere: bool,
    plans: VecDeque<Plan>,
    /// Whether random calls follow, without an end.
    endless: bool,
    /// The number of the next random call.
    next: u64,
    /// What some random calls are like.
    like: Option<Arc<Call>>,
}

impl Campaign<'_> {
    /// Runs the phases until the plan, the time or the number of cases is at its end.
    pub(super) async fn explore(&mut self) {
        let phases: Vec<(Phase, u32)> =
            SHARES.into_iter().filter(|(phase, _)| self.settings.phases.contains(phase)).collect();
        let phases = self.untouched(phases);
        let mut left: u32 = phases.iter().map(|(_, share)| share).sum();
        let mut timed = false;
        for (phase, share) in phases {
            if self.is_over() {
                return;
            }
            if phase.is_timed() && !std::mem::replace(&mut timed, true) {
                self.clean_up_midway().await;
            }
            self.tell_held_back(phase);
            let part = f64::from(share) / f64::from(left.max(1));
            left -= share;
            self.reaching = phase == Phase::Examples && self.settings.chains();
            Box::pin(self.phase(phase, part)).await;
            if self.reaching {
                self.set_up().await;
                self.settle_bases();
            }
        }
        // What time or cases are left go where there is no end.
        let endless =
            [(Phase::Random, RANDOM_SHARE), (Phase::Sequences, 1.0), (Phase::Random, 1.0)];
        for (phase, part) in endless {
            if self.settings.phases.contains(&phase) && !self.is_over() {
                Box::pin(self.phase(phase, part)).await;
            }
        }
    }

    async fn phase(&mut self, phase: Phase, part: f64) {
        let mut queues = match phase {
            Phase::Sequences | Phase::Races => None,
            _ => Some(self.queues(phase)),
        };
        let mut listed = self.listed(phase);
        let planned = queues.as_ref().and_then(Queues::planned);
        self.begin_part(phase, planned.map(|count| count as u64));
        self.learning = phase == Phase::Examples;
        let (began, before) = (self.part_began, self.ledger.cases);
        let mut rounds = 0;
        let share =
            self.closing.map(|closing| closing.saturating_duration_since(began).mul_f64(part));
        let shrinking = self.shrinking;
        let cases = self
            .settings
            .max_cases
            .map(|max| before + ((max.saturating_sub(before)) as f64 * part).ceil() as u64);
        loop {
            // What shrinking takes has a budget of its own.
            let deadline =
                share.map(|share| began + share + self.shrinking.saturating_sub(shrinking));
            let deadline = deadline.min(self.closing);
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
            let mut jobs = match phase {
                Phase::Sequences => self.take_sequences(size),
                // What takes a while comes by turns with what does not.
                Phase::Timing if rounds % 2 == 1 => Vec::new(),
                _ => self.take_listed(phase, &mut listed, size),
            };
            let waits = |operation: usize| {
                !with_slow && self.late.get(operation).is_some_and(|n| *n >= MOST_LATE)
            };
            if let Some(queues) = queues.as_mut().filter(|_| jobs.is_empty()) {
                let (seed, heard) = (self.settings.seed, &self.heard);
                jobs = queues.take(size, seed, heard, waits);
                if jobs.is_empty() {
                    jobs = queues.take(size, seed, heard, |_| false);
                }
            }
            if jobs.is_empty() {
                jobs = self.take_listed(phase, &mut listed, size);
            }
            if jobs.is_empty() {
                break;
            }
            // Whoever waits takes no one's time.
            let width = if phase == Phase::Timing { self.width * PATIENT } else { self.width };
            let left = self.round(jobs, deadline, width).await;
            if let Some(queues) = &mut queues {
                queues.put_back(left);
            }
        }
        for queue in queues.into_iter().flat_map(|queues| queues.queues) {
            if queue.endless {
                self.random_numbers[queue.operation] = queue.next;
            }
        }
        if phase == Phase::Examples {
            self.settle_bases();
        }
        self.end_part();
    }

    /// Large enough that workers do not wait for each other, small enough that what is learned is
    /// used soon: there is ever less to learn. The same at any number of workers, so that results are, too.
    fn round_size(&self) -> usize {
        if self.executor.client.limiter().rate().is_some() {
            return RATED_ROUND;
        }
        let (least, most) = ROUND;
        ((self.ledger.cases / LEARNED) as usize).clamp(least, most)
    }

    fn queues(&mut self, phase: Phase) -> Queues {
        let service = Arc::clone(&self.executor.service);
        let mut wanted = Vec::new();
        for (index, operation) in service.operations.iter().enumerate() {
            if !self.settings.picks(operation) {
                continue;
            }
            let reach = Reach::of(&self.executor.permission, &self.settings, operation);
            if reach == Reach::Withheld && self.setups[index].is_none() {
                self.ledger.unsent(index, || WITHHELD.to_owned());
                continue;
            }
            let base = self.base(index);
            if base.is_none() && !matches!(phase, Phase::Random | Phase::Examples) {
                self.ledger.unsent(index, || obstacle::told(operation));
                continue;
            }
            wanted.push((index, reach, base));
        }
        let mut kept = self.kept(phase);
        let ideas = Ideas::default();
        let is_unbounded = self.executor.permission.is_unbounded();
        let mut apart = apart(&service, phase, &wanted, is_unbounded);
        let planned = parallel::map(&wanted, |(index, _, base)| {
            let operation = Some(&service.operations[*index]).filter(|_| !kept.contains_key(index));
            planned(&service, phase, operation?, base.as_ref(), &ideas)
        });
        let permission = &self.executor.permission;
        let has_frames = self.executor.client.speaks_http2();
        // All that is planned there bends calls.
        let is_untested = phase == Phase::Timing && self.executor.holds_back().is_some();
        let mut queues = Vec::new();
        for ((index, reach, base), plans) in wanted.into_iter().zip(planned) {
            let operation = &service.operations[index];
            let like = base.filter(|_| phase == Phase::Random);
            let setup = self.setups[index].clone();
            // What is made first is the run's own.
            let nowhere = reach == Reach::Nowhere && setup.is_none();
            // What was recorded comes first: it is the usual input from then on.
            let recorded = self.recorded(phase, &operation.name);
            let plans = kept.remove(&index).or(plans);
            let endless = plans.is_none();
            let plans = plans.map(|plans| {
                let apart = apart.remove(&index).unwrap_or_default();
                let admitted = apart.into_iter().chain(plans).filter(|plan| {
                    !is_untested
                        && permission.admits(plan.class, plan.danger)
                        && (has_frames || !plan.needs_http2())
                        && (!nowhere || reach.admits(operation, plan))
                });
                recorded.into_iter().chain(admitted.map(Plan::Planned)).collect()
            });
            let next = self.random_numbers.get(index).copied().unwrap_or(0);
            let plans = plans.unwrap_or_default();
            queues.push(Queue { operation: index, setup, nowhere, plans, endless, next, like });
        }
        Queues { queues, turn: 0 }
    }

    /// What was planned for the bill already: the boundary cases of operations whose usual call is still
    /// the same.
    fn kept(&mut self, phase: Phase) -> BTreeMap<usize, Vec<Planned>> {
        if phase != Phase::Boundary {
            return BTreeMap::new();
        }
        let planned = std::mem::take(&mut self.boundaries).into_iter();
        let same = planned.filter(|(index, (from, _))| self.base(*index).as_ref() == Some(from));
        same.map(|(index, (_, planned))| (index, planned)).collect()
    }

    /// The recorded cases that end with an operation, for the phase that tries examples.
    fn recorded(&self, phase: Phase, operation: &str) -> Vec<Plan> {
        let ends = |case: &&Arc<Case>| {
            phase == Phase::Examples
                && case.calls().last().is_some_and(|call| call.operation == operation)
        };
        self.settings.recorded.iter().filter(ends).cloned().map(Plan::Recorded).collect()
    }

    /// The usual call of an operation: one that was answered 2xx, else the simplest.
    fn base(&self, operation: usize) -> Option<Arc<Call>> {
        let setup = self.setups.get(operation).and_then(Option::as_ref);
        setup.map(|setup| Arc::clone(setup.usual())).or_else(|| self.literal_base(operation))
    }

    /// The usual call of an operation that knows of no other call.
    pub(super) fn literal_base(&self, operation: usize) -> Option<Arc<Call>> {
        let known = self.bases.get(operation)?.as_ref();
        known.or_else(|| self.surroundings.usual.call(operation)).cloned()
    }

    /// Takes for each operation the smallest of its examples that was answered 2xx as the usual call.
    fn settle_bases(&mut self) {
        for (operation, accepted) in std::mem::take(&mut self.accepted_examples) {
            if let Some(base) = self.bases.get_mut(operation) {
                *base = Some(accepted);
            }
        }
    }

    /// Whether nothing new is to be begun.
    pub(super) fn is_over(&self) -> bool {
        self.stopped.is_some()
            || self.executor.stop.is_asked()
            || self.closing.is_some_and(|closing| Instant::now() >= closing)
            || self.settings.max_cases.is_some_and(|max| self.ledger.cases >= max)
            || self.is_enough()
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
            phase: self.part.phase,
            cases: self.ledger.cases,
            phase_cases: self.part.cases,
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
        // What stands for something new is no value to begin with.
        if self.learning && call.values().all(Value::is_concrete) {
            self.accepted_examples.entry(operation).or_insert_with(|| Arc::new(call.clone()));
        }
        // A recorded history shows what has to be made before its last call.
        if self.learning && self.setups[operation].is_none() {
            self.setups[operation] = Setup::of(&history.case);
        }
        self.answered[operation].get_or_insert_with(|| Arc::clone(&history.case));
    }
}

impl Queues {
    /// How many calls are planned, where that is known.
    fn planned(&self) -> Option<usize> {
        let count = |queue: &Queue| (!queue.endless).then_some(queue.plans.len());
        self.queues.iter().map(count).sum()
    }

    /// The next jobs: a few of each operation in turn, but for those that are to wait.
    fn take(
        &mut self,
        size: usize,
        seed: u64,
        heard: &Arc<Constants>,
        waits: impl Fn(usize) -> bool,
    ) -> Vec<Job> {
        let mut jobs = Vec::new();
        let mut idle = 0;
        while jobs.len() < size && idle < self.queues.len() {
            let count = self.queues.len();
            let Queue { operation, setup, nowhere, plans, endless, next, like } =
                &mut self.queues[self.turn % count];
            self.turn += 1;
            let before = jobs.len();
            if waits(*operation) {
                idle += 1;
                continue;
            }
            for _ in 0..TURN.min(size - jobs.len()) {
                let random = || {
                    *next += 1;
                    let (like, heard) = (like.clone(), Arc::clone(heard));
                    Plan::Random { seed, number: *next, like, heard }
                };
                let plan = plans.pop_front().or_else(|| endless.then(random));
                let (operation, setup, nowhere) = (*operation, setup.clone(), *nowhere);
                jobs.extend(plan.map(|plan| Job { operation, plan, setup, nowhere }));
            }
            idle = if jobs.len() == before { idle + 1 } else { 0 };
        }
        jobs
    }

    /// Puts jobs back in front, in their order.
    fn put_back(&mut self, jobs: Vec<Job>) {
        for job in jobs.into_iter().rev() {
            let own = self.queues.iter_mut().find(|queue| queue.operation == job.operation);
            if let Some(queue) = own {
                queue.plans.push_front(job.plan);
            }
        }
    }
}

/// How often progress is told.
pub(super) const TELL: Duration = Duration::from_millis(100);
