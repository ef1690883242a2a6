//! What stands beside a finding as evidence: what its check sent further, and, where it hangs on timing, how
//! often it fails without that.

use std::sync::Arc;

use super::probe::Probed;
use super::reduce::Reduced;
use super::suspicion::Bucket;
use super::{Campaign, bent};
use crate::case::{History, Reproduced};
use crate::check::{Check, Pace, Surroundings};

/// A case that has to fail once more for its follow-ups to be kept is tried so often.
const TRIES: usize = 3;

/// A control that fails in so many parts of the replays, or more, says that timing is not what it hangs on.
const HALF: u32 = 2;

/// Evidence of a finding.
#[derive(Debug)]
pub(super) struct Proof {
    /// An execution that fails.
    pub(super) history: Arc<History>,
    /// What the check sent further after that one.
    pub(super) further: Vec<Arc<History>>,
    /// How often the case fails where nothing is bent; `None` where timing is no part of it.
    pub(super) control: Option<Reproduced>,
}

impl Proof {
    /// What one execution says.
    pub(super) fn of(history: &Arc<History>) -> Self {
        Self { history: Arc::clone(history), further: Vec::new(), control: None }
    }
}

impl Campaign<'_> {
    /// Gathers what stands beside a finding.
    ///
    /// # Errors
    /// Why it cannot be believed: it fails as well where nothing is bent.
    pub(super) async fn proof(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        reduced: &Reduced,
    ) -> Result<Proof, String> {
        let mut proof = Proof::of(&reduced.history);
        let is_timed = bent::is_timed(&reduced.case);
        if !is_timed && !check.looks() {
            return Ok(proof);
        }
        let patient = Surroundings { pace: Pace::Usual, ..self.trusting() };
        let prober = self.prober(check, bucket, &patient);
        for _ in 0..TRIES {
            let Probed { history, further, failure } = prober.probe(&reduced.case, None).await;
            if failure.is_some() {
                (proof.history, proof.further) = (history, further);
                break;
            }
        }
        if is_timed {
            let plain = Arc::new(bent::plain(&reduced.case));
            let mut control = Reproduced::default();
            while control.of < reduced.reproduced.of && !self.executor.stop.is_asked() {
                let fails = prober.probe(&plain, None).await.failure.is_some();
                control.of += 1;
                control.failed += u32::from(fails);
            }
            let Reproduced { failed, of } = control;
            if failed > 0 && failed * HALF * reduced.reproduced.of >= reduced.reproduced.failed * of
            {
                return Err(format!("it fails {failed} of {of} times where nothing is bent, too"));
            }
            proof.control = Some(control).filter(|control| control.of > 0);
        }
        Ok(proof)
    }
}
