//! Replaying committed cases, and shrinking stored ones further.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::hooks;
use super::probe::Prober;
use super::reduce::reduce;
use super::suspicion::Bucket;
use super::{Campaign, Event, Phase, Replay, Settings, Summary, Verdict, prepare, verdict};
use crate::case::{Call, Case, Finding, History};
use crate::check::{self, Check};
use crate::corpus::Stored;
use crate::execute::{Connections, Executor, Judged};

/// Replays cases from files and folders to their end.
pub async fn replay(
    executor: Arc<Executor>,
    settings: Arc<Settings>,
    cases: Vec<Stored>,
    emit: &mut (dyn FnMut(Event) + Send),
) -> Arc<Summary> {
    let mut campaign = Campaign::new(executor, settings, emit, Instant::now());
    (campaign.closing, campaign.deadline) = (None, None);
    match campaign.begin().await {
        Ok(()) => {
            campaign.surroundings_only().await;
            for stored in cases {
                if campaign.executor.stop.signal().is_some() {
                    break;
                }
                campaign.replay_one(&stored).await;
            }
        }
        Err(why) => {
            let stopped = campaign.executor.stop.signal().is_some();
            for stored in cases.iter().filter(|_| !stopped) {
                campaign.replayed(stored, Verdict::Inconclusive, (0, 0), &why);
            }
            campaign.stopped = Some(why);
        }
    }
    campaign.tear_down().await;
    campaign.end()
}

/// Shrinks stored cases further; gives each file's new content, where it still fails.
pub async fn shrink(
    executor: Arc<Executor>,
    settings: Arc<Settings>,
    cases: Vec<Stored>,
    emit: &mut (dyn FnMut(Event) + Send),
) -> Vec<(PathBuf, Result<Finding, String>)> {
    let mut campaign = Campaign::new(executor, settings, emit, Instant::now());
    let mut all = Vec::new();
    match campaign.begin().await {
        Ok(()) => {
            campaign.surroundings_only().await;
            for stored in cases {
                let shrunk = Box::pin(campaign.shrink_one(&stored.finding)).await;
                all.push((stored.path, shrunk));
            }
        }
        Err(why) => all.extend(cases.into_iter().map(|stored| (stored.path, Err(why.clone())))),
    }
    campaign.tear_down().await;
    all
}

