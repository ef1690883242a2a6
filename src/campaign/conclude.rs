//! The end: what became of everything, and the one answer.

use std::sync::Arc;

use super::filing::breaks;
use super::{Campaign, Conclusion, Event, Summary, Verdict};

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

    /// Whether as many findings break the build as the run is to end after: what ends it breaks it.
    pub(super) fn is_enough(&self) -> bool {
        let counted =
            self.found.iter().filter(|found| breaks(found.severity, self.settings.fail_on));
        self.settings.max_findings.is_some_and(|max| counted.count() >= max)
    }

    fn conclusion(&self) -> Conclusion {
        if let Some(signal) = self.executor.stop.signal() {
            return Conclusion::Interrupted(signal);
        }
        let new = self.found.iter().any(|found| breaks(found.severity, self.settings.fail_on));
        let regressed = self
            .replays
            .iter()
            .any(|replay| matches!(replay.verdict, Verdict::Failed | Verdict::Flaky));
        if new || regressed {
            return Conclusion::Broken;
        }
        if let Some(why) = &self.stopped {
            return Conclusion::Untested(why.clone());
        }
        let said = |verdict: Verdict| {
            self.replays.iter().filter(|replay| replay.verdict == verdict).count()
        };
        if self.ledger.cases == 0 {
            let stale = said(Verdict::Stale);
            if said(Verdict::Inconclusive) > 0 {
                return Conclusion::Untested("some replays could not be judged".to_owned());
            }
            return match self.replays.len() {
                0 => Conclusion::Untested("no case was executed".to_owned()),
                all if all == stale => {
                    Conclusion::Untested("the operations of all cases are gone".to_owned())
                }
                _ => Conclusion::Whole,
            };
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
        Conclusion::Whole
    }
}
