//! From a suspicion to a finding: confirmed on a new connection, shrunk, told apart from what is
//! known, written.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::breach::{broken, without_indices};
use super::cause::{self, Cause, Explanation};
use super::reduce::{Reduced, probe, reduce};
use super::suspicion::{Bucket, Fault, Next};
use super::{Campaign, Event, Found, round};
use crate::case::{Case, Finding, History, Saw, Want};
use crate::check::{self, Check, Failure, Ranked, Severity};
use crate::corpus::{self, Signature};
use crate::generate::case::{differences, simplest};

impl Campaign<'_> {
    /// Follows a failure: is it known, does it come back, how small is it.
    pub(super) async fn suspect(&mut self, history: &Arc<History>, ranked: Ranked, class: &str) {
        let Ranked { failure, also } = ranked;
        let bucket = Bucket::of(&failure, history);
        let Some(check) = check::named(failure.check) else { return };
        match self.suspicions.next(&self.executor.service, &bucket, &history.case, class) {
            Next::Nothing => {}
            Next::Confirm => {
                if self.is_known_cause(check, &bucket, history).await {
                    return;
                }
                self.confirm(check, &bucket, &history.case, also, failure.severity).await;
            }
            Next::Neutralise(without) => {
                // Where it fails without the known culprits, another fault is behind the same face.
                if self.probe(check, &bucket, &without).await.1.is_some() {
                    self.confirm(check, &bucket, &without, also, failure.severity).await;
                }
            }
        }
    }

    /// Whether a failure comes from the cause of a finding at another operation: what both send to
    /// every operation (a header, a common part), or an error answer of one shape for all.
    async fn is_known_cause(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        history: &Arc<History>,
    ) -> bool {
        let told = cause::told(history);
        for index in 0..self.causes.len() {
            match self.causes[index].explains(&self.executor.service, bucket, &told, history) {
                Explanation::None => continue,
                Explanation::Certain => {}
                Explanation::IfPasses(case) => {
                    if self.probe(check, bucket, &Arc::new(case)).await.1.is_some() {
                        continue;
                    }
                }
            }
            let cause = &mut self.causes[index];
            self.suspicions.found(bucket, cause.fault.clone());
            if cause.reaches(&bucket.operation) {
                let (id, operation) = (cause.id.clone(), bucket.operation.clone());
                (self.emit)(Event::Spread { id, operation });
            }
            return true;
        }
        false
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
    async fn confirm(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: &Arc<Case>,
        also: Vec<&'static str>,
        severity: Severity,
    ) {
        let before = self.build().await;
        if let Some(why) = self.doubt(check, bucket, case).await {
            return self.dismiss(bucket, &why);
        }
        let until = self.shrink_until();
        let began = Instant::now();
        let surroundings = self.trusting();
        let (executor, settings) = (&self.executor, &self.settings);
        let reduced = reduce(executor, settings, &surroundings, check, bucket, case, until).await;
        self.shrinking += began.elapsed();
        let Some(mut reduced) = reduced else {
            return self.dismiss(bucket, "it did not come back");
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
        self.found(bucket, &reduced, &also);
    }

    /// What the smallest case shows beyond the failure it was shrunk for, where that is worse.
    fn stronger(&self, bucket: &Bucket, reduced: &Reduced) -> Option<Ranked> {
        if self.executor.stop.signal().is_some() {
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
                && (std::cmp::Reverse(other.severity), rank(other.check))
                    < (std::cmp::Reverse(failure.severity), rank(failure.check))
        })
    }

    /// Leaves a suspicion for now, and says why.
    fn dismiss(&mut self, bucket: &Bucket, why: &str) {
        let why = if self.executor.stop.signal().is_some() {
            "the run ended before it was seen again"
        } else {
            self.suspicions.fleeting(bucket);
            why
        };
        self.inconclusive.push(format!("{} {}: {why}", bucket.operation, bucket.check));
    }

    /// Why a failure cannot be believed; `None` where it comes back while other calls are answered
    /// as ever.
    async fn doubt(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: &Arc<Case>,
    ) -> Option<String> {
        let (history, failure) = self.probe(check, bucket, case).await;
        let is_well = match &self.surroundings.control {
            Some(control) if check.name() != "unhealthy_after" => {
                round::is_well(&self.executor, control).await
            }
            _ => true,
        };
        if !is_well {
            return Some("control calls failed, too".to_owned());
        }
        let Some(failure) = failure else {
            let unfinished = history.unfinished.as_ref().map(|unfinished| unfinished.why.clone());
            return unfinished
                .or_else(|| Some("it did not come back on a new connection".to_owned()));
        };
        let status = history.exchange(&failure.at).and_then(crate::case::Exchange::status);
        if status.is_some_and(|status| (200..300).contains(&status)) {
            return None;
        }
        let operations = &self.executor.service.operations;
        let operation = operations.iter().position(|o| o.name == bucket.operation)?;
        let answered = self.answered[operation].as_ref().filter(|answered| *answered != case)?;
        let fails_too = self.probe(check, bucket, answered).await.1.is_some();
        fails_too.then(|| {
            "what was answered before fails the same way now: its state changed".to_owned()
        })
    }

    /// When shrinking one finding has to end; never where the number of cases bounds the run.
    fn shrink_until(&self) -> Option<Instant> {
        self.deadline?;
        let all = self.settings.max_time.mul_f64(self.settings.shrink_share);
        let left = all.saturating_sub(self.shrinking).max(Duration::from_secs(1));
        Some(Instant::now() + left.min(self.settings.shrink_time))
    }

    /// Files a finding, unless it is one that is known.
    fn found(&mut self, bucket: &Bucket, reduced: &Reduced, also: &[&'static str]) {
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
        let twin = self.twin(bucket, reduced);
        let weaker = twin.is_some_and(|twin| !self.is_stronger(bucket, reduced, twin));
        if weaker || self.found.iter().any(|known| known.id == id) {
            self.suspicions.twice(bucket);
            return;
        }
        let supersedes = twin.map(|twin| self.take_back(twin));
        let finding = finding(reduced, also).redacted(&self.settings.redactor);
        let mut found = Found {
            id,
            operation: bucket.operation.clone(),
            severity: reduced.failure.severity,
            finding,
            path: None,
            history: Arc::clone(&reduced.history),
            concrete: Arc::new(reduced.case.marked(&self.settings.redactor)),
            neighbour: reduced.neighbour,
            supersedes,
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
        (self.emit)(Event::Found(found));
    }

    /// The finding of the same case, where there is one: one exchange gives one finding.
    fn twin(&self, bucket: &Bucket, reduced: &Reduced) -> Option<usize> {
        self.found.iter().position(|known| {
            known.operation == bucket.operation && is_same_input(&known.finding.case, &reduced.case)
        })
    }

    /// Whether a finding says more than the one of the same case that was filed before.
    fn is_stronger(&self, bucket: &Bucket, reduced: &Reduced, twin: usize) -> bool {
        let known = &self.found[twin];
        reduced.failure.severity > known.severity
            || reduced.failure.severity == known.severity
                && check::rank(bucket.check) < check::rank(&known.finding.check)
    }

    /// Takes a finding back; gives its id.
    fn take_back(&mut self, index: usize) -> String {
        let weaker = self.found.remove(index);
        for path in weaker.path.iter().flat_map(|path| [path.clone(), corpus::evidence_path(path)])
        {
            // A file that cannot be removed stays as a finding of its own: nothing is lost.
            let _ = std::fs::remove_file(path);
        }
        weaker.id.clone()
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

/// Whether two cases send the same.
fn is_same_input(a: &Case, b: &Case) -> bool {
    let plain = |case: &Case| {
        let mut case = case.clone();
        for call in case.calls_mut() {
            (call.want, call.saw) = (None, None);
        }
        case
    };
    plain(a) == plain(b)
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
