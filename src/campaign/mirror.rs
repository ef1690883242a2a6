//! The very same call twice is made smaller as one.

use std::sync::Arc;

use crate::case::{Call, Case, Step};
use crate::choice::Item;
use crate::shrink::Candidate;
use crate::shrink::case::{candidate, lifted};
use crate::spec::Service;

/// A case as it is taken apart into choices.
#[derive(Clone, Debug)]
pub(super) struct Mirror {
    /// What is drawn.
    like: Arc<Case>,
    /// The id of the last call of it once more, where there is one.
    again: Option<String>,
}

impl Mirror {
    /// Each call by itself.
    pub(super) fn plain(case: &Arc<Case>) -> Self {
        Self { like: Arc::clone(case), again: None }
    }

    /// With the last two calls as one; `None` where they are not the very same.
    pub(super) fn of(case: &Case) -> Option<Self> {
        let [before @ .., Step::Call(again)] = &*case.steps else { return None };
        let Some(Step::Call(last)) = before.last() else { return None };
        if !again.is_same_as(last) {
            return None;
        }
        let like = Arc::new(Case { steps: before.to_vec(), ..case.clone() });
        Some(Self { like, again: Some(again.id.clone()) })
    }

    /// The case itself as a candidate; `None` where it cannot be made of choices.
    pub(super) fn lifted(&self, service: &Service) -> Option<Candidate<Arc<Case>>> {
        self.whole(lifted(service, &self.like)?)
    }

    /// The candidate of these choices.
    pub(super) fn candidate(
        &self,
        service: &Service,
        items: &[Item],
    ) -> Option<Candidate<Arc<Case>>> {
        self.whole(candidate(service, &self.like, items)?)
    }

    /// What is drawn of it: the step of a call, counted from 0.
    pub(super) fn step_of(&self, case: &Case, id: &str) -> Option<usize> {
        let at = case.step_of(id)?;
        Some(at - usize::from(self.again.as_deref() == Some(id)))
    }

    fn whole(&self, mut drawn: Candidate<Arc<Case>>) -> Option<Candidate<Arc<Case>>> {
        let Some(again) = &self.again else { return Some(drawn) };
        let mut case = (*drawn.value).clone();
        let Some(Step::Call(last)) = case.steps.last() else { return None };
        let again = Call { id: again.clone(), ..last.clone() };
        case.steps.push(Step::Call(again));
        drawn.value = Arc::new(case);
        Some(drawn)
    }
}
