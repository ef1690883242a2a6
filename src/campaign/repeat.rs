//! The very same call twice: where a service answered it otherwise the first time, the case calls it twice,
//! or says nothing.

use std::sync::Arc;

use super::Campaign;
use super::bent::is_timed;
use super::probe::{Probed, Prober};
use super::reduce::Reduced;
use super::suspicion::Bucket;
use crate::case::{Call, Case, History, Step};
use crate::check::{Check, Failure};
use crate::execute::hook::Build;
use crate::generate::confirm;
use crate::generate::sequence;

/// What fails so often in turn does not fail only now and then.
const PERSISTS: usize = 3;

/// A failure that hangs on nothing but its case, as far as can be told.
#[derive(Debug)]
pub(super) struct Grounded {
    /// The execution that shows it.
    pub(super) history: Arc<History>,
    /// The failure.
    pub(super) failure: Failure,
    /// Whether it is that the very same is called twice.
    pub(super) repeated: bool,
    /// Whether it fails for what is made before: then that is taken away after each look.
    pub(super) tidies: bool,
}

impl Grounded {
    /// As it came back, not made any smaller.
    pub(super) fn as_it_came(&self) -> Reduced {
        Reduced::not_at_all(Arc::clone(&self.history), self.failure.clone())
    }
}

impl From<(Arc<History>, Failure)> for Grounded {
    fn from((history, failure): (Arc<History>, Failure)) -> Self {
        Self { history, failure, repeated: false, tidies: false }
    }
}

impl Campaign<'_> {
    /// Whether a failure may hang on what came before its case: not on new state, and not where time plays a
    /// part.
    pub(super) fn has_past(&self, case: &Case, failure: &Failure) -> bool {
        failure.further.is_none() && !is_timed(case) && !self.executor.is_set_back()
    }

    /// The execution of a failure that was seen again, of a case that makes the difference itself where the
    /// service answered the very same otherwise before.
    ///
    /// # Errors
    /// It hangs on what other cases did.
    pub(super) async fn with_earlier(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        seen: (Arc<History>, Failure),
    ) -> Result<Grounded, String> {
        let (history, failure) = &seen;
        let case = Arc::clone(&history.case);
        if !self.has_past(&case, failure) {
            return Ok(seen.into());
        }
        let Some(first) = self.firsts.other(history, &failure.at) else {
            return Ok(Box::pin(self.anew(check, bucket, seen)).await);
        };
        if self.firsts.explains(history, &failure.at) {
            return Ok(seen.into());
        }
        for _ in 0..PERSISTS {
            if self.probe(check, bucket, &case).await.1.is_none() {
                return Ok(seen.into());
            }
        }
        // What is valid may well be refused once it is there.
        let wrong_twice = check.name() != "positive_data_acceptance";
        let calls = case.step_of(&failure.at).zip(case.call(&failure.at));
        if let Some((at, call)) = calls.filter(|_| wrong_twice) {
            let renamed = self.renamed(&case, call);
            for call in renamed.iter().chain([call]) {
                if let Some(twice) = self.twice(check, bucket, doubled(&case, at, call)).await {
                    return Ok(twice);
                }
            }
        }
        Err(format!("the very same was answered {first} before: it hangs on what other cases did"))
    }

    /// What a failure was shrunk to, where that hangs on the calls of its case alone; else shrunk anew from a
    /// case that does.
    ///
    /// # Errors
    /// It hangs on what other cases did.
    pub(super) async fn alone(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        reduced: Reduced,
        before: Option<Build>,
    ) -> Result<Reduced, String> {
        let seen = (Arc::clone(&reduced.history), reduced.failure.clone());
        let grounded = self.with_earlier(check, bucket, seen).await?;
        if grounded.history.case == reduced.case {
            return Ok(reduced);
        }
        Box::pin(self.shrink(check, bucket, grounded, before)).await
    }

    /// What a case shows that calls the very same twice at its end, where that is what it takes.
    pub(super) async fn twice(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: Case,
    ) -> Option<Grounded> {
        let trusting = self.trusting();
        let prober = Prober { repeated: true, ..self.prober(check, bucket, &trusting) };
        let Probed { history, failure, .. } = prober.probe(&Arc::new(case), None).await;
        Some(Grounded { history, failure: failure?, repeated: true, tidies: false })
    }

    /// A call of a case under a new name; `None` where it has none that could be another.
    pub(super) fn renamed(&self, case: &Case, call: &Call) -> Option<Call> {
        let operation = self.executor.service.operation(&call.operation)?;
        let renamed = sequence::renewed(operation, call, &mut super::timed::fresh_values(case));
        Some(renamed).filter(|renamed| renamed != call && confirm::confirms(operation, renamed))
    }
}

/// The case up to a step and, in place of that, a call and the very same again.
pub(super) fn doubled(case: &Case, at: usize, call: &Call) -> Case {
    let again = Call { id: case.free_id(), ..call.clone() };
    ending(case, at, [call.clone(), again])
}

/// The case up to a step and, in place of that, these calls.
pub(super) fn ending<const N: usize>(case: &Case, at: usize, calls: [Call; N]) -> Case {
    let before = case.steps.iter().take(at).cloned();
    Case { steps: before.chain(calls.map(Step::Call)).collect(), ..case.clone() }
}
