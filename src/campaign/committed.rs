//! What committed cases show is known: the same fault is not found anew.

use std::sync::Arc;

use super::cause::Cause;
use super::suspicion::Bucket;
use super::{Campaign, Event, Found, Verdict, verdict};
use crate::case::History;
use crate::check::Failure;
use crate::corpus::{self, Signature, Stored};

impl Campaign<'_> {
    /// Takes the fault that a committed case has shown for known: it is told by the verdict of that case
    /// alone, at whatever operation and in whatever guise it shows again.
    pub(super) fn know(&mut self, stored: &Stored, history: Arc<History>, failure: &Failure) {
        let bucket = Bucket::of(failure, &history);
        let (fault, signature) =
            self.fault(&bucket, failure, &history.case, &stored.finding.irrelevant);
        self.suspicions.found(&bucket, fault.clone());
        let known = Found {
            id: self.id(signature),
            operation: bucket.operation.clone(),
            severity: failure.severity,
            finding: stored.finding.clone(),
            further: failure.further,
            path: Some(stored.path.clone()),
            concrete: Arc::new(history.case.marked(&self.settings.redactor)),
            history,
            control: None,
            neighbour: None,
            supersedes: None,
            probes: 0,
        };
        self.causes.push(Cause::of(&known, &bucket, fault));
        self.known.push(Arc::new(known));
    }

    /// Whether a fault that was found is that of a committed case. Where the replay of that one has not
    /// told of it, its verdict does from now on. What has passed its replay and is to hold is no such
    /// case: what was found shows what the file does not.
    pub(super) fn is_committed(&mut self, signature: Signature, failure: &Failure) -> bool {
        let settings = Arc::clone(&self.settings);
        let is_it = |stored: &&Stored| {
            stored.signature() == Some(signature) && stored.finding.check == failure.check
        };
        let Some(stored) = settings.committed.iter().find(is_it) else { return false };
        let replay = self.replays.iter().find(|replay| replay.path == stored.path);
        match replay.map(|replay| replay.verdict) {
            Some(Verdict::Ok) => return false,
            Some(Verdict::Failed | Verdict::Flaky | Verdict::Known) => return true,
            Some(Verdict::Fixed) => {
                let why = self.settings.redactor.text(&failure.why);
                let id = stored.id();
                let told = format!("{id} passes as committed, and shows in another guise: {why}");
                (self.emit)(Event::Notice(told));
            }
            Some(Verdict::Stale | Verdict::Inconclusive) | None => {}
        }
        let (verdict, why) = verdict::failed(&stored.finding, failure.why.clone());
        self.replayed(stored, verdict, (1, 1), &why);
        true
    }

    /// What is filed already: found in this run, or committed and still failing.
    pub(super) fn filed(&self) -> impl Iterator<Item = &Arc<Found>> {
        self.found.iter().chain(&self.known)
    }

    /// What a fault of this signature is called: `shop-1f3a9c20`.
    pub(super) fn id(&self, signature: Signature) -> String {
        format!("{}-{signature}", corpus::slug(&self.executor.service.name))
    }
}
