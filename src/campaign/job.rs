//! Cases on their way: planned, executed by a worker, judged.

use foldhash::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::case::{Call, Case, Exchange, History, Label, Outcome, nowhere};
use crate::check::{Check, Echo, Failure, Latency, Print};
use crate::choice::Rng;
use crate::generate::sequence::{self, Known, Program};
use crate::generate::{catalogue, confirm, mutate, planned::Planned};
use crate::schema::shape::Constants;
use crate::spec::Service;

use super::setup::Setup;
use super::{Phase, Settings, timed};

/// One of so many random calls is like the usual one.
const LIKE: u64 = 3;

/// An answer that takes so long keeps others waiting.
pub(super) const LATE: Duration = Duration::from_millis(500);

/// A case that is to be executed.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The operation, by its number in the service.
    pub(super) operation: usize,
    /// What it is made of.
    pub(super) plan: Plan,
    /// What has to be made before its call.
    pub(super) setup: Option<Setup>,
    /// Whether it is about things that cannot exist.
    pub(super) nowhere: bool,
}

/// What a case is made of.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    /// A call of the catalogues.
    Planned(Planned),
    /// The random call of this number.
    Random {
        /// The seed of the campaign.
        seed: u64,
        /// Its number among the operation's.
        number: u64,
        /// What some are like.
        like: Option<Arc<Call>>,
        /// What answers have told.
        heard: Arc<Constants>,
    },
    /// A sequence of calls.
    Sequence(Arc<Sequence>),
    /// Recorded traffic.
    Recorded(Arc<Case>),
}

/// A sequence that is to be built.
#[derive(Debug)]
pub(super) struct Sequence {
    /// What is tried with it.
    pub(super) class: &'static str,
    /// The resource that it is about, by its number.
    pub(super) resource: Option<usize>,
    /// Which operations follow each other.
    pub(super) program: Program,
    /// Whether each call is the usual one, not a random one.
    pub(super) usual: bool,
    /// What decides everything else.
    pub(super) rng: Rng,
    /// What is known when it is built.
    pub(super) known: Arc<Known>,
}

/// A judged case.
#[derive(Debug)]
pub(super) struct Done {
    /// What it tried.
    pub(super) class: &'static str,
    /// The sequence that it is, where it is one.
    pub(super) sequence: Option<Arc<Sequence>>,
    /// What came of its last call.
    pub(super) last: Told,
    /// What came of the calls before it.
    pub(super) earlier: Vec<Told>,
    /// What was sent and what came, where someone will ask: most are let go of at once.
    pub(super) history: Option<Arc<History>>,
    /// What the beginnings of the case were answered.
    pub(super) answers: Vec<(u64, u16)>,
    /// Members that came back as they were written.
    pub(super) echoes: Vec<Echo>,
    /// What is wrong, as far as the history alone tells.
    pub(super) failures: Vec<Failure>,
    /// Checks that would like to send more.
    pub(super) occasions: Vec<(&'static dyn Check, Worth)>,
}

/// What came of a call of a case.
#[derive(Debug)]
pub(super) struct Told {
    /// The operation, by its number in the service.
    pub(super) operation: usize,
    /// What is counted of it.
    pub(super) answer: Counted,
    /// What there is to remember of the call, where it was answered 2xx.
    pub(super) print: Option<Print>,
}

/// A check sends more for at most so many keys: memory must stay flat.
const MOST_KEYS: usize = 4_096;

/// So often a check looks at what is suspicious each time, then ever more seldom: most often it is what
/// it was before.
const OFTEN: u32 = 8;

/// What checks sent more for.
#[derive(Clone, Debug, Default)]
pub(super) struct Occasions {
    /// What is worth it once: for each check its keys.
    once: HashMap<&'static str, HashSet<String>>,
    /// How often something was suspicious, for each check by key.
    suspicious: HashMap<(&'static str, String), u32>,
}

/// When it is worth it that a check sends more.
#[derive(Debug)]
pub(super) enum Worth {
    /// Each time.
    Always,
    /// Once for this key.
    Once(String),
    /// Each time at first, then ever more seldom for this key.
    Often(String),
}

impl Occasions {
    /// Whether a check sent more for this key, or for so many that there will be no more.
    pub(super) fn contains(&self, check: &'static str, key: &str) -> bool {
        self.once.get(check).is_some_and(|keys| keys.len() >= MOST_KEYS || keys.contains(key))
    }

