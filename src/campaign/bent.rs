//! What hangs on timing: pauses, bends, calls at once, and crowds beside a call.

use std::time::Duration;

use crate::case::{Call, Case, Exchange, History, Label, Release, Step, Together};
use crate::wire::deviation::is_crowded;

/// Calls that are to come one after the other are begun so many times as far apart as the slowest took, and that
/// again.
const SLACK: u32 = 3;

/// The least and the most of what comes on top.
const BOUNDS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(500));

/// Whether time is part of a case.
pub(super) fn is_timed(case: &Case) -> bool {
    case.is_timed() || case.calls().any(is_crowded)
}

/// The control of a case that was executed: the same calls in the same order, as fast as they come, each in
/// one go, with no one beside them. Those that were released together stay a group, which is judged as one,
/// but are begun so far apart that each has ended before the next.
pub(super) fn control(history: &History) -> Case {
    let apart = apart(&history.exchanges);
    let mut control = (*history.case).clone();
    control.steps = control.steps.iter().flat_map(|step| spread(step, apart)).collect();
    for call in control.calls_mut() {
        (call.wait, call.perturb) = (None, Vec::new());
        if is_crowded(call) {
            call.deviations.clear();
            call.label = Label::Valid;
        }
    }
    control
}

/// How far calls are to be begun apart.
fn apart(exchanges: &[Exchange]) -> Duration {
    let times = exchanges.iter().map(|exchange| &exchange.times);
    let slowest = times.map(|times| times.end.saturating_sub(times.injected)).max();
    let (slowest, (least, most)) = (slowest.unwrap_or_default(), BOUNDS);
    slowest + (slowest * SLACK).clamp(least, most)
}

/// A step in which nothing comes at once.
fn spread(step: &Step, apart: Duration) -> Vec<Step> {
    // What shares a connection would be sent in one piece.
    let group = match step {
        Step::Together(group) if group.in_order().all(|call| call.on.is_none()) => group,
        step => return step.in_order(),
    };
    let later = |(at, call): (usize, &Call)| {
        let skew = Some(apart * u32::try_from(at).unwrap_or_default());
        Call { skew: skew.filter(|skew| !skew.is_zero()), ..call.clone() }
    };
    let calls = group.calls.iter().enumerate().map(later).collect();
    vec![Step::Together(Together { wait: None, release: Release::Plain, calls, ..group.clone() })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Answer, Deviation, Outcome, Perturbation, Position};
    use crate::wire::deviation::of_crowds;

    /// A history of a case in which each call took 10 ms.
    fn history(case: Case) -> History {
        let exchange = |call: &Call| {
            let mut exchange = Exchange::of(call, Outcome::Answered(Answer::default()));
            exchange.times.end = Duration::from_millis(10);
            exchange
        };
        let exchanges = case.calls().map(exchange).collect();
        History { case: case.into(), exchanges, unfinished: None }
    }

    #[test]
    fn a_crowd_beside_a_call_is_timing_and_goes_in_the_control() {
        let rule = of_crowds().next().unwrap();
        let deviations = vec![Deviation::wire(rule.name)];
        let case = Case::of("t", Call { deviations, ..Call::default() });
        assert!(is_timed(&case) && !is_timed(&control(&history(case))));
        let damaged = vec![Deviation::wire("path_traversal")];
        let case = Case::of("t", Call { deviations: damaged, ..Call::default() });
        assert!(!is_timed(&case) && control(&history(case.clone())) == case);
    }

    #[test]
    fn bends_go_and_calls_at_once_are_told_apart_by_more_than_they_take() {
        let pause = Duration::from_secs(1);
        let perturb = vec![Perturbation::Stall { at: Position::Headers, pause }];
        let call = |id: &str| Call { id: id.to_owned(), ..Call::default() };
        let twin = Call { same: Some("a".to_owned()), ..call("b") };
        let calls = vec![call("a"), twin, call("c")];
        let release = Release::OnePacket;
        let group = Together { id: "s2".to_owned(), wait: Some(pause), release, calls };
        let bent = Call { perturb, wait: Some(pause), ..call("s1") };
        let mut case = Case::of("t", Call::default());
        case.steps = vec![Step::Call(bent), Step::Together(group)];
        let control = control(&history(case));
        let [Step::Call(first), Step::Together(group)] = &*control.steps else { panic!() };
        assert_eq!((first, group.wait, group.release), (&call("s1"), None, Release::Plain));
        let skews: Vec<_> =
            group.calls.iter().map(|call| call.skew.map(|s| s.as_millis())).collect();
        assert_eq!(skews, [None, Some(40), Some(80)]);
    }

    #[test]
    fn what_shares_a_connection_becomes_one_step_after_the_other() {
        let call =
            |id: &str| Call { id: id.to_owned(), on: Some("c1".to_owned()), ..Call::default() };
        let calls = vec![call("a"), call("b")];
        let group = Together { id: "s1".to_owned(), wait: None, release: Release::Plain, calls };
        let case = Case { steps: vec![Step::Together(group)], ..Case::of("t", Call::default()) };
        let control = control(&history(case));
        assert_eq!(control.steps, [Step::Call(call("a")), Step::Call(call("b"))]);
    }
}
