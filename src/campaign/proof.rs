//! What stands beside a finding as evidence: what its check sent further, and, where it hangs on timing, how
//! often it fails without that.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::probe::Probed;
use super::reduce::{Reduced, replays};
use super::suspicion::Bucket;
use super::{Campaign, bent};
use crate::case::{History, Reproduced};
use crate::check::{Check, Pace, Surroundings};

/// A case that has to fail once more for its follow-ups to be kept is tried so often.
const TRIES: u32 = 3;

/// So long a finding and its control are executed by turns, where that takes long.
const LONGEST: Duration = Duration::from_secs(1);

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
    /// Gathers what stands beside a finding. One that hangs on timing is executed by turns with its control
    /// once more, as far as there is time, and what is told of it is how often it failed then.
    ///
    /// # Errors
    /// Why it cannot be believed: it fails as well where nothing is bent, or not any more.
    pub(super) async fn proof(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        reduced: &mut Reduced,
    ) -> Result<Proof, String> {
        let mut proof = Proof::of(&reduced.history);
        let is_timed = bent::is_timed(&reduced.case);
        if !is_timed && !check.looks() {
            return Ok(proof);
        }
        let patient = Surroundings { pace: Pace::Brisk, ..self.trusting() };
        let prober = self.prober(check, bucket, &patient);
        let plain = is_timed.then(|| Arc::new(bent::control(&reduced.history)));
        let (mut seen, mut control) = (Reproduced::default(), Reproduced::default());
        let most = if is_timed { reduced.reproduced.of } else { TRIES };
        let began = Instant::now();
        while seen.of < most && !self.executor.stop.is_asked() {
            let Probed { history, further, failure } = prober.probe(&reduced.case, None).await;
            // What the end cut off says nothing.
            if self.executor.stop.is_asked() {
                break;
            }
            let looked = !further.is_empty();
            note(&mut seen, failure.is_some());
            if failure.is_some() && seen.failed == 1 {
                (proof.history, proof.further) = (history, further);
            }
            let Some(plain) = &plain else {
                if seen.failed == 1 {
                    break;
                }
                continue;
            };
            let Probed { further, failure, .. } = prober.probe(plain, None).await;
            // Where a check finds nothing to look at, that it does not fail says nothing.
            if looked && further.is_empty() || self.executor.stop.is_asked() {
                break;
            }
            note(&mut control, failure.is_some());
            if began.elapsed() > LONGEST && seen.failed > 0 {
                break;
            }
        }
        if seen.of == most && seen.failed == 0 && is_timed {
            return Err(format!("it did not come back in {most} more executions"));
        }
        if seen.of == most && is_timed {
            reduced.reproduced = seen;
            reduced.replays = replays(&reduced.case, seen);
        }
        let Reproduced { failed, of } = control;
        if failed > 0 && failed * HALF * reduced.reproduced.of >= reduced.reproduced.failed * of {
            return Err(format!("it fails {failed} of {of} times where nothing is bent, too"));
        }
        proof.control = Some(control).filter(|control| control.of > 0);
        Ok(proof)
    }
}

fn note(counts: &mut Reproduced, fails: bool) {
    counts.of += 1;
    counts.failed += u32::from(fails);
}
