//! A last look, once what the run made is gone: what only this brought about is told with the calls that do so,
//! or not at all.
//!
//! A name that is taken, a limit that is used up: a service may refuse a valid call for what others
//! left there. A list may fail for what another case put into it. Where the run itself did, the finding would
//! not come back on a new service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bent::is_timed;
use super::brought::Brought;
use super::regress::execute;
use super::verdict::{inconclusive, is_of};
use super::{Campaign, Event, Found, clean};
use crate::case::{Case, Label};
use crate::check::{self, Check};

/// Why a finding is withdrawn.
pub(super) const GONE: &str = "it did not come back once what the run had made was gone";
const BEHIND: &str = "it takes what another call makes, and is told again behind that one";

/// So often it is looked, at least: a failure may not show each time.
pub(super) const LOOKS: u32 = 2;

impl Campaign<'_> {
    /// Withdraws those findings that do not come back, as far as that can be found out in so much time. A failure
    /// is told again behind calls that bring it back.
    pub(super) async fn recheck(&mut self, most: Duration) {
        if self.cleaned.as_ref().is_none_or(|cleaned| cleaned.gone == 0) {
            return;
        }
        let until = self.deadline.map(|_| Instant::now() + most);
        let hanging: Vec<_> =
            self.found.iter().filter(|found| may_hang_on_others(found)).cloned().collect();
        // What could not be taken away is left alone; what is made from here on goes with each look.
        let aside = self.executor.take_made_things();
        for found in hanging {
            let is_over = until.is_some_and(|until| Instant::now() >= until);
            if is_over || self.executor.stop.is_asked() {
                break;
            }
            if self.is_gone(&found).await {
                self.take_for_gone(&found, until).await;
            }
        }
        self.executor.give_back_made(aside);
    }

    /// Withdraws a finding; a failure is told again, where calls are known that bring it back.
    async fn take_for_gone(&mut self, found: &Found, until: Option<Instant>) {
        let brought =
            if is_refusal(found) { None } else { Box::pin(self.brought_about(found, until)).await };
        if self.executor.stop.is_asked() {
            return;
        }
        let Some(Brought { bucket, reduced, proof }) = brought else {
            let why = format!("{} {}: {GONE}", found.operation, found.finding.check);
            self.inconclusive.push(why);
            return self.withdraw(found, GONE);
        };
        self.withdraw(found, BEHIND);
        let also = found.finding.also.iter().filter_map(|name| check::named(name));
        let also: Vec<&str> = also.map(Check::name).collect();
        self.file(&bucket, &reduced, proof, &also, None);
    }

    /// Whether a finding does not come back, though all that goes before it works.
    async fn is_gone(&self, found: &Found) -> bool {
        let finding = &found.finding;
        let Some(check) = check::named(&finding.check) else { return false };
        let case = Arc::new(finding.case.clone());
        let surroundings = self.trusting();
        for _ in 0..finding.replays.max(LOOKS) {
            let (history, judged) = execute(&self.executor, &surroundings, check, &case).await;
            clean::tidy(&self.executor).await;
            let is_well = is_answered_well(&finding.case, history.status(&finding.at));
            let fails = judged.failures.iter().any(|failure| is_of(finding, &failure.at));
            // A refused call that is accepted may be wrong, too: that is another finding. Of a service that is
            // broken, nothing else fails as it did.
            let is_there = if is_refusal(found) { fails && !is_well } else { fails || !is_well };
            let unknown = judged.lacks.is_some() || inconclusive(finding, &history).is_some();
            if is_there || unknown || self.executor.stop.is_asked() {
                return false;
            }
        }
        true
    }

    fn withdraw(&mut self, found: &Found, why: &str) {
        self.take_back(&found.id);
        self.spread.forget(&found.id);
        (self.emit)(Event::Withdrawn { id: found.id.clone(), why: why.to_owned() });
    }
}

/// Whether others may have brought a finding about: time has no part in it, and looking again does no harm.
pub(super) fn may_hang_on_others(found: &Found) -> bool {
    !is_timed(&found.finding.case) && !is_grave(&found.finding.check)
}

/// Whether what a check finds breaks the service, or takes its time: no one looks at that twice.
pub(super) fn is_grave(check: &str) -> bool {
    ["hang", "connection_dropped", "unhealthy_after"].contains(&check)
}

/// Whether a finding is that a valid call is refused.
fn is_refusal(found: &Found) -> bool {
    is_refused(&found.finding.case, found.history.status(&found.finding.at))
}

/// Whether a valid call is refused.
pub(super) fn is_refused(case: &Case, status: Option<u16>) -> bool {
    is_valid(case) && status.is_some_and(|status| (400..500).contains(&status))
}

/// Whether the call that failed in a case is answered as its like should be.
fn is_answered_well(case: &Case, status: Option<u16>) -> bool {
    match status {
        Some(200..300) => true,
        Some(400 | 422) => !is_valid(case),
        _ => false,
    }
}

fn is_valid(case: &Case) -> bool {
    case.calls().all(|call| call.label == Label::Valid)
}
