//! What the shrinker compares and asks about.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::choice::{Trace, cmp_choices};

/// What counts before the choices do, most important first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost {
    /// Steps.
    pub steps: usize,
    /// Calls that are released together with others.
    pub together: usize,
    /// Deliberate bends of timing, waits among them.
    pub perturbations: usize,
    /// Deliberate departures from the contract.
    pub deviations: usize,
}

impl Cost {
    /// What a pass over single elements of a step can take away.
    pub(super) fn within_steps(self) -> (usize, usize, usize) {
        (self.together, self.perturbations, self.deviations)
    }
}

/// A thing that could take the place of the failing one, with the choices that made it.
#[derive(Clone, Debug)]
pub struct Candidate<T> {
    /// The thing itself, rendered as far as it can be without executing it.
    pub value: T,
    /// The choices it was made of.
    pub trace: Arc<Trace>,
    /// What it looks like to the service, fresh values symbolic: two candidates of one key are the
    /// same probe.
    pub key: Vec<u8>,
    /// What counts before its choices do.
    pub cost: Cost,
}

impl<T> Candidate<T> {
    /// A candidate of these parts.
    pub fn new(value: T, trace: Trace, key: impl Into<Vec<u8>>, cost: Cost) -> Self {
        Self { value, trace: Arc::new(trace), key: key.into(), cost }
    }

    /// The shortlex order: by cost, then by choices.
    pub fn compare<U>(&self, other: &Candidate<U>) -> Ordering {
        self.cost.cmp(&other.cost).then_with(|| cmp_choices(&self.trace.nodes, &other.trace.nodes))
    }
}

/// What a probe showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same failure, at this step counted from 0 where that is known: everything after it was
    /// sent in vain.
    Fails {
        /// The failing step.
        at_step: Option<usize>,
    },
    /// No failure.
    Passes,
    /// Another failure, or nothing that can be judged: never followed.
    Other,
}

impl Verdict {
    /// The same failure, at an unknown step.
    pub const FAILS: Self = Self::Fails { at_step: None };

    /// Whether it is the same failure.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Fails { .. })
    }
}
