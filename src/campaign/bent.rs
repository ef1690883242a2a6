//! What hangs on timing: pauses, bends, calls at once, and crowds beside a call.

use crate::case::{Case, Label};
use crate::wire::deviation::is_crowded;

/// Whether time is part of a case.
pub(super) fn is_timed(case: &Case) -> bool {
    case.is_timed() || case.calls().any(is_crowded)
}

/// The same calls in the same order, as fast as they come, each in one go after the one before, with no one
/// beside them.
pub(super) fn plain(case: &Case) -> Case {
    let mut plain = case.plain();
    for call in plain.calls_mut().filter(|call| is_crowded(call)) {
        call.deviations.clear();
        call.label = Label::Valid;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Call, Deviation};
    use crate::wire::deviation::of_crowds;

    #[test]
    fn a_crowd_beside_a_call_is_timing_and_goes_in_the_control() {
        let rule = of_crowds().next().unwrap();
        let deviations = vec![Deviation::wire(rule.name)];
        let case = Case::of("t", Call { deviations, ..Call::default() });
        assert!(is_timed(&case) && !is_timed(&plain(&case)));
        let damaged = vec![Deviation::wire("path_traversal")];
        let case = Case::of("t", Call { deviations: damaged, ..Call::default() });
        assert!(!is_timed(&case) && plain(&case) == case);
    }
}