impl Campaign<'_> {
    /// Replays the committed cases of the corpus first.
    pub(super) async fn regressions(&mut self) {
        if !self.settings.phases.contains(&Phase::Regressions) {
            return;
        }
        let settings = Arc::clone(&self.settings);
        let all = settings.committed.len();
        let wanted = |stored: &&Stored| !self.is_left_out(&stored.finding);
        let cases: Vec<&Stored> = settings.committed.iter().filter(wanted).collect();
        let count = cases.len();
        if count < all {
            let left = all - count;
            (self.emit)(Event::Notice(format!(
                "{left} of {all} committed cases are not replayed: --include, --exclude or `skip` in \
                 phi-fuzz.toml leave out what they call"
            )));
        }
        if cases.is_empty() {
            return;
        }
        self.begin_part(Phase::Regressions, Some(count as u64));
        for stored in cases {
            if self.is_over() {
                break;
            }
            self.replay_one(stored).await;
        }
        let replayed = self.replays.len();
        if replayed < count && self.executor.stop.signal().is_none() && !self.is_enough() {
            self.stopped.get_or_insert(format!(
                "the time was over with {} of {count} committed cases not replayed; give it more with \
                 --max-time",
                count - replayed
            ));
        }
        self.part.cases = replayed as u64;
        self.end_part();
    }

    /// Learns what judging needs, without a bill.
    pub(super) async fn surroundings_only(&mut self) {
        let gateway = prepare::gateway(&self.executor).await;
        let emit = &mut *self.emit;
        let control = prepare::control(&self.executor, &self.settings, emit, &mut Vec::new()).await;
        let control = control.filter(|control| control.good).map(|control| control.case);
        let known = prepare::surroundings(&self.executor, &self.settings);
        let stack = prepare::stack(&self.executor, &self.settings, &known.usual).await;
        let stack = stack.unwrap_or_default();
        self.surroundings =
            Arc::new(check::Surroundings { gateway, stack, control, trusting: true, ..known });
    }

    async fn replay_one(&mut self, stored: &Stored) {
        let finding = &stored.finding;
        let Some(check) = check::named(&finding.check) else {
            let why = format!("there is no check `{}`", finding.check);
            return self.replayed(stored, Verdict::Stale, (0, 0), &why);
        };
        let is_gone = |call: &&Call| self.executor.service.operation(&call.operation).is_none();
        let gone = finding.case.own_calls().find(is_gone);
        if let Some(call) = gone {
            let why = format!("the document has no `{}` any more", call.operation);
            return self.replayed(stored, Verdict::Stale, (0, 0), &why);
        }
        if let Some(why) = self.denied(&finding.case) {
            return self.replayed(stored, Verdict::Inconclusive, (0, 0), &why);
        }
        let case = Arc::new(finding.case.clone());
        let surroundings = self.trusting();
        let (mut failed, mut of) = (0, 0);
        let mut shown = None;
        for _ in 0..finding.replays.max(1) {
            let (history, judged) = execute(&self.executor, &surroundings, check, &case).await;
            if self.executor.stop.is_asked() {
                return;
            }
            let unknown = verdict::inconclusive(finding, &history);
            let mut failures = judged.failures.into_iter().filter(|_| unknown.is_none());
            let failure = failures.find(|failure| verdict::is_of(finding, &failure.at));
            let unknown = unknown.or(judged.lacks.filter(|_| failure.is_none()));
            if let Some(why) = unknown {
                // What has failed before was set up: that this one is not takes nothing from it.
                if failed > 0 {
                    break;
                }
                return self.replayed(stored, Verdict::Inconclusive, (failed, of), &why);
            }
            of += 1;
            if let Some(failure) = failure {
                failed += 1;
                shown = Some((history, failure));
            }
        }
        // A failure is looked at again: a regression that shows only now and then is told as such.
        let (failed, of) = if failed > 0 && failed < of || failed == 0 || of > 1 {
            (failed, of)
        } else {
            let (history, again) = execute(&self.executor, &surroundings, check, &case).await;
            if self.executor.stop.is_asked() {
                return;
            }
            let fails = again.failures.iter().any(|failure| verdict::is_of(finding, &failure.at));
            let unknown =
                verdict::inconclusive(finding, &history).is_some() || again.lacks.is_some();
            if unknown && !fails { (failed, of) } else { (failed + u32::from(fails), of + 1) }
        };
        let Some((history, failure)) = shown else {
            let verdict = if finding.known.is_some() { Verdict::Fixed } else { Verdict::Ok };
            return self.replayed(stored, verdict, (failed, of), &finding.why);
        };
        let always = finding.reproduced.is_always();
        let (verdict, why) = match verdict::failed(finding, failure.why.clone()) {
            (Verdict::Failed, why) if failed < of && always => (Verdict::Flaky, why),
            other => other,
        };
        self.know(stored, history, &failure);
        self.replayed(stored, verdict, (failed, of), &why);
    }

    /// Whether filters leave out what a committed case is about, or what it calls on the way.
    fn is_left_out(&self, finding: &Finding) -> bool {
        let about = self.executor.service.operation(finding.operation());
        about.is_some_and(|operation| !self.settings.picks(operation))
            || self.denied(&finding.case).is_some()
    }

    /// Why a case is not to be sent whatever it is about.
    fn denied(&self, case: &Case) -> Option<String> {
        let mut operations =
            case.calls().filter_map(|call| self.executor.service.operation(&call.operation));
        let denied = operations.find(|operation| self.settings.denies(operation))?;
        Some(format!("`{}` is excluded, by --exclude or `skip` in phi-fuzz.toml", denied.name))
    }

    /// Notes, and tells, what became of a committed case; what was said of it before is taken back.
    pub(super) fn replayed(
        &mut self,
        stored: &Stored,
        verdict: Verdict,
        counts: (u32, u32),
        why: &str,
    ) {
        let at = stored.finding.case.call(&stored.finding.at);
        let replay = Replay {
            path: stored.path.clone(),
            operation: at.map(|call| call.operation.clone()).unwrap_or_default(),
            check: stored.finding.check.clone(),
            verdict,
            counts,
            why: self.settings.redactor.text(why).into_owned(),
        };
        self.replays.retain(|other| other.path != replay.path);
        self.replays.push(replay.clone());
        (self.emit)(Event::Replayed(replay));
    }

    async fn shrink_one(&mut self, stored: &Finding) -> Result<Finding, String> {
        if self.executor.stop.signal().is_some() {
            return Err("interrupted".to_owned());
        }
        let check = check::named(&stored.check)
            .ok_or_else(|| format!("there is no check `{}`", stored.check))?;
        if let Some(why) = self.denied(&stored.case) {
            return Err(why);
        }
        let case = Arc::new(stored.case.clone());
        let (history, judged) = execute(&self.executor, &self.surroundings, check, &case).await;
        if let Some(why) = verdict::inconclusive(stored, &history) {
            return Err(why);
        }
        let failure =
            judged.failures.iter().find(|failure| verdict::is_of(stored, &failure.at)).cloned();
        let lacks =
            || judged.lacks.clone().unwrap_or_else(|| "it does not fail any more".to_owned());
        let (history, failure) = judged.shown(&history, failure.ok_or_else(lacks)?);
        let case = Arc::clone(&history.case);
        let bucket = Bucket::of(&failure, &history);
        let until = Some(Instant::now() + self.settings.max_time);
        let status = history.status(&failure.at);
        let repeated = self.firsts.remember(&stored.case, &failure.at, status);
        let prober = Prober { repeated, ..self.prober(check, &bucket, &self.surroundings) };
        let reduced = reduce(prober, &self.settings, &case, until).await;
        let reduced = reduced.ok_or_else(|| "it did not fail again".to_owned())?;
        let mut shrunk = self.told(&reduced, &[]);
        shrunk.known.clone_from(&stored.known);
        shrunk.also.clone_from(&stored.also);
        Ok(shrunk)
    }
}

pub(super) async fn execute(
    executor: &Arc<Executor>,
    surroundings: &check::Surroundings,
    check: &'static dyn Check,
    case: &Arc<Case>,
) -> (Arc<History>, Judged) {
    let history = hooks::execute(executor, case, Connections::Fresh, None).await;
    if history.exchanges.is_empty() {
        return (history, Judged::default());
    }
    let judged = executor.judge_fully(check, &history, surroundings).await;
    (history, judged)
}
