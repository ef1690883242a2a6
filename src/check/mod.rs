//! Checks: what a history proves about the service.
//!
//! A check is pure. It may ask for further cases ([`Check::follow_ups`]), which are executed by
//! others, and judges what came back ([`Check::judge`]). It knows no transport and no generator.

use std::sync::Arc;

use crate::case::{Case, Exchange, History};
use crate::spec::{Operation, Service};

/// How bad a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; does not break a build by default.
    Warning,
    /// The service is broken.
    Error,
}

/// What a check can see of a history.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The service's promises.
    pub service: &'a Service,
    /// What was sent and what came.
    pub history: &'a History,
    /// What is known of the environment.
    pub surroundings: &'a Surroundings,
}

impl<'a> View<'a> {
    /// Each exchange with the operation it was for, where the document still has it.
    pub fn exchanges(self) -> impl Iterator<Item = (&'a Operation, &'a Exchange)> {
        self.history.exchanges.iter().filter_map(move |exchange| {
            Some((self.service.operation(&exchange.operation)?, exchange))
        })
    }
}

/// What is known of the environment the service runs in.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// How a gateway in front of the service answers by itself.
    pub gateway: Option<Fingerprint>,
    /// Whether requests go through a proxy.
    pub proxied: bool,
}

/// How a gateway answers by itself, learned from a path that no service has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// `Server`, `Via` and the like: names and values.
    pub headers: Vec<(String, String)>,
    /// The media type of its error pages.
    pub media_type: Option<String>,
    /// The begin of its error page, statuses and numbers taken out.
    pub page: String,
}

/// A further case that a check needs sent before it can judge.
#[derive(Clone, Debug)]
pub struct FollowUp {
    /// The case.
    pub case: Case,
    /// Whether it goes over connections of its own.
    pub fresh_connection: bool,
}

/// What a check found wrong. Not yet a finding: it has to happen again first.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The check's name.
    pub check: &'static str,
    /// The id of the call whose answer shows it.
    pub at: String,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence for a person: what was sent, what came, what the contract says.
    pub why: String,
    /// The class of the outcome, for the signature: `500`, `dropped`, `accepted`, …
    pub outcome: String,
    /// What the answer says, normalised (ids, numbers, times and what we sent taken out), or the
    /// stack frame, or the keyword path with indices taken out; for the signature.
    pub message: String,
    /// What the contract allows there, as statuses or ranges.
    pub want: Vec<String>,
}

/// A check.
pub trait Check: Sync + Send {
    /// The name in files, reports and on the command line.
    fn name(&self) -> &'static str;

    /// What it means for a person: Markdown of what it verifies, when it is silent, and how to mend
    /// the service.
    fn explanation(&self) -> &'static str;

    /// Further cases it needs before it can judge; none for most checks.
    fn follow_ups(&self, _view: View<'_>) -> Vec<FollowUp> {
        Vec::new()
    }

    /// What is wrong; `further` holds the histories of its follow-ups, in their order.
    fn judge(&self, view: View<'_>, further: &[Arc<History>]) -> Vec<Failure>;
}
