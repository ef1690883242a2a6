//! Cases on their way: planned, executed by a worker, judged.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::case::{Case, Exchange, History, Label, Outcome};
use crate::check::{Check, Failure, Latency, Print};
use crate::choice::Rng;
use crate::generate::{catalogue, confirm, nowhere, planned::Planned};
use crate::spec::Service;

use super::{Phase, Settings};

/// A case that is to be executed.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The operation, by its number in the service.
    pub(super) operation: usize,
    /// What it is made of.
    pub(super) plan: Plan,
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
    },
}

/// A judged case.
#[derive(Debug)]
pub(super) struct Done {
    /// The operation, by its number in the service.
    pub(super) operation: usize,
    /// What it tried.
    pub(super) class: &'static str,
    /// What came of its last call.
    pub(super) last: Last,
    /// What was sent and what came, where someone will ask: most are let go of at once.
    pub(super) history: Option<Arc<History>>,
    /// What there is to remember of its last call, where that was answered 2xx.
    pub(super) print: Option<Print>,
    /// What is wrong, as far as the history alone tells.
    pub(super) failures: Vec<Failure>,
    /// Checks that would like to send more, each with the key that makes it worth it once.
    pub(super) occasions: Vec<(&'static dyn Check, Option<String>)>,
}

/// What checks sent more for that is worth it once: for each check its keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Occasions(HashMap<&'static str, HashSet<String>>);

impl Occasions {
    /// Whether a check sent more for this key.
    pub(super) fn contains(&self, check: &'static str, key: &str) -> bool {
        self.0.get(check).is_some_and(|keys| keys.contains(key))
    }

    /// Notes that a check sends more for this key; `false` where it did already.
    pub(super) fn insert(&mut self, check: &'static str, key: String) -> bool {
        self.0.entry(check).or_default().insert(key)
    }
}

/// What came of the last call of a case, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Last {
    pub(super) status: Option<u16>,
    pub(super) label: Label,
    /// Whether no answer came in time, to what is no reason to wait.
    pub(super) timed_out: bool,
    /// How long the answer took, where that is worth remembering.
    pub(super) took: Option<Duration>,
}

impl Last {
    /// What came of the last exchange of a case.
    pub(super) fn of(case: &Case, exchange: &Exchange) -> Self {
        let timed_out = matches!(exchange.outcome, Outcome::TimedOut { .. });
        // What is badly framed may be waited for: that says nothing about the operation.
        let well_framed =
            || case.call(&exchange.call).is_some_and(crate::wire::deviation::well_framed);
        Self {
            status: exchange.status(),
            label: exchange.label,
            timed_out: timed_out && well_framed(),
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
            Plan::Random { seed, number } => {
                let path = [Phase::Random as u64, self.operation as u64, *number];
                let call = catalogue::random(operation, Rng::derive(*seed, &path)).ok()?;
                confirm::confirms(operation, &call).then_some(call)?
            }
        };
        if self.nowhere {
            nowhere::put(operation, &mut call)?;
        }
        settings.fix(operation, &mut call);
        Some(Case::of(service.name.clone(), call))
    }

    /// What it tries.
    pub(super) fn class(&self) -> &'static str {
        match &self.plan {
            Plan::Planned(planned) => planned.class,
            Plan::Random { .. } => "random",
        }
    }
}
