//! What is planned for which operation.

use std::sync::Arc;

use super::Phase;
use super::reach::Reach;
use crate::case::Call;
use crate::generate::ideas::Ideas;
use crate::generate::planned::Planned;
use crate::generate::{catalogue, confirm};
use crate::spec::{Operation, Service};

/// The operation at which the connections of a service are tried: one that changes nothing, since it may
/// be called many times; any other one where everything may be written to.
pub(super) fn apart(
    service: &Service,
    phase: Phase,
    wanted: &[(usize, Reach, Option<Arc<Call>>)],
    is_unbounded: bool,
) -> Option<usize> {
    if phase != Phase::Timing {
        return None;
    }
    let operation = |index: usize| &service.operations[index];
    let confirmed = wanted.iter().filter(|(index, _, base)| {
        base.as_ref().is_some_and(|base| confirm::confirms(operation(*index), base))
    });
    let mut confirmed = confirmed.map(|(index, ..)| *index);
    let first = confirmed.clone().next().filter(|_| is_unbounded);
    confirmed.find(|index| operation(*index).is_safe()).or(first)
}

/// What is planned for an operation in a phase; `None` where there is no end of it.
pub(super) fn planned(
    service: &Service,
    phase: Phase,
    operation: &Operation,
    base: Option<&Arc<Call>>,
    ideas: &Ideas,
) -> Option<Vec<Planned>> {
    Some(match (phase, base) {
        (Phase::Examples, _) => catalogue::examples_of(operation),
        (Phase::Boundary, Some(base)) => catalogue::boundary(operation, base, ideas),
        (Phase::Invalid, Some(base)) => catalogue::invalid(operation, base, ideas),
        (Phase::Malformed, Some(base)) => catalogue::malformed(service, operation, base),
        (Phase::Timing, Some(base)) => catalogue::bent(operation, base),
        _ => return None,
    })
}
