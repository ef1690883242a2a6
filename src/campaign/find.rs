//! From a suspicion to a finding: told apart from what is known, confirmed on a new connection, shrunk.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bent::is_timed;
use super::cause::{self, Explanation};
use super::probe::{Probed, Prober};
use super::reduce::{Reduced, reduce};
use super::repeat::Grounded;
use super::suspicion::{Bucket, Next};
use super::{Campaign, round};
use crate::case::{Call, Case, History};
use crate::check::{self, Check, Failure, Pace, Ranked};
use crate::execute::hook::Build;

/// Why nothing is known of a failure that was seen when the time was over.
const ENDED: &str = "the run ended before it was seen again";

/// Nothing failed when it was looked at again.
const NOT_BACK: &str = "it did not come back on a new connection";

/// The same, when it was to be made smaller.
const NOT_AGAIN: &str = "it did not come back";

/// So long a suspicion is looked at before it is believed, where what was written may be seen later.
const PATIENCE: Duration = Duration::from_secs(1);

/// So often a case is tried again in which time plays a part.
const TIMED_TRIES: usize = 10;

/// The execution that shows a failure once more, or why it cannot be believed.
pub(super) type Seen = Result<(Arc<History>, Failure), String>;

impl Campaign<'_> {
    /// Follows a failure: is it known, does it come back, how small is it. What is known of its coming
    /// back may be given.
    pub(super) async fn suspect(
        &mut self,
        history: &Arc<History>,
        ranked: Ranked,
        class: &str,
        seen: Option<Seen>,
    ) {
        let Ranked { failure, also } = ranked;
        let bucket = Bucket::of(&failure, history);
        let Some(check) = check::named(failure.check) else { return };
        let (history, seen) =
            match self.suspicions.next(&self.executor.service, &bucket, &history.case, class) {
                Next::Nothing => return,
                Next::Confirm if self.executor.stop.is_asked() => {
                    return self.dismiss(&bucket, ENDED);
                }
                Next::Confirm => (Arc::clone(history), seen),
                // Where it fails without the known culprits, another fault is behind the same face.
                Next::Neutralise(without) => {
                    match Box::pin(self.probe(check, &bucket, &without)).await {
                        (history, Some(_)) => (history, None),
                        (_, None) => return,
                    }
                }
            };
        let cause = Box::pin(self.cause(check, &bucket, &history)).await;
        if let Some(id) = &cause {
            let known = self.filed().find(|known| known.id == *id);
            if known.is_some_and(|known| known.severity >= failure.severity) {
                return self.reaches(id, &bucket.operation);
            }
        }
        let began = Instant::now();
        let before = self.build().await;
        let grounded = Box::pin(self.grounded(check, &bucket, &history, &failure, seen)).await;
        let grounded = match grounded {
            Ok(grounded) if grounded.repeated && self.suspicions.repeats(&bucket) => {
                return self.suspicions.twice(&bucket);
            }
            Ok(grounded) => grounded,
            Err(why) => return self.dismiss(&bucket, &why),
        };
        let unshrunk = self.write_unshrunk(&bucket, &grounded.as_it_came());
        let shrunk =
            Box::pin(self.shrunk(check, &bucket, &history, &failure, grounded, before)).await;
        self.shrinking += began.elapsed();
        match shrunk {
            Ok(mut reduced) => {
                // What was known of other calls when it was found decides how bad it is.
                reduced.failure.severity = reduced.failure.severity.min(failure.severity);
                if let Some(stronger) = self.stronger(&bucket, &reduced) {
                    // Filed first, so that no one is told of the same call twice.
                    let history = Arc::clone(&reduced.history);
                    Box::pin(self.suspect(&history, stronger, "shrunk", None)).await;
                }
                // The smallest case may say plainly what a larger one said in other words.
                let cause = match cause {
                    None => Box::pin(self.cause(check, &bucket, &reduced.history)).await,
                    known => known,
                };
                Box::pin(self.how_soon(check, &bucket, &mut reduced)).await;
                match Box::pin(self.proof(check, &bucket, &mut reduced)).await {
                    Ok(proof) => self.file(&bucket, &reduced, proof, &also, cause.as_deref()),
                    Err(why) => self.dismiss(&bucket, &why),
                }
            }
            Err(why) => self.dismiss(&bucket, &why),
        }
        if let Some(path) = unshrunk {
            self.remove_unshrunk(&path);
        }
    }

    /// A failure as it came back, on ground of its own. What is known of its coming back may be given.
    ///
    /// # Errors
    /// Why it cannot be believed.
    async fn grounded(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        history: &Arc<History>,
        failure: &Failure,
        seen: Option<Seen>,
    ) -> Result<Grounded, String> {
        let seen = match seen {
            Some(seen) => seen,
            None => Box::pin(self.seen_again(check, bucket, &history.case)).await,
        };
        let (seen, tidies) = match seen {
            Err(why) if why == NOT_BACK => {
                let behind = Box::pin(self.seen_behind(check, bucket, history, failure)).await;
                (behind.ok_or(why)?, true)
            }
            seen => (seen?, false),
        };
        let seen = Box::pin(self.on_own_ground(check, bucket, seen)).await?;
        let grounded = Box::pin(self.with_earlier(check, bucket, seen)).await?;
        Ok(Grounded { tidies, ..grounded })
    }

    /// The smallest case of a failure, which hangs on nothing but what it calls.
    ///
    /// # Errors
    /// Why it cannot be believed.
    async fn shrunk(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        history: &History,
        failure: &Failure,
        grounded: Grounded,
        before: Option<Build>,
    ) -> Result<Reduced, String> {
        let reduced = match Box::pin(self.shrink(check, bucket, grounded, before.clone())).await {
            Err(why) if why == NOT_AGAIN => {
                let seen = Box::pin(self.seen_behind(check, bucket, history, failure)).await;
                let grounded = Grounded { tidies: true, ..seen.ok_or(why)?.into() };
                Box::pin(self.shrink(check, bucket, grounded, before.clone())).await?
            }
            shrunk => shrunk?,
        };
        let reduced = Box::pin(self.alone(check, bucket, reduced, before)).await?;
        Box::pin(self.on_clean_ground(check, bucket, reduced)).await
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
            self.suspicions.found(bucket, cause.fault_at(&bucket.operation));
            return Some(cause.id.clone());
        }
        None
    }

    pub(super) async fn probe(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: &Arc<Case>,
    ) -> (Arc<History>, Option<Failure>) {
        let trusting = self.trusting();
        self.prober(check, bucket, &trusting).probe(case, None).await.into()
    }

    /// Who looks at cases for one failure.
    pub(super) fn prober<'p>(
        &'p self,
        check: &'static dyn Check,
        bucket: &'p Bucket,
        surroundings: &'p check::Surroundings,
    ) -> Prober<'p> {
        let (executor, firsts, waited) = (&self.executor, &*self.firsts, &self.waited);
        let (repeated, tidies) = (false, false);
        Prober { executor, surroundings, firsts, check, bucket, repeated, waited, tidies }
    }

    /// What is known, for judging a case that was found before.
    pub(super) fn trusting(&self) -> check::Surroundings {
        check::Surroundings { trusting: true, ..(*self.surroundings).clone() }
    }

    /// Makes a failure smaller that came back, of the build that was there before.
    ///
    /// # Errors
    /// Why it cannot be believed.
    pub(super) async fn shrink(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        grounded: Grounded,
        before: Option<Build>,
    ) -> Result<Reduced, String> {
        let until = self.shrink_until();
        let case = &as_far_as(&grounded.history.case, &grounded.failure);
        let pace = if check.looks() { Pace::Hasty } else { Pace::Usual };
        let surroundings = check::Surroundings { pace, ..self.trusting() };
        // What a case repeats in order to make a difference has to make it.
        let Grounded { repeated, tidies, .. } = grounded;
        let prober = Prober { repeated, tidies, ..self.prober(check, bucket, &surroundings) };
        // Only what is made from here on is taken away each time.
        let aside = if tidies { self.executor.take_made_things() } else { Vec::new() };
        let reduced = reduce(prober, &self.settings, case, until).await;
        self.executor.give_back_made(aside);
        let reduced = match reduced {
            Some(reduced) => reduced,
            // No time is left to make it smaller: it stands as it came back.
            None if self.executor.stop.is_asked() => grounded.as_it_came(),
            None => return Err(NOT_AGAIN.to_owned()),
        };
        if let (Some(before), Some(after)) = (before, self.build().await)
            && before != after
        {
            let builds = format!("({before}, then {after})");
            return Err(format!("another build came while it was looked at {builds}"));
        }
        Ok(reduced)
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
    pub(super) async fn seen_again(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: &Arc<Case>,
    ) -> Seen {
        // Whoever waits longer sees whether it only takes a moment.
        let patient = check::Surroundings {
            settle: self.surroundings.settle.max(PATIENCE),
            pace: Pace::Brisk,
            ..self.trusting()
        };
        // What hangs on timing need not show each time.
        let tries = if is_timed(case) { TIMED_TRIES } else { 1 };
        let prober = self.prober(check, bucket, &patient);
        let look = || prober.probe(case, None);
        let Probed { mut history, mut failure, .. } = look().await;
        for _ in 1..tries {
            if failure.is_some() || self.executor.stop.is_asked() {
                break;
            }
            Probed { history, failure, .. } = look().await;
        }
        let is_well = match &self.surroundings.control {
            Some(control) if check.name() != "unhealthy_after" => {
                round::is_well(&self.executor, Some(control)).await
            }
            _ => true,
        };
        if !is_well {
            return Err("control calls failed, too".to_owned());
        }
        let Some(failure) = failure else {
            let unfinished = history.unfinished.as_ref().map(|unfinished| unfinished.why.clone());
            return Err(unfinished.unwrap_or_else(|| NOT_BACK.to_owned()));
        };
        let status = history.status(&failure.at);
        let answered = || {
            let operations = &self.executor.service.operations;
            let operation = operations.iter().position(|o| o.name == bucket.operation)?;
            self.answered[operation].as_ref().filter(|answered| *answered != case)
        };
        if !status.is_some_and(|status| (200..300).contains(&status))
            && let Some(answered) = answered()
        {
            let is_error = |status: Option<u16>| status.is_some_and(|status| status >= 500);
            let (now, failure) = self.probe(check, bucket, answered).await;
            let changed = match failure {
                // What it was answered before is known: that tells more.
                Some(failure)
                    if self.has_past(answered, &failure)
                        && self.firsts.other(&now, &failure.at).is_some() =>
                {
                    return Ok((now, failure));
                }
                Some(_) => true,
                // Of a service that is broken, each call may tell it in other words.
                None => is_error(status) && is_error(now.last_status()),
            };
            if changed {
                let why = "what was answered before fails now, too: its state changed";
                return Err(why.to_owned());
            }
        }
        if self.executor.stop.is_asked() {
            return Err(ENDED.to_owned());
        }
        Ok((history, failure))
    }

    /// When shrinking one finding has to end; never where the number of cases bounds the run. What is waited
    /// on purpose does not count against the share of all.
    pub(super) fn shrink_until(&self) -> Option<Instant> {
        self.deadline?;
        let all = self.settings.max_time.mul_f64(self.settings.shrink_share);
        let worked = self.shrinking.saturating_sub(self.waited.so_far());
        let left = all.saturating_sub(worked).max(Duration::from_secs(1));
        Some(Instant::now() + left.min(self.settings.shrink_time))
    }
}

/// The case without the steps after the one that fails, where that one shows it by itself.
fn as_far_as(case: &Arc<Case>, failure: &Failure) -> Arc<Case> {
    let at = case.step_of(&failure.at).filter(|_| failure.further.is_none());
    match at {
        // What is held goes on until a later step has ended.
        Some(at) if at + 1 < case.steps.len() && !case.calls().any(Call::is_held) => {
            Arc::new(Case { steps: case.steps[..=at].to_vec(), ..(**case).clone() })
        }
        _ => Arc::clone(case),
    }
}
