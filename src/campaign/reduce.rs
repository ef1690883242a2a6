//! Shrinking a failure live: each probe a case that is executed and judged.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::bent::is_timed;
use super::bracket::bracket;
use super::irrelevant::irrelevant;
use super::mirror::Mirror;
use super::probe::{Probed, Prober};
use super::suspicion::Bucket;
use super::{Settings, simpler};
use crate::case::{Boundary, Call, Case, History, Perturbation, Reproduced, Step};
use crate::check::{Check, Failure, Pace, Surroundings};
use crate::choice::Item;
use crate::execute::{Executor, Stop};
use crate::shrink::driver::{Flaky, live};
use crate::shrink::statistics::replays_needed;
use crate::shrink::{Boundary as Between, Budget, Shrinker, Verdict};
use crate::spec::{Operation, Service};

/// More live calls than this are not spent on one finding.
const MOST_CALLS: usize = 4_000;

/// So many candidates are tried at once.
const MOST_AT_ONCE: usize = 4;

/// Where each call may wait for its timeout, live calls more than this are not spent.
const MOST_DEAR_CALLS: usize = 200;

/// So many times as long as usual answers take is waited for a candidate that may hang, and at least
/// so long.
const PATIENCE: u32 = 10;
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// A failure that came back, as small as it got.
#[derive(Debug)]
pub(super) struct Reduced {
    /// The smallest case.
    pub(super) case: Arc<Case>,
    /// Its last failing execution.
    pub(super) history: Arc<History>,
    /// What failed in that execution.
    pub(super) failure: Failure,
    /// Where the failure begins.
    pub(super) boundary: Option<Boundary>,
    /// How the nearest neighbour that passes was answered.
    pub(super) neighbour: Option<u16>,
    /// Places whose value did not matter.
    pub(super) irrelevant: Vec<String>,
    /// How often it failed.
    pub(super) reproduced: Reproduced,
    /// How often a regression run repeats it.
    pub(super) replays: u32,
    /// Whether the shrinking came to its end.
    pub(super) minimal: bool,
    /// Live calls it took.
    pub(super) probes: u64,
}

impl Reduced {
    /// The same with the steps of its case numbered in order.
    fn numbered(self) -> Self {
        let (history, renaming) = self.history.numbered();
        let mut failure = self.failure;
        failure.at = renaming.of(&failure.at).to_owned();
        let boundary =
            self.boundary.map(|boundary| Boundary { at: renaming.place(&boundary.at), ..boundary });
        let mut irrelevant: Vec<String> =
            self.irrelevant.iter().map(|place| renaming.place(place)).collect();
        irrelevant.sort();
        let case = Arc::clone(&history.case);
        Self { case, history: Arc::new(history), failure, boundary, irrelevant, ..self }
    }

    /// A failure that came back once, and was not made any smaller.
    pub(super) fn not_at_all(history: Arc<History>, failure: Failure) -> Self {
        Self::unshrunk(Arc::clone(&history.case), history, failure, ONCE)
    }

    /// A failure as it came, after so many replays.
    fn unshrunk(
        case: Arc<Case>,
        history: Arc<History>,
        failure: Failure,
        reproduced: Reproduced,
    ) -> Self {
        let replays = replays(&case, reproduced);
        let reduced = Self {
            case,
            history,
            failure,
            boundary: None,
            neighbour: None,
            irrelevant: Vec::new(),
            reproduced,
            replays,
            minimal: false,
            probes: u64::from(reproduced.of),
        };
        reduced.numbered()
    }
}

/// What one execution that failed says.
const ONCE: Reproduced = Reproduced { failed: 1, of: 1 };

/// The last execution that failed: the case, what came, what is wrong with it.
type Last = Mutex<Option<(Arc<Case>, Arc<History>, Failure)>>;

