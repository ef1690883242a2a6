//! On its own ground: a case that names what another one made would not fail alone, on a fresh service.
//! What it names is made in the case itself, or it says nothing.

use std::sync::Arc;

use super::Campaign;
use super::suspicion::Bucket;
use crate::case::{Call, Case, History, Step, nowhere};
use crate::check::{Check, Failure};
use crate::choice::Rng;
use crate::generate::sequence::{self, Move, Program};
use crate::value::Value;

/// What the ids of calls end with that make what a case needs.
pub(super) const MAKER: &str = "m";

/// Why what hangs on another case cannot be believed.
const BORROWED: &str =
    "it hangs on what another case made, and does not come back with a thing of its own";

impl Campaign<'_> {
    /// The execution of a failure that was seen again, on ground of its own.
    ///
    /// # Errors
    /// It hangs on what another case made.
    pub(super) async fn on_own_ground(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        seen: (Arc<History>, Failure),
    ) -> Result<(Arc<History>, Failure), String> {
        let case = Arc::clone(&seen.0.case);
        let Some(id) = self.executor.borrowed_in(&seen.0).map(str::to_owned) else {
            return Ok(seen);
        };
        // Where it fails with the name of nothing, too, it hangs on no thing.
        if let Some(nowhere) = self.nowhere(&case, &id)
            && self.fails(check, bucket, nowhere).await.is_some()
        {
            return Ok(seen);
        }
        let with_makers = self.with_makers(&case, &id);
        let seen = match with_makers {
            Some(case) => self.fails(check, bucket, case).await,
            None => None,
        };
        seen.ok_or_else(|| BORROWED.to_owned())
    }

    /// The execution of a case, where it fails.
    pub(super) async fn fails(
        &self,
        check: &'static dyn Check,
        bucket: &Bucket,
        case: Case,
    ) -> Option<(Arc<History>, Failure)> {
        let (history, failure) = self.probe(check, bucket, &Arc::new(case)).await;
        Some((history, failure?))
    }

    /// The case with a name in the path of a call that nothing has.
    fn nowhere(&self, case: &Case, id: &str) -> Option<Case> {
        let mut call = case.call(id)?.clone();
        let operation = self.executor.service.operation(&call.operation)?;
        nowhere::put(operation, &mut call)?;
        Some(renamed(case, id, &call.path))
    }

    /// The case with calls before it that make what a call of it names.
    fn with_makers(&mut self, case: &Case, id: &str) -> Option<Case> {
        let service = Arc::clone(&self.executor.service);
        let number = service.number(&case.call(id)?.operation)?;
        let graph = service.graph();
        let resource = graph.resource(number);
        let create = resource.and_then(|resource| resource.create);
        let known = self.freeze_sequences();
        let program = Program(create.into_iter().chain([number]).map(Move::Do).collect());
        let rng = Rng::derive(self.settings.seed, &[number as u64]);
        let made = sequence::build(&service, &known, &program, true, rng).ok()?.copied(MAKER);
        let (Step::Call(last), makers) = made.steps.split_last()? else { return None };
        if makers.is_empty() {
            return None;
        }
        let named = renamed(case, id, &last.path);
        let steps = makers.iter().cloned().chain(named.steps).collect();
        Some(Case { steps, ..named })
    }
}

/// The case with these values in the path of a call, and of all others that name the same.
fn renamed(case: &Case, id: &str, path: &[(String, Value)]) -> Case {
    let mut case = case.clone();
    let old = case.call(id).map(|call| call.path.clone()).unwrap_or_default();
    let new = |name: &str| path.iter().find(|(own, _)| own == name).map(|(_, value)| value);
    let rename = |call: &mut Call| {
        for (name, value) in &mut call.path {
            let is_same = old.iter().any(|(own, known)| own == name && known == value);
            if let Some(new) = new(name).filter(|_| is_same) {
                value.clone_from(new);
            }
        }
    };
    case.own_calls_mut().for_each(rename);
    case
}
