//! Cases on their way: planned, executed by a worker, judged.

use std::sync::Arc;

use crate::case::{Case, History};
use crate::check::{Check, Failure, Print};
use crate::choice::Rng;
use crate::generate::{catalogue, confirm, planned::Planned};
use crate::spec::Service;

use super::{Phase, Settings};

/// A case that is to be executed.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The operation, by its number in the service.
    pub(super) operation: usize,
    /// What it is made of.
    pub(super) plan: Plan,
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
    /// What was sent and what came.
    pub(super) history: Arc<History>,
    /// What there is to remember of its last call, where that was answered 2xx.
    pub(super) print: Option<Print>,
    /// What is wrong, as far as the history alone tells.
    pub(super) failures: Vec<Failure>,
    /// Checks that would like to send more, each with the key that makes it worth it once.
    pub(super) occasions: Vec<(&'static dyn Check, Option<String>)>,
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
