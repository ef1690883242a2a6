//! What a campaign is told to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use super::Phase;
use crate::check::{Check, Severity};
use crate::config::{Filter, Override};
use crate::spec::Operation;
use crate::value::redact::Redactor;

/// What a campaign is told to do. Everything is resolved: nothing is looked up later.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Every random decision comes from it.
    pub seed: u64,
    /// How long it may take; without effect where [`Self::max_cases`] is set.
    pub max_time: Duration,
    /// How many cases are judged; then nothing depends on time.
    pub max_cases: Option<u64>,
    /// End after so many findings.
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
    /// The folder for what is found; `None` writes nothing.
    pub out: Option<PathBuf>,
    /// The folder of committed cases; `None` replays none.
    pub corpus: Option<PathBuf>,
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
    /// Takes secrets out of everything that is written.
    pub redactor: Arc<Redactor>,
    /// Says when a signal has come.
    pub stop: Stop,
}

/// Whether, and by which signal, the campaign is to end.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicI32>);

impl Stop {
    /// Asks the campaign to end, because of this signal.
    pub fn by_signal(&self, signal: i32) {
        self.0.store(signal, Ordering::Relaxed);
    }

    /// The signal that asked for the end.
    pub fn signal(&self) -> Option<i32> {
        Some(self.0.load(Ordering::Relaxed)).filter(|signal| *signal != 0)
    }
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
            out: None,
            corpus: None,
            fail_on: Some(Severity::Error),
            require_reached: 0.0,
            shrink_time: Duration::from_secs(20),
            shrink_share: 0.3,
            wait_for_service: Duration::from_secs(5),
            health: None,
            redactor: Arc::default(),
            stop: Stop::default(),
        }
    }
}

impl Settings {
    /// Whether an operation takes part.
    pub fn picks(&self, operation: &Operation) -> bool {
        let any = |filters: &[Filter]| filters.iter().any(|filter| filter.matches(operation));
        let skipped = self.overrides.iter().any(|o| o.skip && o.matching.matches(operation));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude) && !skipped
    }

    /// Whether a check judges an operation.
    pub fn judges(&self, check: &str, operation: Option<&Operation>) -> bool {
        self.checks.iter().any(|known| known.name() == check)
            && !operation.is_some_and(|operation| {
                self.overrides.iter().any(|o| {
                    o.matching.matches(operation)
                        && o.exclude_checks.iter().any(|name| name == check)
                })
            })
    }
}