/// Makes a failing case smaller until nothing in it can go, or the time is over.
///
/// Where the surroundings are hasty, candidates are looked at in haste: what was written may be seen a
/// moment later, and only the end result is worth waiting for that. Where it fails no more then, each
/// is given its time.
///
/// `None` where the failure did not come back, or the end came before that was certain.
pub(super) async fn reduce(
    prober: Prober<'_>,
    settings: &Arc<Settings>,
    case: &Arc<Case>,
    until: Option<Instant>,
) -> Option<Reduced> {
    let Prober { executor, surroundings, .. } = prober;
    let reduced = Box::pin(reduce_by(prober, settings, case, until)).await;
    if surroundings.pace == Pace::Usual {
        return reduced;
    }
    // What was seen in haste alone proves nothing.
    if executor.stop.is_asked() {
        return None;
    }
    let patient = Surroundings { pace: Pace::Usual, ..surroundings.clone() };
    let prober = Prober { surroundings: &patient, ..prober };
    if let Some(reduced) = reduced {
        let Probed { history, failure, .. } = prober.probe(&reduced.case, None).await;
        if let Some(failure) = failure {
            return Some(Reduced { history, failure, ..reduced });
        }
    }
    if executor.stop.is_asked() {
        return None;
    }
    Box::pin(reduce_by(prober, settings, case, until)).await
}

/// The same with every candidate looked at in one way.
async fn reduce_by(
    prober: Prober<'_>,
    settings: &Arc<Settings>,
    case: &Arc<Case>,
    until: Option<Instant>,
) -> Option<Reduced> {
    let (mut case, mut probes) = (simplified(prober, case).await, 0);
    let width = width(prober.executor, settings, prober.check, &case);
    if let Some(both) = Mirror::of(&case) {
        let reduced = Box::pin(drawn_smaller(prober, settings, &case, both, width, until)).await;
        // Each alone, it would not be the very same.
        if prober.repeated {
            return reduced;
        }
        if let Some(reduced) = reduced {
            (case, probes) = (reduced.case, reduced.probes);
        }
    }
    let each = |width| drawn_smaller(prober, settings, &case, Mirror::plain(&case), width, until);
    let mut reduced = Box::pin(each(width)).await;
    // Silences at once may get in each other's way.
    let is_clear = reduced.as_ref().is_some_and(|reduced| reduced.reproduced.is_always());
    if width > 1 && case.is_bent() && !is_clear {
        probes += reduced.map_or(0, |reduced| reduced.probes);
        reduced = Box::pin(each(1)).await;
    }
    reduced.map(|reduced| Reduced { probes: probes + reduced.probes, ..reduced })
}

/// The case said more simply, where it fails so.
async fn simplified(prober: Prober<'_>, case: &Arc<Case>) -> Arc<Case> {
    let Prober { executor, surroundings, check, bucket, .. } = prober;
    let patience = patience(executor, surroundings, check, bucket);
    let mut case = Arc::clone(case);
    for way in simpler::WAYS {
        for simpler in way(&executor.service, check, &case) {
            if prober.probe(&simpler, patience).await.failure.is_some() {
                case = simpler;
                break;
            }
        }
    }
    case
}

