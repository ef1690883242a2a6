//! From a suspicion to a finding: confirmed on a new connection, shrunk, told apart from what is
//! known, written.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cause::{self, Cause, Explanation};
use super::reduce::{Reduced, probe, reduce};
use super::suspicion::{Bucket, Fault, Next, broken, without_indices};
use super::{Campaign, Event, Found, round, sending};
use crate::case::{Case, Finding, History, Saw, Want};
use crate::check::{self, Check, Failure, Ranked, Severity};
use crate::corpus::{self, Signature};
use crate::generate::case::{differences, simplest};

/// Why nothing is known of a failure that was seen when the time was over.
const ENDED: &str = "the run ended before it was seen again";

impl Campaign<'_> {
    /// Follows a failure: is it known, does it come back, how small is it.
    pub(super) async fn suspect(&mut self, history: &Arc<History>, ranked: Ranked, class: &str) {
        let Ranked { failure, also } = ranked;
        let bucket = Bucket::of(&failure, history);
        let Some(check) = check::named(failure.check) else { return };
        let history =
            match self.suspicions.next(&self.executor.service, &bucket, &history.case, class) {
                Next::Nothing => return,
                Next::Confirm if self.executor.stop.is_asked() => {
                    return self.dismiss(&bucket, ENDED);
                }
                Next::Confirm => Arc::clone(history),
                // Where it fails without the known culprits, another fault is behind the same face.
                Next::Neutralise(without) => match self.probe(check, &bucket, &without).await {
                    (history, Some(_)) => history,
                    (_, None) => return,
                },
            };
        let cause = self.cause(check, &bucket, &history).await;
        if let Some(id) = &cause {
            let known = self.found.iter().find(|found| found.id == *id);
            if known.is_some_and(|known| known.severity >= failure.severity) {
                return self.reaches(id, &bucket.operation);
            }
        }
        self.confirm(check, &bucket, &history.case, also, failure.severity, cause).await;
    }

    /// The finding at another operation that a failure has the cause of: what both send to every
    /// operation (a header, a common part), or an error answer of one shape for all.
    async fn cause(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        history: &Arc<History>,
    ) -> Option<String> {
        let told = cause::told(history);
        for cause in &self.causes {
            match cause.explains(&self.executor.service, bucket, &told, history) {
                Explanation::None => continue,
                Explanation::Certain => {}
                Explanation::IfPasses(case) => {
                    let fails = self.probe(check, bucket, &Arc::new(case)).await.1.is_some();
                    if fails || self.executor.stop.is_asked() {
                        continue;
                    }
                }
            }
            self.suspicions.found(bucket, cause.fault.clone());
            return Some(cause.id.clone());
        }
        None
    }

    async fn probe(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: &Arc<Case>,
    ) -> (Arc<History>, Option<Failure>) {
        probe(&self.executor, &self.trusting(), check, bucket, case, None).await
    }

    /// What is known, for judging a case that was found before.
    fn trusting(&self) -> check::Surroundings {
        check::Surroundings { trusting: true, ..(*self.surroundings).clone() }
    }

    /// Sees whether a failure comes back on a new connection while controls pass, and shrinks it.
    /// `cause` is the finding at another operation that is as this one, only less severe.
    async fn confirm(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: &Arc<Case>,
        also: Vec<&'static str>,
        severity: Severity,
        cause: Option<String>,
    ) {
        let before = self.build().await;
        let (history, failure) = match self.seen_again(check, bucket, case).await {
            Ok(seen) => seen,
            Err(why) => return self.dismiss(bucket, &why),
        };
        let until = self.shrink_until();
        let began = Instant::now();
        let surroundings = self.trusting();
        let (executor, settings) = (&self.executor, &self.settings);
        let reduced = reduce(executor, settings, &surroundings, check, bucket, case, until).await;
        self.shrinking += began.elapsed();
        let mut reduced = match reduced {
            Some(reduced) => reduced,
            // No time is left to make it smaller: it stands as it came back.
            None if self.executor.stop.is_asked() => Reduced::not_at_all(case, history, failure),
            None => return self.dismiss(bucket, "it did not come back"),
        };
        if let (Some(before), Some(after)) = (before, self.build().await)
            && before != after
        {
            let why = format!("another build came while it was looked at ({before}, then {after})");
            return self.dismiss(bucket, &why);
        }
        // What was known of other calls when it was found decides how bad it is.
        reduced.failure.severity = reduced.failure.severity.min(severity);
        if let Some(stronger) = self.stronger(bucket, &reduced) {
            // Filed first, so that no one is told of the same call twice.
            let history = Arc::clone(&reduced.history);
            Box::pin(self.suspect(&history, stronger, "shrunk")).await;
        }
        self.found(bucket, &reduced, &also, cause.as_deref());
    }

    /// What the smallest case shows beyond the failure it was shrunk for, where that is worse.
    fn stronger(&self, bucket: &Bucket, reduced: &Reduced) -> Option<Ranked> {
        if self.executor.stop.is_asked() {
            return None;
        }
        let operation = self.executor.service.operation(&bucket.operation);
        let picked = |check: &&&'static dyn Check| !self.settings.excludes(check.name(), operation);
        let checks: Vec<_> = self.settings.checks.iter().filter(picked).copied().collect();
        let failures = self.executor.judge_alone(&checks, &reduced.history, &self.surroundings);
        let (failure, rank) = (&reduced.failure, |name: &str| check::rank(name));
        check::strongest(failures).into_iter().find(|other| {
            let other = &other.failure;
            other.at == failure.at
                && (Reverse(other.severity), rank(other.check))
                    < (Reverse(failure.severity), rank(failure.check))
        })
    }

    /// Leaves a suspicion for now, and says why.
    fn dismiss(&mut self, bucket: &Bucket, why: &str) {
        let why = if self.executor.stop.is_asked() {
            ENDED
        } else {
            self.suspicions.fleeting(bucket);
            why
        };
        let told = format!("{} {}: {why}", bucket.operation, bucket.check);
        if !self.inconclusive.contains(&told) {
            self.inconclusive.push(told);
        }
    }

    /// Sees whether a failure comes back while other calls are answered as ever; the execution that
    /// shows it.
    ///
    /// # Errors
    /// Why it cannot be believed.
    async fn seen_again(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: &Arc<Case>,
    ) -> Result<(Arc<History>, Failure), String> {
        let (history, failure) = self.probe(check, bucket, case).await;
        let is_well = match &self.surroundings.control {
            Some(control) if check.name() != "unhealthy_after" => {
                round::is_well(&self.executor, control).await
            }
            _ => true,
        };
        if !is_well {
            return Err("control calls failed, too".to_owned());
        }
        let Some(failure) = failure else {
            let unfinished = history.unfinished.as_ref().map(|unfinished| unfinished.why.clone());
            return Err(
                unfinished.unwrap_or_else(|| "it did not come back on a new connection".to_owned())
            );
        };
        let status = history.exchange(&failure.at).and_then(crate::case::Exchange::status);
        let answered = || {
            let operations = &self.executor.service.operations;
            let operation = operations.iter().position(|o| o.name == bucket.operation)?;
            self.answered[operation].as_ref().filter(|answered| *answered != case)
        };
        if !status.is_some_and(|status| (200..300).contains(&status))
            && let Some(answered) = answered()
            && self.probe(check, bucket, answered).await.1.is_some()
        {
            let why = "what was answered before fails the same way now: its state changed";
            return Err(why.to_owned());
        }
        if self.executor.stop.is_asked() {
            return Err(ENDED.to_owned());
        }
        Ok((history, failure))
    }

    /// When shrinking one finding has to end; never where the number of cases bounds the run.
    fn shrink_until(&self) -> Option<Instant> {
        self.deadline?;
        let all = self.settings.max_time.mul_f64(self.settings.shrink_share);
        let left = all.saturating_sub(self.shrinking).max(Duration::from_secs(1));
        Some(Instant::now() + left.min(self.settings.shrink_time))
    }

    /// Files a finding, unless it is one that is known.
    fn found(
        &mut self,
        bucket: &Bucket,
        reduced: &Reduced,
        also: &[&'static str],
        cause: Option<&str>,
    ) {
        let (culprits, neutral) = self.culprits(reduced);
        let fault = Fault { broken: broken(&reduced.case), neutral };
        self.suspicions.found(bucket, fault.clone());
        let signature = Signature::of(&corpus::Fault {
            check: bucket.check,
            operation: &bucket.operation,
            outcome: &bucket.outcome,
            message: &reduced.failure.message,
            culprits: &culprits,
        });
        let service = corpus::slug(&self.executor.service.name);
        let id = format!("{service}-{signature}");
        if self.found.iter().any(|known| known.id == id) {
            return self.suspicions.twice(bucket);
        }
        let severity = reduced.failure.severity;
        let of_cause = || self.found.iter().position(|known| cause == Some(&*known.id));
        let rival = self.twin(reduced).or_else(of_cause);
        if let Some(Found { id, severity: known, finding, .. }) = rival.map(|at| &*self.found[at])
            && strength(severity, bucket.check, &reduced.case)
                <= strength(*known, &finding.check, &finding.case)
        {
            self.suspicions.twice(bucket);
            return self.reaches(&id.clone(), &bucket.operation);
        }
        let weaker = rival.map(|rival| self.take_back(rival));
        let finding = finding(reduced, also).redacted(&self.settings.redactor);
        let mut found = Found {
            id,
            operation: bucket.operation.clone(),
            severity,
            finding,
            further: reduced.failure.further,
            path: None,
            history: Arc::clone(&reduced.history),
            concrete: Arc::clone(&reduced.case),
            neighbour: reduced.neighbour,
            supersedes: weaker.as_ref().map(|weaker| weaker.id.clone()),
            probes: reduced.probes,
        };
        if let Some(folder) = self.findings_folder() {
            let written =
                corpus::write_finding(&folder, &found.finding, signature).and_then(|path| {
                    found.path = Some(path.clone());
                    corpus::write_evidence(&path, &found.history, &self.settings.redactor)
                });
            if let Err(error) = written {
                let why = format!("a finding could not be written: {error}");
                (self.emit)(Event::Notice(why.clone()));
                self.stopped.get_or_insert(why);
            }
        }
        self.causes.push(Cause::of(&found, bucket, fault));
        let found = Arc::new(found);
        self.found.push(Arc::clone(&found));
        (self.emit)(Event::Found(Arc::clone(&found)));
        if let Some(weaker) = weaker {
            self.inherit(&weaker.id, &weaker.operation, &found.id);
        }
    }

    /// The finding of the same exchange, where there is one: one exchange gives one finding.
    fn twin(&self, reduced: &Reduced) -> Option<usize> {
        let Reduced { failure, case, .. } = reduced;
        self.found.iter().position(|known| {
            // What a check sends further is another exchange than what another one does.
            known.further == failure.further
                && (known.further.is_none() || known.finding.check == failure.check)
                && sending::is_same(&known.concrete, case)
        })
    }

    /// Takes a finding back, and gives it.
    fn take_back(&mut self, index: usize) -> Arc<Found> {
        let weaker = self.found.remove(index);
        for path in weaker.path.iter().flat_map(|path| [path.clone(), corpus::evidence_path(path)])
        {
            // A file that cannot be removed stays as a finding of its own: nothing is lost.
            let _ = std::fs::remove_file(path);
        }
        weaker
    }

    /// The places that shrinking left, and what to put there to see the failure vanish.
    fn culprits(
        &self,
        reduced: &Reduced,
    ) -> (Vec<String>, Vec<(String, Option<crate::value::Value>)>) {
        let case = &reduced.case;
        let mut culprits = Vec::new();
        let mut neutral = Vec::new();
        if let Some(mut simple) = simplest(&self.executor.service, case) {
            let service = &self.executor.service;
            for call in simple.calls_mut() {
                // What is set for an operation is no one's fault.
                if let Some(operation) = service.operation(&call.operation) {
                    self.settings.fix(operation, call);
                }
            }
            for place in differences(case, &simple) {
                let Some((id, within)) = place.split_once('/') else { continue };
                // Far from where the failure begins: beside it another place may tip the scales.
                let value = simple.call(id).and_then(|call| crate::case::value_at(call, within));
                neutral.push((within.to_owned(), value.cloned()));
                culprits.push(without_indices(&place));
            }
        }
        for call in case.calls() {
            for deviation in &call.deviations {
                let at = deviation.at.as_deref().map(without_indices).unwrap_or_default();
                culprits.push(format!("{} {}", deviation.rule.lossy(), at));
            }
        }
        culprits.sort();
        culprits.dedup();
        (culprits, neutral)
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
pub(super) fn finding(reduced: &Reduced, also: &[&'static str]) -> Finding {
    let failure = &reduced.failure;
    let mut case = (*reduced.case).clone();
    for call in case.calls_mut() {
        call.saw = None;
        if call.id == failure.at {
            call.want = wanted(&failure.want);
            call.saw = reduced.history.exchange(&call.id).map(|exchange| saw(exchange, failure));
        } else if let Some(exchange) = reduced.history.exchange(&call.id) {
            call.want = exchange
                .status()
                .map(|status| Want { status: vec![status.to_string()], grpc_status: vec![] });
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

fn wanted(want: &[String]) -> Option<Want> {
    (!want.is_empty()).then(|| Want { status: want.to_vec(), grpc_status: Vec::new() })
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
    Saw {
        status: exchange.status(),
        grpc_status: None,
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
