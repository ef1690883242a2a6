//! The end: what became of everything, and the one answer.

use std::sync::Arc;

use super::filing::breaks;
use super::{Campaign, Conclusion, Event, Replay, Summary, Verdict};

impl Campaign<'_> {
    /// Ends the campaign: tells the summary and gives it.
    pub(super) fn end(mut self) -> Arc<Summary> {
        let conclusion = self.conclusion();
        let summary = Arc::new(Summary {
            service: self.executor.service.name.clone(),
            url: self.executor.url(),
            seed: self.settings.seed,
            cases: self.ledger.cases,
            requests: self.executor.requests(),
            took: self.began.elapsed(),
            phases: std::mem::take(&mut self.parts),
            operations: self.ledger.summary(),
            found: std::mem::take(&mut self.found),
            spread: self.spread.take(),
            replays: std::mem::take(&mut self.replays),
            inconclusive: std::mem::take(&mut self.inconclusive),
            cleaned: self.cleaned.take(),
            stopped: self.stopped.clone(),
            conclusion,
        });
        (self.emit)(Event::Ended(Arc::clone(&summary)));
        summary
    }

    /// Whether as much breaks the build as the run is to end after: what ends it breaks it.
    pub(super) fn is_enough(&self) -> bool {
        let new = self.found.iter().filter(|found| breaks(found.severity, self.settings.fail_on));
        let count = new.count() + self.regressed().count();
        self.settings.max_findings.is_some_and(|max| count >= max)
    }

    /// The committed cases that fail and may not.
    fn regressed(&self) -> impl Iterator<Item = &Replay> {
        let fails = |replay: &&Replay| matches!(replay.verdict, Verdict::Failed | Verdict::Flaky);
        self.replays.iter().filter(fails)
    }

    /// Why a replay says nothing, where one does.
    fn unjudged(&self) -> Option<String> {
        let mut unjudged =
            self.replays.iter().filter(|replay| replay.verdict == Verdict::Inconclusive);
        let (first, all) = (unjudged.next()?, self.replays.len());
        let (count, path, why) = (1 + unjudged.count(), first.path.display(), &first.why);
        Some(format!("{count} of {all} replayed cases could not be judged; {path}: {why}"))
    }

    /// Why no case was executed.
    fn nothing_tried(&self) -> String {
        let operations = &self.executor.service.operations;
        let is_picked = operations.iter().any(|operation| self.settings.picks(operation));
        if operations.is_empty() || is_picked {
            return "no case was executed".to_owned();
        }
        let count = operations.len();
        format!(
            "--include and --exclude leave none of {count} operations; `phi-fuzz list` names them"
        )
    }

    fn conclusion(&self) -> Conclusion {
        if let Some(signal) = self.executor.stop.signal() {
            return Conclusion::Interrupted(signal);
        }
        let new = self.found.iter().any(|found| breaks(found.severity, self.settings.fail_on));
        if new || self.regressed().next().is_some() {
            return Conclusion::Broken;
        }
        if let Some(why) = &self.stopped {
            return Conclusion::Untested(why.clone());
        }
        if self.ledger.cases == 0 {
            if let Some(why) = self.unjudged() {
                return Conclusion::Untested(why);
            }
            if self.replays.is_empty() {
                return Conclusion::Untested(self.nothing_tried());
            }
            if self.replays.iter().all(|replay| replay.verdict == Verdict::Stale) {
                return Conclusion::Untested("the operations of all cases are gone".to_owned());
            }
            return Conclusion::Whole;
        }
        if let Some(why) = self.ledger.hollow() {
            return Conclusion::Untested(why);
        }
        let (reached, all) = self.ledger.reached();
        if (reached as f64) < self.settings.require_reached * all as f64 {
            return Conclusion::Untested(format!(
                "{reached} of {all} operations were reached, fewer than --require-reached asks for"
            ));
        }
        self.unjudged().map_or(Conclusion::Whole, Conclusion::Untested)
    }
}