/// The case with other choices in the place of its own, as small as they get.
async fn drawn_smaller(
    prober: Prober<'_>,
    settings: &Arc<Settings>,
    case: &Arc<Case>,
    mirror: Mirror,
    width: usize,
    until: Option<Instant>,
) -> Option<Reduced> {
    let Prober { executor, surroundings, check, bucket, .. } = prober;
    let full = executor.timeout(&bucket.operation);
    let patience = patience(executor, surroundings, check, bucket);
    // What is waited for in short has to be waited for in full before the end.
    let confirming = if patience.is_some() { full } else { Duration::ZERO };
    let end = executor.stop.time().map(|end| end.checked_sub(confirming).unwrap_or(end));
    let until = until.into_iter().chain(end).min();
    let over = || is_over(until, &executor.stop);
    let last: Last = Mutex::new(None);
    // Nothing where the end came in the middle.
    let look = async |case: &Arc<Case>, within: Option<Duration>| {
        let Probed { history, failure, .. } = prober.probe(case, within).await;
        let Some(failure) = failure else {
            return (!executor.stop.is_asked()).then_some(Verdict::Passes);
        };
        // What a further case shows depends on the whole of this one.
        let own = failure.further.is_none();
        let at_step = own.then(|| mirror.step_of(case, &failure.at)).flatten();
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((Arc::clone(case), history, failure));
        Some(Verdict::Fails { at_step })
    };
    let execute = async |case: &Arc<Case>| look(case, patience).await;
    let Some(first) = mirror.lifted(&executor.service) else {
        return unshrunk(case, over, execute, &last).await;
    };
    let service = Arc::clone(&executor.service);
    let like = Arc::clone(case);
    let fixed = Arc::clone(settings);
    let ground = Arc::clone(executor);
    let borrows = executor.borrowed(case).is_some();
    let drawn = mirror.clone();
    let shrinker = Shrinker::new(first, None, move |items: &[Item]| {
        drawn
            .candidate(&service, items)
            .filter(|candidate| keeps(&fixed, &service, &like, &candidate.value))
            // What stands on its own ground stays there.
            .filter(|candidate| borrows || ground.borrowed(&candidate.value).is_none())
    });
    let dear = check.name() == "hang";
    let stop = executor.stop.clone();
    let budget = Budget::probes(if dear { MOST_DEAR_CALLS } else { MOST_CALLS })
        .until(move || is_over(until, &stop));
    let flaky = Flaky::new(shrinker, budget);
    let mut flaky = if dear { flaky.dear() } else { flaky };
    live(&mut flaky, width, |candidate| {
        let execute = &execute;
        async move { execute(&candidate.value).await }
    })
    .await;
    let shrinker = flaky.shrinker();
    let best = Arc::clone(shrinker.best());
    // What was waited for in short has to hold in full.
    if patience.is_some() && !fails(look(&best.value, None).await) {
        let _ = last.lock().unwrap_or_else(PoisonError::into_inner).take();
        return unshrunk(case, over, async |case| look(case, None).await, &last).await;
    }
    let taken = last.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (case, history, failure) = match taken {
        Some((case, history, failure)) if case == best.value => (case, history, failure),
        // There is no time for another look, and this one failed, too.
        Some(taken) if executor.stop.is_asked() => taken,
        // The last failing execution was of another candidate: execute the best once more.
        _ => {
            let _ = execute(&best.value).await;
            last.lock().unwrap_or_else(PoisonError::into_inner).take()?
        }
    };
    // Where there was no time for replays, it is as it was seen.
    let reproduced = Some(flaky.reproduced()).filter(|seen| seen.of > 0).unwrap_or(ONCE);
    // It failed while it was made smaller, and never since: that is no reproduction.
    if reproduced.failed == 0 {
        return None;
    }
    let between = shrinker.boundary();
    let boundary = between
        .as_ref()
        .and_then(|Between { fails, passes, .. }| bracket(&fails.value, &passes.value))
        // What a check that looks takes for a bend is its own measure.
        .filter(|boundary| !check.looks() || !boundary.at.contains("/perturb/"));
    let neighbour = match between.filter(|_| boundary.is_some()) {
        Some(near) => prober.probe(&near.passes.value, None).await.history.status(&failure.at),
        None => None,
    };
    let certain = reproduced.is_always() && check.name() != "hang";
    let fails = async |case: &Arc<Case>| Some(fails(execute(case).await)).filter(|_| !over());
    let irrelevant = if certain { irrelevant(shrinker, fails).await } else { Vec::new() };
    let replays = replays(&case, reproduced);
    let reduced = Reduced {
        case,
        history,
        failure,
        boundary,
        neighbour,
        irrelevant,
        reproduced,
        replays,
        minimal: flaky.is_minimal(),
        probes: flaky.calls() as u64,
    };
    Some(reduced.numbered())
}