    /// Notes that a check sends more for this key; `false` where it did already, or does no more.
    pub(super) fn insert(&mut self, check: &'static str, key: String) -> bool {
        let keys = self.once.entry(check).or_default();
        keys.len() < MOST_KEYS && keys.insert(key)
    }

    /// Whether a check looks once more at what is suspicious about a key.
    pub(super) fn again(&mut self, check: &'static str, key: String) -> bool {
        let times = self.suspicious.entry((check, key)).or_default();
        *times += 1;
        *times <= OFTEN || times.is_power_of_two()
    }
}

/// What came of a call, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) status: Option<u16>,
    pub(super) label: Label,
    /// How many times [`LATE`] the answer, or the wait for one, took, where there is no reason to wait.
    pub(super) late: u32,
    /// Whether we went away before it was answered.
    pub(super) left: bool,
    /// Whether a connection stood: else nothing was sent, and nothing can come of it.
    pub(super) connected: bool,
    /// How long the answer took, where that is worth remembering.
    pub(super) took: Option<Duration>,
}

impl Counted {
    /// What came of an exchange of a case.
    pub(super) fn of(case: &Case, exchange: &Exchange) -> Self {
        let late = exchange.times.end.as_millis() / LATE.as_millis();
        let timed_out = matches!(exchange.outcome, Outcome::TimedOut { .. });
        let late = late.max(u128::from(timed_out)) as u32;
        // What is badly framed may be waited for: that says nothing about the operation.
        let well_framed =
            || case.call(&exchange.call).is_some_and(crate::wire::deviation::well_framed);
        Self {
            status: exchange.status(),
            label: exchange.label,
            late: if late > 0 && well_framed() { late } else { 0 },
            left: matches!(exchange.outcome, Outcome::Abandoned),
            connected: !matches!(exchange.outcome, Outcome::Unreachable { .. }),
            took: Latency::sample(exchange),
        }
    }

    /// Whether it was answered 2xx.
    pub(super) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

impl Job {
    /// The case, where there is one that is what its label says.
    pub(super) fn case(&self, service: &Service, settings: &Settings) -> Option<Case> {
        let operation = service.operations.get(self.operation)?;
        let mut call = match &self.plan {
            Plan::Planned(planned) => planned.call(operation)?,
            Plan::Random { seed, number, like, heard } => {
                let path = [Phase::Random as u64, self.operation as u64, *number];
                let rng = Rng::derive(*seed, &path);
                let like = like.as_ref().filter(|_| number % LIKE == 0);
                let mut call = match like {
                    Some(like) => mutate::mutated(operation, like, rng).ok()?,
                    None => catalogue::random_hearing(operation, &[heard], rng).ok()?,
                };
                if let Some(setup) = &self.setup {
                    setup.bind(operation, &mut call);
                    confirm::confirms(operation, &call).then_some(())?;
                }
                call
            }
            Plan::Sequence(sequence) => return sequence.case(service, settings),
            Plan::Recorded(case) => return fixed(service, settings, (**case).clone()),
        };
        if self.nowhere {
            nowhere::put(operation, &mut call)?;
        }
        settings.fix(operation, &mut call);
        let again = timed::again(operation, &call);
        let mut case = match &self.setup {
            Some(setup) => setup.case(&service.name, call),
            None => Case::of(service.name.clone(), call),
        };
        if again {
            timed::add_again(operation, &mut case);
        }
        Some(case)
    }

    /// What it tries.
    pub(super) fn class(&self) -> &'static str {
        match &self.plan {
            Plan::Planned(planned) => planned.class,
            Plan::Random { .. } => "random",
            Plan::Sequence(sequence) => sequence.class,
            Plan::Recorded(_) => "recorded",
        }
    }
}

impl Sequence {
    fn case(&self, service: &Service, settings: &Settings) -> Option<Case> {
        let Self { program, known, usual, rng, .. } = self;
        let case = sequence::build(service, known, program, *usual, rng.clone()).ok()?;
        fixed(service, settings, case)
    }
}

/// The case with the values that are set for its operations.
fn fixed(service: &Service, settings: &Settings, mut case: Case) -> Option<Case> {
    for call in case.own_calls_mut() {
        settings.fix(service.operation(&call.operation)?, call);
    }
    Some(case)
}
