//! `unhealthy_after`: the service still serves others after the case.

use std::sync::Arc;

use super::control::{self, Health};
use super::{Check, Failure, FollowUp, Occasion, Severity, View, wording};
use crate::case::{History, Label, Outcome};

/// The service still serves others after the case.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnhealthyAfter;

const NAME: &str = "unhealthy_after";

impl Check for UnhealthyAfter {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &Label::ALL
    }

    fn needs(&self) -> &'static str {
        "three control calls on fresh connections"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

After the case a control call, known to be good, is still answered. It is sent three times, each time
over a connection of its own; the check fails when none of the three is answered, or all are answered
with 5xx. Then one call has taken the service away from everybody.

## When it is silent

- At least one of the three controls is served: a slow or shaky service is not a dead one.
- No control call is known, or controls failed before the case already.
- 503 with `Retry-After`, 429, 401: the service is there.

## How to mend the service

The service crashed, ran out of a resource (memory, threads, connections, file handles) or holds a lock
for ever. Isolate requests from each other: bounds on input, timeouts on locks and queries, a supervisor
that restarts.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        let suspicious = view.seen().iter().any(|seen| {
            matches!(
                seen.exchange.outcome,
                Outcome::Dropped { .. }
                    | Outcome::TimedOut { .. }
                    | Outcome::Garbage { .. }
                    | Outcome::Unreachable { .. }
            )
        });
        if suspicious { Occasion::Always } else { Occasion::Never }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        if view.surroundings.unwell { Vec::new() } else { control::ask(view) }
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        if control::health(further) != Health::Denied {
            return Vec::new();
        }
        let outcomes: Vec<String> = control::exchanges(further)
            .map(|exchange| match &exchange.outcome {
                Outcome::Answered(answer) => answer.status.to_string(),
                Outcome::Dropped { .. } => "a dropped connection".to_owned(),
                Outcome::Garbage { .. } => "garbage".to_owned(),
                Outcome::TimedOut { .. } => "no answer".to_owned(),
                Outcome::Unreachable { .. } => "no connection".to_owned(),
                Outcome::Abandoned => "nothing".to_owned(),
            })
            .collect();
        let failure = view.last().map(|seen| {
            let why = format!(
                "after {} the service no longer serves a control call: three tries gave {}",
                seen.title(),
                wording::list(&outcomes)
            );
            Failure::new(NAME, seen, Severity::Error, "unhealthy", why).wanting(["2XX"])
        });
        failure.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Surroundings;
    use super::super::fixture::{Said, failures, operation, service};
    use super::*;

    fn judge(controls: &[Said]) -> Vec<Failure> {
        let service = service(vec![operation("POST /orders")]);
        let said = Said::answer("POST /orders", 201);
        failures(&UnhealthyAfter, &service, &Surroundings::default(), &[said], controls)
    }

    fn control(status: u16) -> Said {
        Said::answer("GET /health", status)
    }

    fn dead() -> Said {
        let reason = "refused".to_owned();
        control(0).outcome(Outcome::Unreachable { reason })
    }

    #[test]
    fn three_dead_controls_fail() {
        let found = judge(&[dead(), control(500), Said::timed_out("GET /health", 1000)]);
        assert_eq!(found.len(), 1);
        insta::assert_snapshot!(found[0].why, @"after POST /orders the service no longer serves a control call: three tries gave no connection, 500 and no answer");
    }

    #[test]
    fn silent_when_one_control_is_served() {
        for alive in [control(200), control(401), control(404), control(429)] {
            assert_eq!(judge(&[dead(), dead(), alive]), []);
        }
    }

    #[test]
    fn silent_for_503_with_retry_after_but_not_without() {
        let warming = control(503).header("Retry-After", "1");
        assert_eq!(judge(&[warming.clone(), warming.clone(), warming]), []);
        assert_eq!(judge(&[control(503), control(503), control(503)]).len(), 1);
    }

    #[test]
    fn silent_with_fewer_than_three_controls() {
        assert_eq!(judge(&[dead(), dead()]), []);
        assert_eq!(judge(&[]), []);
    }

    #[test]
    fn only_a_suspicion_is_worth_controls_of_its_own() {
        let service = service(vec![operation("GET /a")]);
        let surroundings = Surroundings::default();
        let occasion = |said: Said| {
            let history = super::super::fixture::history(&[said]);
            UnhealthyAfter.occasion(&View::new(&service, &history, &surroundings))
                == Occasion::Always
        };
        assert!(occasion(Said::dropped("GET /a")));
        assert!(!occasion(Said::answer("GET /a", 200)));
    }
}
