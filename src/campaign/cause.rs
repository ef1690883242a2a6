//! Causes: one fault that many operations show is one finding.
//!
//! What every operation takes (a version header, a tenant) or answers (one shape of error) fails
//! everywhere at once. Such a failure is recognised by what the service says, and by vanishing with
//! the same culprits as at the first operation; which check speaks, and how loud, depends on what the
//! document says of each operation.

use super::Found;
use super::fault::Fault;
use super::suspicion::Bucket;
use crate::case::{Case, History};
use crate::check::{self, message, normalise};
use crate::spec::Service;
use crate::value::read;
use crate::wire;

/// Checks of answers whose failure lies in the answer's shape, whatever was sent.
pub(super) const SHAPES: [&str; 3] =
    ["response_schema_conformance", "content_type_conformance", "response_headers_conformance"];

/// Whether a cause explains a failure.
#[derive(Debug)]
pub(super) enum Explanation {
    /// It does not.
    None,
    /// It does.
    Certain,
    /// It does if this case passes.
    IfPasses(Case),
}

impl Explanation {
    fn told(certain: bool) -> Self {
        if certain { Self::Certain } else { Self::None }
    }
}

/// What a finding came from.
#[derive(Debug)]
pub(super) struct Cause {
    /// The finding.
    pub(super) id: String,
    /// What makes it vanish.
    pub(super) fault: Fault,
    /// What it looks like.
    pub(super) bucket: Bucket,
    /// What the service says, normalised.
    told: String,
    /// The broken rules with their places.
    deviations: Vec<(String, Option<String>)>,
}

impl Cause {
    /// The cause of a finding.
    pub(super) fn of(found: &Found, bucket: &Bucket, fault: Fault) -> Self {
        Self {
            id: found.id.clone(),
            fault,
            bucket: bucket.clone(),
            told: told(&found.history),
            deviations: deviations(&found.finding.case),
        }
    }

    /// The fault where another operation shows it.
    pub(super) fn fault_at(&self, operation: &str) -> Fault {
        self.fault.at(&self.bucket.operation, operation)
    }

    /// Whether it explains a failure of another operation.
    pub(super) fn explains(
        &self,
        service: &Service,
        bucket: &Bucket,
        told: &str,
        history: &History,
    ) -> Explanation {
        if self.bucket.operation == bucket.operation {
            return Explanation::None;
        }
        let alike = self.bucket.looks_like(bucket);
        if [self.bucket.check, bucket.check].iter().any(|check| SHAPES.contains(check)) {
            // Answers of success are each operation's own; errors are usually made in one place.
            let status = history.last_status();
            return Explanation::told(alike && status.is_some_and(|status| status >= 400));
        }
        if alike && bucket.outcome == check::EVERYONE {
            return Explanation::Certain;
        }
        if self.bucket.outcome != bucket.outcome || self.told != told {
            return Explanation::None;
        }
        let case = &*history.case;
        if !self.deviations.is_empty() {
            return Explanation::told(alike && self.deviations == deviations(case));
        }
        if self.told.is_empty() {
            return Explanation::None;
        }
        // An undeclared refusal in the same words is the same rule of the business.
        if alike && bucket.check == "status_code_conformance" && self.fault.neutral.is_empty() {
            return Explanation::Certain;
        }
        match self.fault_at(&bucket.operation).neutralised(service, case) {
            Some(neutral) if neutral != *case => Explanation::IfPasses(neutral),
            _ => Explanation::None,
        }
    }
}

/// What the last answer of a history says, normalised.
pub(super) fn told(history: &History) -> String {
    let Some(exchange) = history.exchanges.last() else { return String::new() };
    let Some(answer) = exchange.answer() else { return String::new() };
    let json = read::json(&answer.body).ok();
    let said = message::message(answer, json.as_ref()).unwrap_or_default();
    let sent = history.case.call(&exchange.call).map(|call| normalise::sent_texts(call, exchange));
    normalise::normalise(&said, &sent.unwrap_or_default())
}

/// The broken rules with their places; damage on the wire is read by what all operations share, so
/// that its place says nothing.
fn deviations(case: &Case) -> Vec<(String, Option<String>)> {
    case.calls()
        .flat_map(|call| &call.deviations)
        .map(|deviation| {
            let on_wire = deviation.rule.as_str().and_then(wire::deviation::find).is_some();
            let place = deviation.at.clone().filter(|_| !on_wire);
            (deviation.rule.lossy().into_owned(), place)
        })
        .collect()
}
