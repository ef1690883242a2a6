//! Brought about by others: what failed only while things of other cases were there is looked for behind calls that
//! make such things, each time on a service without what was made before.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bent::is_timed;
use super::ground::MAKER;
use super::probe::{Probed, Prober};
use super::proof::Proof;
use super::reduce::{Reduced, reduce};
use super::suspicion::Bucket;
use super::{Campaign, Found, recheck};
use crate::case::{Call, Case, History};
use crate::check::{self, Check, Failure};
use crate::choice::Rng;
use crate::generate::sequence::{self, Move, Program};

/// What part of the time of a run goes at most into telling what others brought about, before the end.
const SHARE: f64 = 0.1;

/// A failure behind calls that bring it about.
#[derive(Debug)]
pub(super) struct Brought {
    pub(super) bucket: Bucket,
    pub(super) reduced: Reduced,
    pub(super) proof: Proof,
}

impl Campaign<'_> {
    /// What a failure was shrunk to, where it does not hang on what other cases made, as far as that can be told;
    /// else behind calls that bring it about. What names the very thing that its own case made stands on that.
    ///
    /// # Errors
    /// It hangs on what other cases made.
    pub(super) async fn on_clean_ground(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        reduced: Reduced,
    ) -> Result<Reduced, String> {
        // It is set back each time, or nothing is to be taken away.
        let stays = self.executor.is_set_back() || !self.settings.cleanup;
        let may_see_others = self.may_see_others(&reduced.history, &reduced.failure);
        if stays || !may_see_others || self.executor.stop.is_asked() {
            return Ok(reduced);
        }
        let began = Instant::now();
        // What there was no time for is left alone; what is made from here on goes with each look.
        let aside = self.take_away_made(self.time_for_others()).await;
        self.on_others += began.elapsed();
        let settled = if self.is_there(check, bucket, &reduced).await {
            Ok(reduced)
        } else {
            let until = self.shrink_until();
            let behind = self.behind_makers(check, bucket, &reduced.case, until);
            Box::pin(behind).await.ok_or_else(|| recheck::GONE.to_owned())
        };
        self.executor.give_back_made(aside);
        settled
    }

    /// Whether a failure is there where nothing is that the run made, or nothing can be told.
    async fn is_there(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        reduced: &Reduced,
    ) -> bool {
        let trusting = self.trusting();
        let prober = self.prober(check, bucket, &trusting).tidying();
        for _ in 0..recheck::LOOKS {
            let Probed { history, failure, .. } = prober.probe(&reduced.case, None).await;
            if failure.is_some() || !is_well(reduced, &history) || self.executor.stop.is_asked() {
                return true;
            }
        }
        false
    }

    /// Whether others may be part of a failure: it is no matter of time, and the call names nothing that its own
    /// case made, or is answered as if what it makes had been there. What else makes something is looked at under a
    /// new name, and what is refused in the end.
    fn may_see_others(&self, history: &History, failure: &Failure) -> bool {
        let case = &history.case;
        if recheck::is_refused(case, history.status(&failure.at)) {
            return false;
        }
        let Some(call) = case.original(&failure.at) else { return false };
        let number = self.executor.service.number(&call.operation);
        let graph = self.executor.service.graph();
        let resource = number.and_then(|number| graph.resource(number));
        let makes = resource.is_some_and(|resource| resource.create == number);
        let is_done =
            history.status(&failure.at).is_some_and(|status| (200..300).contains(&status));
        let is_apart = if makes { is_done } else { call.references().is_empty() };
        is_apart
            && failure.further.is_none()
            && !is_timed(case)
            && !recheck::is_grave(failure.check)
    }

    /// The execution of an error that did not come back, behind a call that makes what may have been there; that is
    /// tried once for its like.
    pub(super) async fn seen_behind(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        history: &History,
        failure: &Failure,
    ) -> Option<(Arc<History>, Failure)> {
        let is_error = history.status(&failure.at).is_some_and(|status| status >= 500);
        let may_be = is_error && self.settings.cleanup && self.may_see_others(history, failure);
        if !may_be || self.suspicions.is_settled(bucket) {
            return None;
        }
        self.suspicions.settle(bucket);
        let (began, most) = (Instant::now(), self.time_for_others());
        let until = self.deadline.map(|_| began + most);
        let makers = self.makers();
        let trusting = self.trusting();
        let prober = self.prober(check, bucket, &trusting);
        let behind = first_behind(prober, makers, &history.case, until).await;
        self.on_others += began.elapsed();
        behind.map(|(_, seen)| seen)
    }

    /// How much time is left for what others brought about, before the end.
    fn time_for_others(&self) -> Duration {
        self.settings.max_time.mul_f64(SHARE).saturating_sub(self.on_others)
    }

    /// A finding that is gone since nothing is there any more that the run made, behind calls that bring it back.
    pub(super) async fn brought_about(
        &mut self,
        found: &Found,
        until: Option<Instant>,
    ) -> Option<Brought> {
        let check = check::named(&found.finding.check)?;
        let bucket = self.causes.iter().rfind(|cause| cause.id == found.id)?.bucket.clone();
        let mut reduced = self.behind_makers(check, &bucket, &found.finding.case, until).await?;
        let proof = Box::pin(self.proof(check, &bucket, &mut reduced)).await.ok()?;
        Some(Brought { bucket, reduced, proof })
    }

    /// A case behind calls that make it fail again, as small as it gets.
    async fn behind_makers(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: &Case,
        until: Option<Instant>,
    ) -> Option<Reduced> {
        let makers = self.makers();
        let trusting = self.trusting();
        let prober = self.prober(check, bucket, &trusting).tidying();
        let (behind, (history, failure)) = first_behind(prober, makers, case, until).await?;
        let reduced = Box::pin(reduce(prober, &self.settings, &behind, until)).await?;
        // Where it fails alone now, what was made could not be taken away: all was thought to be needless.
        let alone = prober.probe(&Arc::new(case.clone()), None).await.failure;
        Some(match alone {
            Some(_) => Reduced::not_at_all(history, failure),
            None => reduced,
        })
    }

    /// The usual call of each operation that makes something, behind those that it needs.
    fn makers(&mut self) -> Vec<Case> {
        let service = Arc::clone(&self.executor.service);
        let known = self.freeze_sequences();
        let creates = service.graph().resources().iter().filter_map(|resource| resource.create);
        let picked = creates.filter(|number| self.settings.picks(&service.operations[*number]));
        let make = |number: usize| {
            let rng = Rng::derive(self.settings.seed, &[number as u64]);
            let program = Program([Move::Do(number)].into());
            sequence::build(&service, &known, &program, true, rng).ok()
        };
        picked.filter_map(make).map(|maker| maker.copied(MAKER)).collect()
    }
}

/// The first of some cases behind which another one fails, both as one, and the execution that shows it.
async fn first_behind(
    prober: Prober<'_>,
    makers: Vec<Case>,
    case: &Case,
    until: Option<Instant>,
) -> Option<(Arc<Case>, (Arc<History>, Failure))> {
    let is_over = || until.is_some_and(|until| Instant::now() >= until);
    for maker in makers {
        if is_over() || prober.executor.stop.is_asked() {
            return None;
        }
        let steps = maker.steps.iter().chain(&case.steps).cloned().collect();
        let behind = Arc::new(Case { steps, ..case.clone() });
        let Probed { history, failure, .. } = prober.probe(&behind, None).await;
        if let Some(failure) = failure {
            return Some((behind, (history, failure)));
        }
    }
    None
}

/// Whether all that comes before a failing call is answered as it was, and that one in a way that is no error.
fn is_well(reduced: &Reduced, history: &History) -> bool {
    let at = &reduced.failure.at;
    let mut before = reduced.case.calls().take_while(|call| call.id != *at);
    let is_same = |call: &Call| history.status(&call.id) == reduced.history.status(&call.id);
    before.all(is_same) && history.status(at).is_some_and(|status| status < 500)
}
