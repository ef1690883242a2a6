//! Brought about by others: what failed only while things of other cases were there is looked for behind calls that
//! make such things, each time on a service without what was made before.

use std::sync::Arc;
use std::time::Instant;

use super::bent::is_timed;
use super::ground::MAKER;
use super::probe::Probed;
use super::reduce::{Reduced, reduce};
use super::suspicion::Bucket;
use super::{Campaign, Found, recheck};
use crate::case::{Call, Case, History};
use crate::check::{self, Check};
use crate::choice::Rng;
use crate::generate::sequence::{self, Move, Program};

/// What part of the time of a run taking things away takes at most before something is told.
const SHARE: f64 = 0.1;

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
        if stays || !self.may_see_others(&reduced) || self.executor.stop.is_asked() {
            return Ok(reduced);
        }
        let most = self.settings.max_time.mul_f64(SHARE).saturating_sub(self.taking_away);
        let began = Instant::now();
        // What there was no time for is left alone; what is made from here on goes with each look.
        let aside = self.take_away_made(most).await;
        self.taking_away += began.elapsed();
        let settled = match self.is_there(check, bucket, &reduced).await {
            true => Ok(reduced),
            false => {
                let until = self.shrink_until();
                let behind = self.behind_makers(check, bucket, &reduced.case, until);
                Box::pin(behind).await.ok_or_else(|| recheck::GONE.to_owned())
            }
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

    /// Whether others may be part of a failure: it is no matter of time, and the call neither makes something nor
    /// names what its own case made. What is refused is looked at in the end.
    fn may_see_others(&self, reduced: &Reduced) -> bool {
        let at = &reduced.failure.at;
        if recheck::is_refused(&reduced.case, reduced.history.status(at)) {
            return false;
        }
        let Some(call) = reduced.case.original(at) else { return false };
        let number = self.executor.service.number(&call.operation);
        let graph = self.executor.service.graph();
        let resource = number.and_then(|number| graph.resource(number));
        let makes = resource.is_some_and(|resource| resource.create == number);
        let is_apart = reduced.failure.further.is_none() && call.references().is_empty() && !makes;
        is_apart && !is_timed(&reduced.case) && !recheck::is_grave(reduced.failure.check)
    }

    /// A finding that is gone since nothing is there any more that the run made, behind calls that bring it back.
    pub(super) async fn brought_about(
        &mut self,
        found: &Found,
        until: Option<Instant>,
    ) -> Option<(Bucket, Reduced)> {
        let check = check::named(&found.finding.check)?;
        let bucket = self.causes.iter().rfind(|cause| cause.id == found.id)?.bucket.clone();
        let reduced = self.behind_makers(check, &bucket, &found.finding.case, until).await?;
        Some((bucket, reduced))
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
        let is_over = || until.is_some_and(|until| Instant::now() >= until);
        for maker in makers {
            if is_over() || self.executor.stop.is_asked() {
                return None;
            }
            let steps = maker.steps.iter().chain(&case.steps).cloned().collect();
            let behind = Arc::new(Case { steps, ..case.clone() });
            let Probed { history, failure: Some(failure), .. } = prober.probe(&behind, None).await
            else {
                continue;
            };
            let reduced = Box::pin(reduce(prober, &self.settings, &behind, until)).await?;
            // Where it fails alone now, what was made could not be taken away: all was thought to be needless.
            let alone = prober.probe(&Arc::new(case.clone()), None).await.failure;
            return Some(match alone {
                Some(_) => Reduced::not_at_all(history, failure),
                None => reduced,
            });
        }
        None
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

/// Whether all that comes before a failing call is answered as it was, and that one in a way that is no error.
fn is_well(reduced: &Reduced, history: &History) -> bool {
    let at = &reduced.failure.at;
    let mut before = reduced.case.calls().take_while(|call| call.id != *at);
    let is_same = |call: &Call| history.status(&call.id) == reduced.history.status(&call.id);
    before.all(is_same) && history.status(at).is_some_and(|status| status < 500)
}
