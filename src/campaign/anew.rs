//! Made anew: what fails of a call that makes something may hang on what another case made before. It is made
//! under a new name, or something else is; where that passes, the case makes both itself.

use std::sync::Arc;

use super::Campaign;
use super::repeat::{Grounded, doubled, ending};
use super::suspicion::Bucket;
use crate::case::{Call, Case, History, Label, set_value_at, value_at};
use crate::check::{Check, Failure};
use crate::choice::Rng;
use crate::generate::case::differences;
use crate::generate::sequence::{self, Move, Program};

/// So many other things are made where a call has no name that could be another.
const OTHERS: usize = 8;

/// So many are drawn for that: many are alike.
const MOST_DRAWN: u64 = 64;

impl Campaign<'_> {
    /// A failure that was seen again, of a case that makes a thing twice where the failure
    /// is that the thing was there already.
    pub(super) async fn anew(
        &mut self,
        check: &'static dyn Check,
        bucket: &Bucket,
        seen: (Arc<History>, Failure),
    ) -> Grounded {
        let case = Arc::clone(&seen.0.case);
        let Some((number, at, call)) = self.maker(check, &case, &seen.1.at) else {
            return seen.into();
        };
        let Some(renamed) = self.renamed(&case, call) else {
            if !self.suspicions.is_settled(bucket) {
                for twice in self.others_twice(number) {
                    if let Some(twice) = self.twice(check, bucket, twice).await {
                        return twice;
                    }
                }
                self.suspicions.settle(bucket);
            }
            return seen.into();
        };
        let alone = ending(&case, at, [renamed.clone()]);
        let usual = self.usual_of_name(number, &case, &alone, &renamed);
        if self.fails(check, bucket, alone).await.is_some() {
            return seen.into();
        }
        if let Some(twice) = self.twice(check, bucket, doubled(&case, at, &renamed)).await {
            return twice;
        }
        if let Some(usual) = usual
            && let Some(found) =
                self.fails(check, bucket, ending(&case, at, [usual, renamed])).await
        {
            return found.into();
        }
        seen.into()
    }

    /// The failing call of a case, where it makes something as it should, and what it made before was there
    /// to be met: its operation and its step.
    fn maker<'c>(
        &self,
        check: &'static dyn Check,
        case: &'c Case,
        id: &str,
    ) -> Option<(usize, usize, &'c Call)> {
        // What is valid may well be refused once it is there.
        if check.name() == "positive_data_acceptance" || super::first::repeats(case) {
            return None;
        }
        let (at, call) = case.step_of(id).zip(case.call(id))?;
        let number = self.executor.service.number(&call.operation)?;
        let graph = self.executor.service.graph();
        let resource = graph.resource(number)?;
        let makes = resource.create == Some(number) && call.label == Label::Valid;
        (makes && self.answered[number].is_some()).then_some((number, at, call))
    }

    /// A call that was answered 2xx, under the new name of a renamed one.
    fn usual_of_name(
        &self,
        number: usize,
        case: &Case,
        renamed: &Case,
        call: &Call,
    ) -> Option<Call> {
        let usual = self.answered[number].as_ref()?.calls().last()?;
        let mut usual = Call { id: case.free_id(), ..usual.clone() };
        for place in differences(renamed, case) {
            let Some((_, within)) = place.split_once('/') else { continue };
            set_value_at(&mut usual, within, value_at(call, within).cloned());
        }
        (usual.references().is_empty() && !usual.values().eq(call.values())).then_some(usual)
    }

    /// Different things that an operation makes, each twice.
    fn others_twice(&mut self, number: usize) -> Vec<Case> {
        let service = Arc::clone(&self.executor.service);
        let known = self.freeze_sequences();
        let program = Program([Move::Do(number), Move::Again(1)].into());
        let mut others: Vec<Case> = Vec::new();
        for variant in 0..MOST_DRAWN {
            let rng = Rng::derive(self.settings.seed, &[number as u64, variant]);
            let drawn = sequence::build(&service, &known, &program, false, rng).ok();
            others.extend(drawn.filter(|drawn| !others.contains(drawn)));
            if others.len() == OTHERS {
                break;
            }
        }
        others
    }
}
