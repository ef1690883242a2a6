//! Cases as candidates: what the shrinker makes smaller when a case is what fails.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::{Candidate, Cost};
use crate::case::{Case, Step};
use crate::choice::Item;
use crate::generate::case::{lift, redraw};
use crate::spec::Service;

/// The candidate of these choices, as `like` in everything that is not a value; `None` where a call
/// in it would not be what its label says.
pub fn candidate(service: &Service, like: &Case, items: &[Item]) -> Option<Candidate<Arc<Case>>> {
    let (case, trace) = redraw(service, like, items)?;
    let cost = cost(&case);
    let mut key = Vec::with_capacity(16);
    for salt in 0_u8..2 {
        let mut hasher = DefaultHasher::new();
        (salt, &case).hash(&mut hasher);
        key.extend(hasher.finish().to_le_bytes());
    }
    Some(Candidate::new(Arc::new(case), trace, key, cost))
}

/// A case as a candidate; `None` where it cannot be made of choices, or is not what its labels say.
pub fn lifted(service: &Service, case: &Case) -> Option<Candidate<Arc<Case>>> {
    candidate(service, case, &lift(service, case)?)
}

/// What counts before the choices do.
fn cost(case: &Case) -> Cost {
    let together = case.steps.iter().map(|step| match step {
        Step::Call(_) => 0,
        Step::Together(group) => group.calls.len(),
    });
    let waits = case.steps.iter().filter(|step| step.wait().is_some()).count();
    Cost {
        steps: case.steps.len(),
        together: together.sum(),
        perturbations: waits + case.calls().map(|call| call.perturb.len()).sum::<usize>(),
        deviations: case.calls().map(|call| call.deviations.len()).sum(),
    }
}

#[cfg(test)]
mod tests;
