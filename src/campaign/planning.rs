//! What is planned for which operation.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Phase;
use super::reach::Reach;
use crate::case::Call;
use crate::generate::catalogue;
use crate::generate::ideas::Ideas;
use crate::generate::planned::Planned;
use crate::spec::{Operation, Service};

/// What is tried once for all operations, by the one it is tried at. It comes first: what is planned for
/// each operation may well not come to its end.
pub(super) fn apart(
    service: &Service,
    phase: Phase,
    wanted: &[(usize, Reach, Option<Arc<Call>>)],
    is_unbounded: bool,
) -> BTreeMap<usize, Vec<Planned>> {
    let mut apart: BTreeMap<usize, Vec<Planned>> = BTreeMap::new();
    if phase == Phase::Timing {
        let candidates: Vec<_> = wanted
            .iter()
            .filter_map(|(index, _, base)| {
                Some((*index, &service.operations[*index], base.as_ref()?))
            })
            .collect();
        for (index, planned) in catalogue::apart(&candidates, is_unbounded) {
            apart.entry(index).or_default().push(planned);
        }
    }
    apart
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