/// How many candidates are tried at once: several where they cannot get in each other's way, since they
/// only read, or each waits for what happens to a thing of its own.
fn width(executor: &Executor, settings: &Settings, check: &dyn Check, case: &Case) -> usize {
    let operation = |call: &Call| executor.service.operation(&call.operation);
    let reads = case.steps.len() == 1
        && case.own_calls().all(|call| operation(call).is_some_and(Operation::is_safe));
    let is_silent =
        |call: &Call| call.perturb.iter().any(|bend| matches!(bend, Perturbation::Stall { .. }));
    let is_plain = |step: &Step| match step {
        Step::Call(call) => call.perturb.is_empty() || is_silent(call) && call.perturb.len() == 1,
        Step::Together(_) => false,
    };
    let waits = case.steps.iter().all(is_plain)
        && case
            .steps
            .iter()
            .any(|step| step.wait().is_some() || step.calls().iter().any(is_silent));
    let about_own = || case.own_calls().skip(1).all(|call| !call.references().is_empty());
    let harmless = !["hang", "connection_dropped", "unhealthy_after"].contains(&check.name());
    let apart = (reads || waits && about_own()) && harmless && executor.may_overlap();
    if apart { settings.workers.clamp(1, MOST_AT_ONCE) } else { 1 }
}

/// How long a candidate is waited for where a failure is that no answer comes, if that is less than
/// the timeout: far longer than usual answers take. Waiting in full each time would leave no time for
/// a second candidate.
fn patience(
    executor: &Executor,
    surroundings: &Surroundings,
    check: &dyn Check,
    bucket: &Bucket,
) -> Option<Duration> {
    let usual = surroundings.latency.p99(&bucket.operation)?;
    let patience = (check.name() == "hang").then(|| (usual * PATIENCE).max(LEAST_PATIENCE));
    patience.filter(|patience| *patience < executor.timeout(&bucket.operation))
}

/// Whether a candidate holds what is set for its operations, as the case does that it comes from.
fn keeps(settings: &Settings, service: &Service, like: &Case, candidate: &Case) -> bool {
    candidate.own_calls().all(|call| {
        let before = like.call(&call.id);
        let operation = service.operation(&call.operation);
        before
            .zip(operation)
            .is_none_or(|(before, operation)| settings.keeps(operation, call, before))
    })
}

/// How often a regression run repeats a case: once where it always failed, unless it hangs on timing.
pub(super) fn replays(case: &Case, reproduced: Reproduced) -> u32 {
    if reproduced.is_always() && !is_timed(case) {
        1
    } else {
        replays_needed(reproduced.failed, reproduced.of).unwrap_or(50)
    }
}

/// Replays of a case that cannot be made smaller.
async fn unshrunk(
    case: &Arc<Case>,
    over: impl Fn() -> bool,
    execute: impl AsyncFn(&Arc<Case>) -> Option<Verdict>,
    last: &Last,
) -> Option<Reduced> {
    let mut reproduced = Reproduced::default();
    for _ in 0..5 {
        let Some(verdict) = execute(case).await else { break };
        reproduced.of += 1;
        reproduced.failed += u32::from(verdict.is_failure());
        if over() {
            break;
        }
    }
    let (case, history, failure) = last.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    Some(Reduced::unshrunk(case, history, failure, reproduced))
}

/// Whether a candidate is known to fail.
fn fails(verdict: Option<Verdict>) -> bool {
    verdict.is_some_and(Verdict::is_failure)
}

/// Whether no further candidate is worth beginning.
fn is_over(until: Option<Instant>, stop: &Stop) -> bool {
    until.is_some_and(|until| Instant::now() >= until) || stop.is_asked()
}
