//! A campaign: phases, budgets, workers, learning. Emits events; never prints, never exits.

mod anew;
mod bent;
mod bill;
mod bracket;
mod breach;
mod brought;
mod cause;
mod clean;
mod committed;
mod conclude;
mod convalesce;
mod death;
mod event;
mod explore;
mod fault;
mod filing;
mod find;
mod first;
mod fold;
mod ground;
mod hooks;
mod irrelevant;
mod job;
mod ledger;
mod likeness;
mod mirror;
mod novelty;
mod parallel;
mod part;
mod planning;
mod prepare;
mod probe;
mod proof;
mod reach;
mod recheck;
mod reduce;
mod regress;
mod repeat;
mod round;
mod sending;
mod sequence;
mod settings;
mod setup;
mod shelf;
mod simpler;
mod soon;
mod spread;
mod suspicion;
mod timed;
mod verdict;

pub use clean::Cleaned;
pub use event::{
    Bill, Conclusion, Event, Found, OperationSummary, Phase, PhaseSummary, Progress, Replay,
    Summary, Verdict, Writes,
};
pub use prepare::{find_base, path_of};
pub use reach::Reach;
pub use regress::{replay, shrink};
pub use settings::Settings;

pub use crate::execute::Stop;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bill::Boundary;
use job::{Done, Job, Occasions};
use ledger::Ledger;
use spread::Spread;
use suspicion::Suspicions;

use crate::case::{Call, Case};
use crate::check::Surroundings;
use crate::execute::Executor;
use crate::schema::shape::Constants;

/// The stack that a thread needs which runs a campaign or replays, in octets: values nested a thousand
/// times are written, read and judged by recursion, which takes more than the usual 2 MiB in a build
/// for development.
pub const STACK: usize = 16 << 20;

/// One part of the time in so many is for looking at what was found last, and at most so much.
const LAST_LOOKS: u32 = 20;
const MOST_LAST_LOOKS: Duration = Duration::from_secs(2);

/// A campaign on its way.
struct Campaign<'c> {
    executor: Arc<Executor>,
    settings: Arc<Settings>,
    emit: &'c mut (dyn FnMut(Event) + Send),
    surroundings: Arc<Surroundings>,
    ledger: Ledger,
    /// Cases executed at once: fewer than asked for, once the service could not take it.
    width: usize,
    suspicions: Suspicions,
    /// What checks sent more for already.
    occasions: Arc<Occasions>,
    /// The usual call of each operation.
    bases: Vec<Option<Arc<Call>>>,
    accepted_examples: BTreeMap<usize, Arc<Call>>,
    /// What was planned for the bill, to be kept where the usual calls stay what they are.
    boundaries: BTreeMap<usize, Boundary>,
    /// The first valid case of each operation that was answered 2xx.
    answered: Vec<Option<Arc<Case>>>,
    /// The number of the last random case of each operation.
    random_numbers: Vec<u64>,
    /// What has to be made before each operation can be answered, where that is known.
    setups: Vec<Option<setup::Setup>>,
    /// The operations whose usual calls were answered 2xx before anything was made.
    given: BTreeSet<usize>,
    /// What cases were answered the first time.
    firsts: Arc<first::Firsts>,
    /// Constants that answers have told.
    heard: Arc<Constants>,
    /// What was tried of sequences, and what came of it.
    sequences: sequence::Sequences,
    /// How late each operation's answers were, in many times [`job::LATE`], less how often they were not.
    late: Vec<u32>,
    found: Vec<Arc<Found>>,
    /// What committed cases show that still fail.
    known: Vec<Arc<Found>>,
    /// What the findings came from, to recognise it at other operations.
    causes: Vec<cause::Cause>,
    /// Where else they show.
    spread: Spread,
    replays: Vec<Replay>,
    inconclusive: Vec<String>,
    /// What became of what was made.
    cleaned: Option<Cleaned>,
    /// Why it ends before its plan does.
    stopped: Option<String>,
    /// The phase that is under way, as far as it went.
    part: PhaseSummary,
    part_began: Instant,
    /// Those before it.
    parts: Vec<PhaseSummary>,
    /// Whether what is accepted becomes the usual input.
    learning: bool,
    /// Whether each operation is still to be tried before anything else.
    reaching: bool,
    /// What cases left to be looked at.
    open: Vec<fold::Open>,
    began: Instant,
    /// When nothing new is begun: what was found last still has to be looked at.
    closing: Option<Instant>,
    /// When it ends, whatever is under way.
    deadline: Option<Instant>,
    told: Instant,
    /// Time that shrinking took so far.
    shrinking: Duration,
    /// What of it was waited on purpose.
    waited: probe::Waited,
    /// Time that went into telling what others had brought about.
    on_others: Duration,
    /// Whether the answer that names the build names it: it is not another one each time.
    names_build: bool,
}

