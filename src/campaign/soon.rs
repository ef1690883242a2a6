//! Too soon: what an earlier call of a case began may still go on when the failing one comes. Such a failure
//! passes after a pause, and may now and then pass without one.

use std::sync::Arc;
use std::time::Duration;

use super::Campaign;
use super::bent::is_timed;
use super::reduce::Reduced;
use super::suspicion::Bucket;
use crate::case::{Boundary, Case, Step};
use crate::check::Check;
use crate::shrink::statistics::replays_needed;
use crate::value::{Value, duration};

/// What a call began has mostly ended after so long.
const LATER: Duration = Duration::from_secs(1);

impl Campaign<'_> {
    /// Says of a failure whether it only comes soon after what came before: then a replay repeats it as it
    /// does what hangs on timing.
    pub(super) async fn how_soon(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        reduced: &mut Reduced,
    ) {
        let at = reduced.failure.at.clone();
        let hangs_alone = reduced.failure.further.is_none() && !is_timed(&reduced.case);
        let Some(later) = later(&reduced.case, &at).map(Arc::new) else { return };
        if !hangs_alone || check.looks() || !bucket.outcome.starts_with('5') {
            return;
        }
        let (history, failure) = self.probe(check, bucket, &later).await;
        let status = history.status(&at);
        // A service that is well again passes without a pause, too.
        let is_whole = failure.is_none() && status.is_some_and(|status| status < 500);
        if !is_whole || self.probe(check, bucket, &reduced.case).await.1.is_none() {
            return;
        }
        let written = |pause| Value::text(duration::write(pause));
        let (passes, fails) = (written(LATER), written(Duration::ZERO));
        // How the neighbour was answered belongs to the boundary that is told.
        if reduced.boundary.is_none() {
            reduced.boundary = Some(Boundary { at: format!("{at}/wait"), passes, fails });
            reduced.neighbour = status;
        }
        let seen = reduced.reproduced;
        reduced.replays = replays_needed(seen.failed, seen.of).unwrap_or(reduced.replays);
    }
}

/// The case with a pause before a call; `None` where none comes before that.
fn later(case: &Case, id: &str) -> Option<Case> {
    let at = case.step_of(id).filter(|at| *at > 0)?;
    let mut later = case.clone();
    match &mut later.steps[at] {
        Step::Call(call) => call.wait = Some(LATER),
        Step::Together(group) => group.wait = Some(LATER),
    }
    Some(later)
}
