//! What a campaign is told to do.

use std::sync::Arc;
use std::time::Duration;

use super::Phase;
use crate::case::{Call, Case, set_value_at, value_at};
use crate::check::{Check, Failure, Severity, Stack};
use crate::config::{Filter, Override};
use crate::corpus::{Out, Stored};
use crate::generate::catalogue;
use crate::spec::{Operation, Service};
use crate::value::{Value, redact::Redactor};

/// What a campaign is told to do. Everything is resolved: nothing is looked up later.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Every random decision comes from it.
    pub seed: u64,
    /// How long it may take; without effect where [`Self::max_cases`] is set.
    pub max_time: Duration,
    /// How many cases are judged; then nothing depends on time.
    pub max_cases: Option<u64>,
    /// End after so many findings that break the build: at or above [`Self::fail_on`].
    pub max_findings: Option<usize>,
    /// Cases executed at once.
    pub workers: usize,
    /// The phases that run.
    pub phases: Vec<Phase>,
    /// The checks that judge.
    pub checks: Vec<&'static dyn Check>,
    /// Only operations that one of these picks; all where there are none.
    pub include: Vec<Filter>,
    /// Not the operations that one of these picks.
    pub exclude: Vec<Filter>,
    /// Settings per operation.
    pub overrides: Vec<Override>,
    /// Cases made of recorded traffic, to start from.
    pub recorded: Vec<Arc<Case>>,
    /// The folder for what is found, taken for this run alone; `None` writes nothing.
    pub out: Option<Arc<Out>>,
    /// The committed cases of the service: replayed first, and known from then on.
    pub committed: Vec<Stored>,
    /// The severity from which a finding breaks the build; `None` never.
    pub fail_on: Option<Severity>,
    /// The share of operations that must answer 2xx for a verdict, 0 to 1.
    pub require_reached: f64,
    /// The longest that shrinking one finding takes.
    pub shrink_time: Duration,
    /// The share of the time that shrinking takes in all, 0 to 1.
    pub shrink_share: f64,
    /// How long to wait for a service that is not there, or has gone away.
    pub wait_for_service: Duration,
    /// The control call, where one is configured: `GET /health`.
    pub health: Option<String>,
    /// Whether what the run makes is taken away again at its end.
    pub cleanup: bool,
    /// What serves gRPC; where it is not set, it is found out.
    pub stack: Option<&'static Stack>,
    /// How long reads of the service may lag behind its writes.
    pub settle: Duration,
    /// Takes secrets out of everything that is written.
    pub redactor: Arc<Redactor>,
}

impl Default for Settings {
    /// A minute with everything on, seed 0, nothing written and nothing replayed.
    fn default() -> Self {
        Self {
            seed: 0,
            max_time: Duration::from_secs(60),
            max_cases: None,
            max_findings: None,
            workers: 16,
            phases: Phase::ALL.to_vec(),
            checks: crate::check::all().to_vec(),
            include: Vec::new(),
            exclude: Vec::new(),
            overrides: Vec::new(),
            recorded: Vec::new(),
            out: None,
            committed: Vec::new(),
            fail_on: Some(Severity::Error),
            require_reached: 0.0,
            shrink_time: Duration::from_secs(20),
            shrink_share: 0.3,
            wait_for_service: Duration::from_secs(5),
            health: None,
            cleanup: true,
            stack: None,
            settle: Duration::ZERO,
            redactor: Arc::default(),
        }
    }
}

impl Settings {
    /// Whether an operation takes part: it is called for its own sake, and judged.
    pub fn picks(&self, operation: &Operation) -> bool {
        let mut include = self.include.iter();
        let included = self.include.is_empty() || include.any(|own| own.matches(operation));
        included && !self.denies(operation)
    }

    /// Whether calls are to stand behind those that make what they name.
    pub(super) fn chains(&self) -> bool {
        let chains =
            |phase: &Phase| matches!(phase, Phase::Sequences | Phase::Timing | Phase::Races);
        self.phases.iter().any(chains)
    }

    /// Whether an operation is never to be called, by a committed case neither, nor to make what another
    /// one needs.
    pub fn denies(&self, operation: &Operation) -> bool {
        let excluded = self.exclude.iter().any(|filter| filter.matches(operation));
        excluded || self.overrides.iter().any(|o| o.skip && o.matching.matches(operation))
    }

    /// The simplest call of an operation, with the values that are set for it; `None` where it can have
    /// none.
    pub(super) fn usual(&self, operation: &Operation) -> Option<Call> {
        let mut call = catalogue::baseline(operation).ok()?;
        self.fix(operation, &mut call);
        Some(call)
    }

    /// Puts the values that are set for an operation into a call of it, but for places that are broken
    /// on purpose.
    pub fn fix(&self, operation: &Operation, call: &mut Call) {
        for (place, value) in self.fixed(operation) {
            let broken = call.deviations.iter().filter_map(|deviation| deviation.at.as_deref());
            if !broken.into_iter().any(|at| is_within(at, place) || is_within(place, at)) {
                set_value_at(call, place, Some(value.clone()));
            }
        }
    }

    /// Whether two calls of an operation hold the same at the places that are set for it.
    pub fn keeps(&self, operation: &Operation, call: &Call, other: &Call) -> bool {
        self.fixed(operation).all(|(place, _)| value_at(call, place) == value_at(other, place))
    }

    fn fixed(&self, operation: &Operation) -> impl Iterator<Item = (&str, &Value)> {
        let own = self.overrides.iter().filter(|own| own.matching.matches(operation));
        own.flat_map(|own| own.values.iter().map(|(place, value)| (place.as_str(), value)))
    }

    /// Whether a failure counts: what only makes something for others is not what the run is about.
    pub fn counts(&self, service: &Service, case: &Case, failure: &Failure) -> bool {
        let at = case.original(&failure.at);
        let operation = at.and_then(|call| service.operation(&call.operation));
        operation.is_none_or(|operation| self.picks(operation))
            && !self.excludes(failure.check, operation)
    }

    /// Whether a check is kept from judging an operation.
    pub fn excludes(&self, check: &str, operation: Option<&Operation>) -> bool {
        operation.is_some_and(|operation| {
            self.overrides.iter().any(|own| {
                own.exclude_checks.iter().any(|name| name == check)
                    && own.matching.matches(operation)
            })
        })
    }
}

/// Whether a place is another, or below it.
fn is_within(place: &str, outer: &str) -> bool {
    place.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