/// Runs a campaign to its end.
///
/// Whatever happens on the way is told by events; the summary is the last of them, and given back.
pub async fn run(
    executor: Arc<Executor>,
    settings: Arc<Settings>,
    emit: &mut (dyn FnMut(Event) + Send),
) -> Arc<Summary> {
    let began = Instant::now();
    let mut campaign = Campaign::new(executor, settings, emit, began);
    match campaign.begin().await {
        Ok(()) => {
            // Waiting for the service and preparing it have limits of their own.
            let clock = campaign.deadline.map(|deadline| campaign.executor.stop.at(deadline));
            campaign.prepare().await;
            campaign.regressions().await;
            Box::pin(campaign.explore()).await;
            drop(clock);
            Box::pin(campaign.clean_up()).await;
        }
        Err(why) => {
            let bill = campaign.bill(Vec::new());
            (campaign.emit)(Event::Began(bill));
            campaign.stopped = Some(why);
        }
    }
    campaign.tear_down().await;
    campaign.end()
}

impl<'c> Campaign<'c> {
    fn new(
        executor: Arc<Executor>,
        settings: Arc<Settings>,
        emit: &'c mut (dyn FnMut(Event) + Send),
        began: Instant,
    ) -> Self {
        let operations = executor.service.operations.len();
        let ledger =
            Ledger::new(&executor.service.operations, |operation| settings.picks(operation));
        let width = settings.workers;
        let last_looks = (settings.max_time / LAST_LOOKS).min(MOST_LAST_LOOKS);
        let after = |time| settings.max_cases.is_none().then(|| began + time);
        let closing = after(settings.max_time.saturating_sub(last_looks));
        let deadline = after(settings.max_time);
        Self {
            executor,
            settings,
            emit,
            surroundings: Arc::default(),
            ledger,
            width,
            suspicions: Suspicions::default(),
            occasions: Arc::default(),
            bases: vec![None; operations],
            accepted_examples: BTreeMap::new(),
            boundaries: BTreeMap::new(),
            answered: vec![None; operations],
            random_numbers: vec![0; operations],
            setups: vec![None; operations],
            given: BTreeSet::new(),
            firsts: Arc::default(),
            heard: Arc::default(),
            sequences: sequence::Sequences::default(),
            late: vec![0; operations],
            found: Vec::new(),
            known: Vec::new(),
            causes: Vec::new(),
            spread: Spread::default(),
            replays: Vec::new(),
            inconclusive: Vec::new(),
            cleaned: None,
            stopped: None,
            part: PhaseSummary::of(Phase::Regressions),
            part_began: began,
            parts: Vec::new(),
            learning: false,
            reaching: false,
            open: Vec::new(),
            began,
            closing,
            deadline,
            told: began,
            shrinking: Duration::ZERO,
            waited: probe::Waited::default(),
            on_others: Duration::ZERO,
            names_build: false,
        }
    }

    fn findings_folder(&self) -> Option<PathBuf> {
        self.settings.out.as_deref().map(crate::corpus::Out::findings)
    }

