//! The very same call twice: where a service answered it otherwise the first time, the case calls it twice,
//! or says nothing.

use std::sync::Arc;

use super::Campaign;
use super::find::Seen;
use super::reduce::Reduced;
use super::suspicion::Bucket;
use crate::case::{Call, Case, History, Step};
use crate::check::{Check, Failure};
use crate::execute::hook::Build;
use crate::generate::confirm;
use crate::generate::sequence;

/// What fails so often in turn does not fail only now and then.
const PERSISTS: usize = 3;

impl Campaign<'_> {
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
    ) -> Seen {
        let (history, failure) = &seen;
        let case = Arc::clone(&history.case);
        // On new state nothing came before.
        if failure.further.is_some() || case.is_timed() || self.executor.is_set_back() {
            return Ok(seen);
        }
        let Some(first) = self.firsts.other(history, &failure.at) else { return Ok(seen) };
        if self.firsts.explains(history, &failure.at) {
            return Ok(seen);
        }
        for _ in 0..PERSISTS {
            if self.probe(check, bucket, &case).await.1.is_none() {
                return Ok(seen);
            }
        }
        // What is valid may well be refused once it is there.
        let wrong_twice = check.name() != "positive_data_acceptance";
        let twice = if wrong_twice { self.twice(&case, &failure.at) } else { Vec::new() };
        for case in twice {
            if let (history, Some(failure)) = self.probe_alone(check, bucket, &Arc::new(case)).await
            {
                return Ok((history, failure));
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
        let (history, failure) = self.with_earlier(check, bucket, seen).await?;
        if history.case == reduced.case {
            return Ok(reduced);
        }
        let case = Arc::clone(&history.case);
        let unshrunk = Reduced::not_at_all(history, failure);
        Box::pin(self.shrink(check, bucket, &case, unshrunk, before)).await
    }

    /// The case up to a call and then that one again: first under a new name, then as it is.
    fn twice(&self, case: &Case, id: &str) -> Vec<Case> {
        let Some(at) = case.step_of(id) else { return Vec::new() };
        let Step::Call(call) = &case.steps[at] else { return Vec::new() };
        let mut names = super::timed::fresh_values(case);
        let operation = self.executor.service.operation(&call.operation);
        let renamed = operation.and_then(|operation| {
            let renamed = sequence::renewed(operation, call, &mut names);
            Some(renamed).filter(|renamed| renamed != call && confirm::confirms(operation, renamed))
        });
        let free = |id: &String| case.call(id).is_none();
        let numbers = 1..=case.steps.len() + 1;
        let Some(again) = numbers.map(|number| format!("s{number}")).find(free) else {
            return Vec::new();
        };
        let twice = |call: &Call| {
            let calls = [call.clone(), Call { id: again.clone(), ..call.clone() }];
            let steps = case.steps[..at].iter().cloned().chain(calls.map(Step::Call)).collect();
            Case { steps, ..case.clone() }
        };
        renamed.iter().chain([call]).map(twice).collect()
    }
}
