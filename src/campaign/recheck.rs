//! A last look, once what the run made is gone: a refusal that only this brought about is no finding.
//!
//! A name that is taken, a limit that is used up: a service may refuse a valid call for what others
//! left there. Where the run itself did, the finding would not come back on a new service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::regress::execute;
use super::verdict::{inconclusive, is_of};
use super::{Campaign, Event, Found};
use crate::case::Label;
use crate::check;

const WHY: &str = "it did not come back once what the run had made was gone";

impl Campaign<'_> {
    /// Withdraws those refusals of valid calls that do not come back, as far as that can be found out in so
    /// much time.
    pub(super) async fn recheck(&mut self, most: Duration) {
        if self.cleaned.as_ref().is_none_or(|cleaned| cleaned.gone == 0) {
            return;
        }
        let until = self.deadline.map(|_| Instant::now() + most);
        let refusals: Vec<_> =
            self.found.iter().filter(|found| is_refusal(found)).cloned().collect();
        for found in refusals {
            if until.is_some_and(|until| Instant::now() >= until) {
                return;
            }
            if self.is_gone(&found).await {
                self.withdraw(&found);
            }
        }
    }

    /// Whether a refusal does not come back, though all that goes before it works. The call may be accepted in a
    /// way that is wrong, too: then that is another finding.
    async fn is_gone(&self, found: &Found) -> bool {
        let finding = &found.finding;
        let Some(check) = check::named(&finding.check) else { return false };
        let case = Arc::new(finding.case.clone());
        let surroundings = self.trusting();
        for _ in 0..finding.replays.max(1) {
            let (history, judged) = execute(&self.executor, &surroundings, check, &case).await;
            let status = history.status(&finding.at);
            let is_accepted = status.is_some_and(|status| (200..300).contains(&status));
            let fails =
                !is_accepted && judged.failures.iter().any(|failure| is_of(finding, &failure.at));
            let unknown = judged.lacks.is_some() || inconclusive(finding, &history).is_some();
            if fails || unknown || self.executor.stop.is_asked() {
                return false;
            }
        }
        true
    }

    fn withdraw(&mut self, found: &Found) {
        self.take_back(&found.id);
        self.spread.forget(&found.id);
        self.inconclusive.push(format!("{} {}: {WHY}", found.operation, found.finding.check));
        (self.emit)(Event::Withdrawn { id: found.id.clone(), why: WHY.to_owned() });
    }
}

/// Whether a finding is that a valid call is refused.
pub(super) fn is_refusal(found: &Found) -> bool {
    let status = found.history.status(&found.finding.at);
    let is_valid = found.finding.case.calls().all(|call| call.label == Label::Valid);
    is_valid && status.is_some_and(|status| (400..500).contains(&status))
}