    /// Learns what stands before the service and what a good call is; tells the bill.
    async fn prepare(&mut self) {
        let gateway = prepare::gateway(&self.executor).await;
        let mut lost = Vec::new();
        let control =
            prepare::control(&self.executor, &self.settings, &mut *self.emit, &mut lost).await;
        let auth = prepare::identities(&self.executor, &self.settings, control.as_ref()).await;
        let control = control.filter(|control| control.good).map(|control| control.case);
        let known = prepare::surroundings(&self.executor, &self.settings);
        let stack = prepare::stack(&self.executor, &self.settings, &known.usual).await;
        let stack = stack.unwrap_or_else(|why| {
            self.stopped.get_or_insert(why);
            None
        });
        self.surroundings = Arc::new(Surroundings { gateway, stack, control, ..known });
        let bill = self.bill(auth);
        (self.emit)(Event::Began(bill));
        if self.settings.chains() {
            let usual = Arc::clone(&self.surroundings.usual);
            self.given = prepare::given(&self.executor, &self.settings, &usual, &mut lost).await;
        }
        if !lost.is_empty() && hooks::is_gone(&self.executor).await {
            let suspects = lost.iter().map(|history| Arc::clone(&history.case)).collect();
            Box::pin(self.convalesce(suspects, lost)).await;
        }
    }

    /// What is planned.
    fn bill(&mut self, auth: Vec<(String, String)>) -> Bill {
        let (executor, settings) = (&self.executor, &self.settings);
        let rate = executor.client.limiter().rate();
        let (bill, boundaries) =
            Bill::planned(&executor.service, settings, &executor.permission, rate);
        self.boundaries = boundaries.into_iter().collect();
        Bill { url: executor.url(), auth, ..bill }
    }

    /// Executes one round and folds what it gave; gives the jobs that are left.
    async fn round(&mut self, jobs: Vec<Job>, deadline: Option<Instant>, width: usize) -> Vec<Job> {
        let orders = round::Orders {
            executor: Arc::clone(&self.executor),
            settings: Arc::clone(&self.settings),
            surroundings: Arc::clone(&self.surroundings),
            jobs,
            deadline,
            occasions: Arc::clone(&self.occasions),
            keep_accepted: self
                .answered
                .iter()
                .map(|known| self.learning || known.is_none())
                .collect(),
        };
        let round = round::run(orders, width).await;
        self.note_created();
        self.ease(&round.done);
        self.part.unconfirmed += round.unconfirmed as u64;
        self.part.unsent += round.unsent.len() as u64;
        for (operation, why) in round.unsent {
            self.ledger.unsent(operation, || why);
        }
        let kept = round.done.iter().filter(|_| round.unwell.is_some());
        let kept = kept.filter_map(|done| done.history.as_ref());
        let under_way = kept.filter(|history| death::was_under_way(history)).cloned().collect();
        round.done.into_iter().for_each(|done| self.fold(done));
        self.follow().await;
        if let Some(suspects) = round.unwell {
            self.convalesce(suspects, under_way).await;
        }
        if let crate::transport::Pressure::Stopped(why) = self.executor.client.pressure() {
            self.stopped.get_or_insert(why);
        }
        round.left
    }

    /// Sends fewer cases at once to a service that answers 503 to many of them.
    fn ease(&mut self, done: &[Done]) {
        let busy = done.iter().filter(|done| done.last.answer.status == Some(round::BUSY)).count();
        if busy * 50 > done.len() && self.width > 1 {
            self.width = (self.width / 2).max(1);
            (self.emit)(Event::Notice(format!(
                "{busy} of {} cases were answered 503; going on with {} at once",
                done.len(),
                self.width
            )));
        }
    }

    /// Tells how far it is, a few times a second.
    fn tell(&mut self) {
        if self.told.elapsed() >= explore::TELL {
            self.told = Instant::now();
            let progress = self.progress();
            (self.emit)(Event::Progress(progress));
        }
    }

    /// Writes down what the service created.
    fn note_created(&mut self) {
        let created = self.executor.take_created();
        if created.is_empty() {
            return;
        }
        let Some(out) = &self.settings.out else { return };
        let service = &self.executor.service.name;
        let written = out.journal().and_then(|journal| {
            created.into_iter().try_for_each(|created| {
                journal.add(&crate::corpus::Created {
                    service: service.clone(),
                    operation: created.operation,
                    id: crate::value::Value::text(created.id),
                    location: created.location,
                })
            })
        });
        if let Err(error) = written {
            self.stopped.get_or_insert(error.to_string());
        }
    }
}
