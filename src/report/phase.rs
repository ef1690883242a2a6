//! What became of a phase: how many of its cases were judged, and where the others went.

use super::words::{counted, number};
use crate::campaign::PhaseSummary;

/// `1,240 of 6,240 cases`, or `1,240 cases` where no number was planned.
pub(super) fn judged(cases: u64, planned: Option<u64>) -> String {
    match planned {
        Some(planned) if planned != cases => {
            format!("{} of {}", number(cases), counted(planned, "case"))
        }
        _ => counted(cases, "case"),
    }
}

/// Where the planned cases went that were not judged: `3 could not be sent, 300 were not begun`. `None`
/// where all were, or no number was planned.
pub(super) fn missing(phase: &PhaseSummary) -> Option<String> {
    let reasons = [
        (phase.unconfirmed, "could not be confirmed as what they claim"),
        (phase.unsent, "could not be sent"),
        (phase.unbegun(), "were not begun"),
    ];
    let told = reasons.into_iter().filter(|(count, _)| phase.planned.is_some() && *count > 0);
    let told: Vec<String> = told.map(|(count, why)| format!("{} {why}", number(count))).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::Phase;

    #[test]
    fn every_planned_case_is_accounted_for() {
        let all = PhaseSummary { planned: Some(9), cases: 9, ..PhaseSummary::of(Phase::Boundary) };
        assert_eq!((&*judged(9, Some(9)), missing(&all)), ("9 cases", None));
        let some = PhaseSummary { cases: 2, unconfirmed: 4, unsent: 1, ..all };
        assert_eq!(judged(2, Some(9)), "2 of 9 cases");
        let told =
            "4 could not be confirmed as what they claim, 1 could not be sent, 2 were not begun";
        assert_eq!(missing(&some).as_deref(), Some(told));
    }

    #[test]
    fn where_nothing_was_planned_nothing_is_missing() {
        let endless = PhaseSummary { cases: 2, unconfirmed: 4, ..PhaseSummary::of(Phase::Random) };
        assert_eq!((&*judged(2, None), missing(&endless)), ("2 cases", None));
    }
}
