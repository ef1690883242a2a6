//! A campaign: phases, budgets, workers, learning. Emits events; never prints, never exits.

mod bill;
mod breach;
mod cause;
mod conclude;
mod convalesce;
mod event;
mod explore;
mod find;
mod hooks;
mod job;
mod ledger;
mod likeness;
mod prepare;
mod reach;
mod reduce;
mod regress;
mod round;
mod settings;
mod suspicion;

pub use event::{
    Bill, Conclusion, Event, Found, OperationSummary, Phase, Progress, Replay, Summary, Verdict,
    Writes,
};
pub use prepare::{find_base, path_of};
pub use reach::Reach;
pub use regress::{replay, shrink};
pub use settings::Settings;

pub use crate::execute::Stop;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use job::{Done, Job, Occasions};
use ledger::Ledger;
use suspicion::Suspicions;

use crate::case::{Call, Case};
use crate::check::{Accepted, Check, Latency, Ranked, Surroundings, strongest};
use crate::execute::Executor;

/// The stack that a thread needs which runs a campaign or replays, in octets: values nested a thousand
/// times are written, read and judged by recursion, which takes more than the usual 2 MiB in a build
/// for development.
pub const STACK: usize = 16 << 20;

/// A campaign on its way.
struct Campaign<'c> {
    executor: Arc<Executor>,
    settings: Arc<Settings>,
    emit: &'c mut (dyn FnMut(Event) + Send),
    surroundings: Arc<Surroundings>,
    accepted: Arc<Accepted>,
    latency: Arc<Latency>,
    ledger: Ledger,
    /// Cases executed at once: fewer than asked for, once the service could not take it.
    width: usize,
    suspicions: Suspicions,
    /// What checks sent more for already.
    occasions: Arc<Occasions>,
    /// The usual call of each operation.
    bases: Vec<Option<Arc<Call>>>,
    accepted_examples: BTreeMap<usize, Arc<Call>>,
    /// The first valid case of each operation that was answered 2xx.
    answered: Vec<Option<Arc<Case>>>,
    /// The number of the last random case of each operation.
    random_numbers: Vec<u64>,
    /// How often each operation was not answered in time.
    timeouts: Vec<usize>,
    found: Vec<Arc<Found>>,
    /// What the findings came from, to recognise it at other operations.
    causes: Vec<cause::Cause>,
    replays: Vec<Replay>,
    inconclusive: Vec<String>,
    /// Why it ends before its plan does.
    stopped: Option<String>,
    phase: Phase,
    began: Instant,
    deadline: Option<Instant>,
    told: Instant,
    /// Time that shrinking took so far.
    shrinking: Duration,
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
            campaign.prepare().await;
            campaign.regressions().await;
            campaign.explore().await;
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
        let deadline = settings.max_cases.is_none().then(|| began + settings.max_time);
        Self {
            executor,
            settings,
            emit,
            surroundings: Arc::default(),
            accepted: Arc::default(),
            latency: Arc::default(),
            ledger,
            width,
            suspicions: Suspicions::default(),
            occasions: Arc::default(),
            bases: vec![None; operations],
            accepted_examples: BTreeMap::new(),
            answered: vec![None; operations],
            random_numbers: vec![0; operations],
            timeouts: vec![0; operations],
            found: Vec::new(),
            causes: Vec::new(),
            replays: Vec::new(),
            inconclusive: Vec::new(),
            stopped: None,
            phase: Phase::Regressions,
            began,
            deadline,
            told: began,
            shrinking: Duration::ZERO,
            names_build: false,
        }
    }

    fn findings_folder(&self) -> Option<PathBuf> {
        self.settings.out.as_deref().map(crate::corpus::Out::findings)
    }

    /// Learns what stands before the service and what a good call is; tells the bill.
    async fn prepare(&mut self) {
        let gateway = prepare::gateway(&self.executor).await;
        let control = prepare::control(&self.executor, &self.settings, &mut *self.emit).await;
        let auth = prepare::identities(&self.executor, &self.settings, control.as_ref()).await;
        let control = control.filter(|control| control.good).map(|control| control.case);
        self.surroundings = Arc::new(Surroundings { gateway, control, ..Surroundings::default() });
        let bill = self.bill(auth);
        (self.emit)(Event::Began(bill));
    }

    /// What is planned.
    fn bill(&self, auth: Vec<(String, String)>) -> Bill {
        let (executor, settings) = (&self.executor, &self.settings);
        let rate = executor.client.limiter().rate();
        let bill = Bill::of(&executor.service, settings, &executor.permission, rate);
        Bill { url: executor.url(), auth, ..bill }
    }

    /// Executes one round and folds what it gave.
    async fn round(&mut self, jobs: Vec<Job>, deadline: Option<Instant>) {
        self.freeze();
        let learns = self.phase == Phase::Examples;
        let orders = round::Orders {
            executor: Arc::clone(&self.executor),
            settings: Arc::clone(&self.settings),
            surroundings: Arc::clone(&self.surroundings),
            jobs,
            deadline,
            occasions: Arc::clone(&self.occasions),
            keep_accepted: self.answered.iter().map(|known| learns || known.is_none()).collect(),
        };
        let round = round::run(orders, self.width).await;
        self.note_created();
        self.ease(&round.done);
        for done in round.done {
            self.fold(done).await;
        }
        if let Some(suspects) = round.unwell {
            self.convalesce(suspects).await;
        }
        if let crate::transport::Pressure::Stopped(why) = self.executor.client.pressure() {
            self.stopped.get_or_insert(why);
        }
    }

    /// Sends fewer cases at once to a service that answers 503 to many of them.
    fn ease(&mut self, done: &[Done]) {
        let busy = done.iter().filter(|done| done.last.status == Some(round::BUSY)).count();
        if busy * 50 > done.len() && self.width > 1 {
            self.width = (self.width / 2).max(1);
            (self.emit)(Event::Notice(format!(
                "{busy} of {} cases were answered 503; going on with {} at once",
                done.len(),
                self.width
            )));
        }
    }

    /// Freezes what is known for the next round.
    fn freeze(&mut self) {
        self.surroundings = Arc::new(Surroundings {
            accepted: Arc::clone(&self.accepted),
            latency: Arc::clone(&self.latency),
            ..(*self.surroundings).clone()
        });
    }

    /// Takes in one judged case: counts it, learns from it, follows its failures.
    async fn fold(&mut self, done: Done) {
        let Done { operation, class, last, history, print, failures, occasions } = done;
        self.ledger.record(operation, &last);
        if let Some(operation) = self.executor.service.operations.get(operation) {
            if let Some(took) = last.took {
                Arc::make_mut(&mut self.latency).record(&operation.name, took);
            }
            if last.is_success() {
                Arc::make_mut(&mut self.accepted).record(&operation.name, print);
            }
        }
        self.timeouts[operation] += usize::from(last.timed_out);
        self.tell();
        let Some(history) = history else { return };
        if last.is_success() {
            self.learn_accepted(operation, &history);
        }
        if self.is_ended() {
            return;
        }
        for ranked in strongest(failures) {
            if self.is_ended() {
                return;
            }
            self.suspect(&history, ranked, class).await;
        }
        for (check, key) in occasions {
            if self.is_ended() {
                return;
            }
            let worth = match key {
                Some(key) => Arc::make_mut(&mut self.occasions).insert(check.name(), key),
                None => true,
            };
            if worth {
                self.ask_further(check, &history, class).await;
            }
        }
    }

    /// Whether even what was executed already is not followed any more.
    fn is_ended(&self) -> bool {
        self.stopped.is_some()
            || self.executor.stop.signal().is_some()
            || self.settings.max_findings.is_some_and(|max| self.found.len() >= max)
    }

    /// Sends what a check wants further, and follows what it finds.
    async fn ask_further(
        &mut self,
        check: &'static dyn Check,
        history: &Arc<crate::case::History>,
        class: &'static str,
    ) {
        let mut judged = self.executor.judge_fully(check, history, &self.surroundings).await;
        for ranked in strongest(std::mem::take(&mut judged.failures)) {
            let (history, failure) = judged.shown(history, ranked.failure);
            self.suspect(&history, Ranked { failure, ..ranked }, class).await;
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
