//! Filing: what was found is told apart from what is filed already, and written.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cause::{self, Cause};
use super::proof::Proof;
use super::reduce::Reduced;
use super::suspicion::Bucket;
use super::{Campaign, Event, Found, first, sending};
use crate::case::{Case, Code, Finding, History, Saw, Step, Want};
use crate::check::{self, Failure, Severity};
use crate::corpus::{self, Evidence, Signature};
use crate::wire::grpc;

impl Campaign<'_> {
    /// Files a finding, unless it is one that is known.
    pub(super) fn file(
        &mut self,
        bucket: &Bucket,
        reduced: &Reduced,
        proof: Proof,
        also: &[&'static str],
        cause: Option<&str>,
    ) {
        let (fault, signature) =
            self.fault(bucket, &reduced.failure, &reduced.case, &reduced.irrelevant);
        self.suspicions.found(bucket, fault.clone());
        let id = self.id(signature);
        if self.filed().any(|known| known.id == id)
            || self.is_committed(signature, &reduced.failure)
        {
            return self.suspicions.twice(bucket);
        }
        let severity = reduced.failure.severity;
        let of_cause = || self.filed().find(|known| cause == Some(&*known.id));
        let sibling = || self.sibling(bucket, reduced, also);
        let rival = self.twin(reduced).or_else(of_cause).or_else(sibling).cloned();
        if let Some(Found { id, severity: known, finding, .. }) = rival.as_deref()
            && strength(severity, bucket.check, &reduced.case)
                <= strength(*known, &finding.check, &finding.case)
        {
            self.suspicions.twice(bucket);
            return self.reaches(id, &bucket.operation);
        }
        let weaker = rival.as_ref().and_then(|rival| self.take_back(&rival.id));
        let finding = self.told(reduced, also);
        let mut found = Found {
            id,
            operation: bucket.operation.clone(),
            severity,
            finding,
            further: reduced.failure.further,
            path: None,
            control: proof.control,
            history: proof.history,
            concrete: Arc::new(reduced.case.marked(&self.settings.redactor)),
            neighbour: reduced.neighbour,
            supersedes: weaker.as_ref().map(|weaker| weaker.id.clone()),
            probes: reduced.probes,
        };
        let evidence = Evidence {
            history: &found.history,
            further: &proof.further,
            reproduced: Some(reduced.reproduced),
            control: proof.control,
        };
        found.path = self.write(&found.finding, signature, &evidence);
        self.causes.push(Cause::of(&found, bucket, fault));
        let found = Arc::new(found);
        self.found.push(Arc::clone(&found));
        (self.emit)(Event::Found(Arc::clone(&found)));
        if let Some(rival) = rival {
            self.inherit(&rival.id, &rival.operation, &found.id);
        }
    }

    /// The finding as its file tells it. A set-up call may say that a thing is there in any way in which
    /// this run was told so: on a fresh service it may be another one.
    pub(super) fn told(&self, reduced: &Reduced, also: &[&'static str]) -> Finding {
        let mut finding = finding(reduced, also);
        let twin = first::twin(&reduced.case, &finding.at).map(|twin| twin.id.clone());
        for call in finding.case.own_calls_mut().filter(|call| call.saw.is_none()) {
            // What was done already when it was looked at is not done yet on a fresh service.
            if twin.as_ref() == Some(&call.id)
                && let Some(known) = self.firsts.of(&reduced.case, &call.id)
                && let Some(want) = &mut call.want
                && !want.allows(Some(known.first))
            {
                want.status.insert(0, known.first.to_string());
            }
            let made_by = self.ledger.made_by(&call.operation);
            if let Some(want) = &mut call.want
                && matches!(&*want.status, [only] if made_by.contains(only))
            {
                want.status = made_by;
            }
        }
        finding.redacted(&self.settings.redactor)
    }

    /// Writes a finding with its evidence; a run that cannot do that ends.
    fn write(
        &mut self,
        finding: &Finding,
        signature: Signature,
        evidence: &Evidence<'_>,
    ) -> Option<PathBuf> {
        let folder = self.findings_folder()?;
        let mut path = None;
        let written = corpus::write_finding(&folder, finding, signature).and_then(|written| {
            corpus::write_evidence(path.insert(written), evidence, &self.settings.redactor)
        });
        if let Err(error) = written {
            let why = format!("a finding could not be written: {error}");
            (self.emit)(Event::Notice(why.clone()));
            self.stopped.get_or_insert(why);
        }
        path
    }

    /// Writes down what came back before it is made smaller: whatever ends the run, it is not lost.
    /// Gives the file, where there was none of the same signature, from an earlier run maybe.
    pub(super) fn write_unshrunk(
        &mut self,
        bucket: &Bucket,
        unshrunk: &Reduced,
    ) -> Option<PathBuf> {
        let (_, signature) =
            self.fault(bucket, &unshrunk.failure, &unshrunk.case, &unshrunk.irrelevant);
        let finding = self.told(unshrunk, &[]);
        let folder = self.findings_folder()?;
        if corpus::finding_path(&folder, &finding, signature).exists() {
            return None;
        }
        self.write(&finding, signature, &Evidence::of(&unshrunk.history))
    }

    /// Removes the file of what came back once it is told, unless that is the file of a finding, or a
    /// finding could not be written: then it is all there is.
    pub(super) fn remove_unshrunk(&self, path: &Path) {
        let stays = |found: &Arc<Found>| found.path.as_deref().is_none_or(|own| own == path);
        if !self.found.iter().any(stays) {
            remove(path);
        }
    }

    /// The finding of the same exchange, where there is one: one exchange gives one finding.
    fn twin(&self, reduced: &Reduced) -> Option<&Arc<Found>> {
        let Reduced { failure, case, .. } = reduced;
        self.filed().find(|known| {
            // What a check sends further is another exchange than what another one does.
            known.further == failure.further
                && (known.further.is_none() || known.finding.check == failure.check)
                && sending::is_same(&known.concrete, case)
        })
    }

    /// The finding of another call of the operation that is answered in the same words, where the check
    /// of one fails for the other, too: one refusal is told once, by the stronger check.
    fn sibling(
        &self,
        bucket: &Bucket,
        reduced: &Reduced,
        also: &[&'static str],
    ) -> Option<&Arc<Found>> {
        let told = |history: &History| (history.last_status(), cause::told(history));
        let own = told(&reduced.history);
        let is_refusal = own.0.is_some_and(|status| (400..500).contains(&status));
        self.filed().filter(|_| is_refusal && !own.1.is_empty()).find(|known| {
            let both = also.contains(&&*known.finding.check)
                || known.finding.also.iter().any(|check| check == bucket.check);
            both && known.operation == bucket.operation && told(&known.history) == own
        })
    }

    /// Takes a finding of this run back, and gives it. What is committed stays where it is.
    pub(super) fn take_back(&mut self, id: &str) -> Option<Arc<Found>> {
        let index = self.found.iter().position(|found| found.id == id)?;
        let weaker = self.found.remove(index);
        weaker.path.as_deref().map(remove);
        Some(weaker)
    }
}

/// Removes a finding's file with its evidence. One that cannot be removed stays as a finding of its
/// own: nothing is lost.
fn remove(path: &Path) {
    for path in [path.to_owned(), corpus::evidence_path(path)] {
        let _ = std::fs::remove_file(path);
    }
}

/// How much a finding says of its exchange: how bad it is, then by which check, then how plainly the
/// request is written down.
fn strength(
    severity: Severity,
    check: &str,
    case: &Case,
) -> (Severity, Reverse<usize>, Reverse<usize>) {
    let deviations: usize = case.calls().map(|call| call.deviations.len()).sum();
    (severity, Reverse(check::rank(check)), Reverse(deviations))
}

/// What the file says.
fn finding(reduced: &Reduced, also: &[&'static str]) -> Finding {
    let failure = &reduced.failure;
    let mut case = (*reduced.case).clone();
    // What comes at once with it is judged with it.
    let is_judged = |step: &Step| step.calls().iter().any(|call| call.id == failure.at);
    let judged: Vec<String> = case
        .steps
        .iter()
        .filter(|step| is_judged(step))
        .flat_map(|step| step.calls().iter().map(|call| call.id.clone()))
        .collect();
    for call in case.calls_mut() {
        call.saw = None;
        if judged.contains(&call.id) {
            call.want = wanted(&call.operation, &failure.want);
            call.saw = reduced.history.exchange(&call.id).map(|exchange| saw(exchange, failure));
        } else if let Some(exchange) = reduced.history.exchange(&call.id) {
            let status = exchange.status().map(|status| status.to_string());
            call.want = wanted(&call.operation, status.as_slice());
        }
    }
    Finding {
        check: failure.check.to_owned(),
        at: failure.at.clone(),
        why: failure.why.clone(),
        known: None,
        case,
        boundary: reduced.boundary.clone(),
        irrelevant: reduced.irrelevant.clone(),
        reproduced: reduced.reproduced,
        replays: reduced.replays,
        minimal: reduced.minimal,
        also: also.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn wanted(operation: &str, want: &[String]) -> Option<Want> {
    let want = if grpc::is_method(operation) {
        let code = |want: &String| Code::named(want).or_else(|| Code::of_http(want))?.name();
        let mut names: Vec<String> = want.iter().filter_map(code).map(str::to_owned).collect();
        names.dedup();
        Want { status: Vec::new(), grpc_status: names }
    } else {
        Want { status: want.to_vec(), grpc_status: Vec::new() }
    };
    (want != Want::default()).then_some(want)
}

/// What came, in short.
fn saw(exchange: &crate::case::Exchange, failure: &Failure) -> Saw {
    let outcome = match &exchange.outcome {
        crate::case::Outcome::Answered(_) => None,
        crate::case::Outcome::Dropped { .. } => Some("dropped"),
        crate::case::Outcome::Garbage { .. } => Some("garbage"),
        crate::case::Outcome::TimedOut { .. } => Some("timeout"),
        crate::case::Outcome::Unreachable { .. } => Some("unreachable"),
        crate::case::Outcome::Abandoned => Some("abandoned"),
    };
    let message = Some(failure.message.clone()).filter(|message| !message.is_empty());
    let is_method = grpc::is_method(&exchange.operation);
    let code = exchange.answer().and_then(grpc::status).and_then(|status| status.code.name());
    Saw {
        status: exchange.status().filter(|_| !is_method || code.is_none()),
        grpc_status: code.map(str::to_owned),
        message,
        outcome: outcome.map(str::to_owned),
        value: None,
    }
}

/// Whether a finding of this severity breaks the build.
pub(super) fn breaks(severity: Severity, fail_on: Option<Severity>) -> bool {
    fail_on.is_some_and(|least| severity >= least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Call, Deviation};

    #[test]
    fn of_two_findings_of_one_request_the_worse_then_the_plainer_says_more() {
        let case = |deviations| Case::of("t", Call { deviations, ..Call::default() });
        let plain = case(Vec::new());
        let damaged = case(vec![Deviation::wire("path_traversal")]);
        let weakest_first = [
            strength(Severity::Warning, "not_a_server_error", &plain),
            strength(Severity::Error, "status_code_conformance", &plain),
            strength(Severity::Error, "not_a_server_error", &damaged),
            strength(Severity::Error, "not_a_server_error", &plain),
        ];
        assert!(weakest_first.is_sorted());
    }
}
