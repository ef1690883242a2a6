//! What a file says of an execution of its case: that it fails as told, that nothing can be said, or how a
//! failure is taken.

use super::Verdict;
use crate::case::{Finding, History, Known, Outcome};
use crate::execute::today;

/// What is to be said of a committed case that fails for this reason: whether it may until its day.
pub(super) fn failed(finding: &Finding, why: String) -> (Verdict, String) {
    match &finding.known {
        Some(known) if known.until >= today() => (Verdict::Known, why),
        Some(Known { issue, until }) => {
            (Verdict::Failed, format!("{why} (known as {issue} until {until}, which is past)"))
        }
        None => (Verdict::Failed, why),
    }
}

/// Whether a failure at a call is the one that a file tells: at its own, or at one like it that comes at once with it,
/// for which of them fails is a matter of luck.
pub(super) fn is_of(finding: &Finding, at: &str) -> bool {
    let case = &finding.case;
    let operation = |id: &str| case.original(id).map(|call| &call.operation);
    let is_beside = || case.step_of(at).is_some_and(|step| case.step_of(&finding.at) == Some(step));
    at == finding.at || is_beside() && operation(at) == operation(&finding.at)
}

/// Why a replay says nothing: the set-up did not give what it must, or the service is not there.
pub(super) fn inconclusive(finding: &Finding, history: &History) -> Option<String> {
    if let Some(unfinished) = &history.unfinished {
        return Some(format!("{} could not be sent: {}", unfinished.call, unfinished.why));
    }
    // A file may name a group, too.
    let steps = &finding.case.steps;
    let group = || steps.iter().position(|step| step.id() == finding.at);
    let judged = finding.case.step_of(&finding.at).or_else(group);
    for exchange in &history.exchanges {
        if let Outcome::Unreachable { reason } = &exchange.outcome {
            return Some(format!("the service is not there: {reason}"));
        }
        let call = finding.case.call(&exchange.call)?;
        let step = finding.case.step_of(&call.id);
        if step > judged {
            break;
        }
        // What comes at once with it is judged with it.
        if step < judged
            && let Some(want) = &call.want
            && !want.allows(exchange.status())
        {
            let got = exchange.status().map_or("no answer".to_owned(), |status| status.to_string());
            return Some(format!(
                "set-up {} gave {got}, not {}",
                call.id,
                want.status.join(" or ")
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Answer, Call, Case, Exchange, Release, Reproduced, Step, Together, Want};

    /// Two calls at once after one that makes something, the second of which failed.
    fn finding() -> Finding {
        let call = |id: &str, operation: &str, status: &str| Call {
            id: id.to_owned(),
            operation: operation.to_owned(),
            want: Some(Want { status: vec![status.to_owned()], grpc_status: Vec::new() }),
            ..Call::default()
        };
        let calls = vec![
            call("a", "PUT /a/{id}", "2XX"),
            call("b", "PUT /a/{id}", "2XX"),
            call("c", "GET /a/{id}", "2XX"),
        ];
        let group = Together { id: "s2".to_owned(), wait: None, release: Release::Plain, calls };
        let steps = vec![Step::Call(call("s1", "POST /a", "201")), Step::Together(group)];
        let case = Case { steps, ..Case::of("t", Call::default()) };
        Finding {
            check: "hang".to_owned(),
            at: "b".to_owned(),
            why: String::new(),
            known: None,
            case,
            boundary: None,
            irrelevant: Vec::new(),
            reproduced: Reproduced::default(),
            replays: 1,
            minimal: true,
            also: Vec::new(),
        }
    }

    fn history(statuses: &[(&str, u16)]) -> History {
        let case = finding().case;
        let exchange = |(id, status): &(&str, u16)| {
            let answer = Answer { status: *status, ..Answer::default() };
            Exchange::of(case.call(id).unwrap(), Outcome::Answered(answer))
        };
        let exchanges = statuses.iter().map(exchange).collect();
        History { exchanges, case: case.into(), unfinished: None }
    }

    #[test]
    fn whichever_of_two_alike_calls_at_once_fails_it_is_the_same_finding() {
        let finding = finding();
        let told = ["s1", "a", "b", "c"].map(|id| is_of(&finding, id));
        assert_eq!(told, [false, true, true, false]);
    }

    #[test]
    fn what_comes_at_once_with_a_failure_is_no_setup_of_it() {
        let finding = finding();
        assert_eq!(inconclusive(&finding, &history(&[("s1", 201), ("a", 500), ("b", 200)])), None);
        let told = inconclusive(&finding, &history(&[("s1", 404), ("a", 500), ("b", 200)]));
        assert_eq!(told.as_deref(), Some("set-up s1 gave 404, not 201"));
        let of_group = Finding { at: "s2".to_owned(), ..finding };
        let told = inconclusive(&of_group, &history(&[("s1", 404), ("a", 500)]));
        assert_eq!(told.as_deref(), Some("set-up s1 gave 404, not 201"));
    }
}
