//! `unhealthy_after`: the service still serves others after the case.

use std::sync::Arc;

use super::control::{self, Health};
use super::look::follow_up;
use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, framing, wording};
use crate::case::{Case, Connection, Exchange, History, HttpVersion, Label, Outcome, Step};

/// The service still serves others after the case.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnhealthyAfter;

const NAME: &str = "unhealthy_after";

/// The connection of a refused call, and of a control call behind it.
const OLDER: &str = "older";

/// So often a control call comes behind a refused one.
const TIMES: usize = 2;

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
        "three control calls on fresh connections, once per operation and way for what we break off; and, \
         once per operation that refuses a call with a body, twice a control call behind it on the same \
         connection of HTTP/1.1"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

After the case a control call, known to be good, is still answered. It is sent three times, each time
over a connection of its own; the check fails when none of the three is answered, or all are answered
with 5xx. Then one call has taken the service away from everybody.

After a call with a body that is refused, a control call comes on the same connection, too. It fails when that
is refused, answered with what is no HTTP, or not at all, both times, while it is served on a fresh one: what is
left of the first request was taken for the next.

## When it is silent

- At least one of the three controls is served: a slow or shaky service is not a dead one.
- No control call is known, or controls failed before the case already.
- 503 with `Retry-After`, 429, 401: the service is there.
- The service closes the connection after a refusal, as it may.

## How to mend the service

On one connection only: read the body of what is refused to its end, or close the connection after the answer
(`Connection: close`).

The service crashed, ran out of a resource (memory, threads, connections, file handles) or holds a lock
for ever. Isolate requests from each other: bounds on input, timeouts on locks and queries, a supervisor
that restarts.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        if is_suspicious(view) {
            return Occasion::Always;
        }
        if let Some(left) = view.seen().iter().rfind(|seen| seen.is_disturbed()) {
            return Occasion::once(format!("{} {}", left.name(), left.bends()));
        }
        // Whether it is sound is only looked at where it is followed up: it nearly always is.
        refused(view).map_or(Occasion::Never, |seen| Occasion::once(seen.name()))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        if view.surroundings.unwell {
            return Vec::new();
        }
        let is_fit = |seen: &&Seen<'_>| framing::is_sound(seen) && !is_suspicious(view);
        let behind = refused(view).filter(is_fit).and_then(|_| behind(view));
        let behind = behind.map(follow_up).into_iter().flat_map(|one| vec![one; TIMES]);
        behind.chain(control::ask(view)).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let (behind, fresh): (Vec<_>, Vec<_>) =
            further.iter().cloned().partition(|history| is_behind(&history.case));
        let health = control::health(&fresh);
        if health == Health::Served && !behind.is_empty() {
            return poisoned(view, &behind, &fresh).into_iter().collect();
        }
        if health != Health::Denied {
            return Vec::new();
        }
        let outcomes: Vec<String> = control::exchanges(&fresh).map(told).collect();
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

fn told(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Outcome::Answered(answer) => answer.status.to_string(),
        Outcome::Dropped { .. } => "a dropped connection".to_owned(),
        Outcome::Garbage { .. } => "garbage".to_owned(),
        Outcome::TimedOut { .. } => "no answer".to_owned(),
        Outcome::Unreachable { .. } => "no connection".to_owned(),
        Outcome::Abandoned => "nothing".to_owned(),
    }
}

/// Whether a call of the history was not answered as calls are.
fn is_suspicious(view: &View<'_>) -> bool {
    view.seen().iter().any(|seen| {
        matches!(
            seen.exchange.outcome,
            Outcome::Dropped { .. }
                | Outcome::TimedOut { .. }
                | Outcome::Garbage { .. }
                | Outcome::Unreachable { .. }
        )
    })
}

/// The last call of a history, where it has a body and is refused over HTTP/1.1.
fn refused<'v, 'a>(view: &'v View<'a>) -> Option<&'v Seen<'a>> {
    let seen = view.last()?;
    let is_refused = seen.exchange.status()? >= 400
        && seen.exchange.http == HttpVersion::Http1
        && !seen.exchange.sent.body.is_empty()
        && seen.call.on.is_none();
    (is_refused && view.surroundings.control.is_some()).then_some(seen)
}

/// The history with a control call behind its last call, on the same connection.
fn behind(view: &View<'_>) -> Option<Case> {
    let mut case = (*view.history.case).clone();
    let mut control = view.surroundings.control.as_ref()?.own_calls().next()?.clone();
    let Step::Call(last) = case.steps.last_mut()? else { return None };
    last.on = Some(OLDER.to_owned());
    (control.id, control.on) = ("control".to_owned(), Some(OLDER.to_owned()));
    case.steps.push(Step::Call(control));
    case.connections
        .push((OLDER.to_owned(), Connection { http: Some(1), ..Connection::default() }));
    Some(case)
}

fn is_behind(case: &Case) -> bool {
    case.connections.iter().any(|(name, _)| name == OLDER)
}

/// What is wrong where a control call is not served behind the last call each time, and is on a fresh
/// connection.
fn poisoned(view: &View<'_>, behind: &[Arc<History>], fresh: &[Arc<History>]) -> Option<Failure> {
    let is_refusal = |exchange: &Exchange| exchange.status().is_some_and(|status| status >= 400);
    if control::exchanges(fresh).any(is_refusal) {
        return None;
    }
    let is_poisoned = |exchange: &Exchange| {
        !exchange.fresh_connection
            && match &exchange.outcome {
                Outcome::Answered(_) => is_refusal(exchange),
                Outcome::Garbage { .. } | Outcome::TimedOut { .. } => true,
                // A connection may be closed at any time.
                Outcome::Dropped { .. } | Outcome::Unreachable { .. } | Outcome::Abandoned => false,
            }
    };
    let behind: Vec<&Exchange> = control::exchanges(behind).collect();
    if behind.len() < TIMES || !behind.iter().all(|exchange| is_poisoned(exchange)) {
        return None;
    }
    let seen = view.last()?;
    let outcomes: Vec<String> = behind.into_iter().map(told).collect();
    let why = format!(
        "behind {}, refused with {}, a control call on the same connection gives {}, and is served on a \
         fresh one; what is left of a refused request must not be taken for the next",
        seen.title(),
        seen.exchange.status()?,
        wording::list(&outcomes)
    );
    Some(Failure::new(NAME, seen, Severity::Error, "poisoned", why))
}

#[cfg(test)]
mod tests {
    use super::super::Surroundings;
    use super::super::fixture::{Said, failures, history, operation, service};
    use super::*;
    use crate::case::{Perturbation, Position};

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
    fn what_we_break_off_is_looked_behind_once_per_way() {
        let service = service(vec![operation("POST /orders")]);
        let occasion = |bend: Perturbation| {
            let said = Said::answer("POST /orders", 201).call(|call| call.perturb.push(bend));
            let history = history(&[said.outcome(Outcome::Abandoned)]);
            let surroundings = Surroundings::default();
            match UnhealthyAfter.occasion(&View::new(&service, &history, &surroundings)) {
                Occasion::Once(way) => way.into_owned(),
                other => panic!("{other:?}"),
            }
        };
        let (sent, whole) =
            (Perturbation::Reset(Position::Sent), Perturbation::Cut(Position::Sent));
        assert_eq!(occasion(sent), "POST /orders reset at sent");
        assert_eq!(occasion(whole), "POST /orders cut at sent");
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

    /// A refusal, and what comes of a control call behind it.
    fn behind(control: &Said, fresh: u16) -> Vec<Failure> {
        let service = service(vec![operation("POST /orders"), operation("GET /health")]);
        let health = super::super::fixture::history(&[Said::answer("GET /health", 200)]);
        let surroundings = Surroundings { control: Some(health.case), ..Surroundings::default() };
        let refused = Said::answer("POST /orders", 413).sending_body(b"{}");
        let history = super::super::fixture::history(std::slice::from_ref(&refused));
        let view = View::new(&service, &history, &surroundings);
        assert_eq!(UnhealthyAfter.occasion(&view), Occasion::once("POST /orders"));
        let further = UnhealthyAfter.follow_ups(&view).into_iter().map(|follow_up| {
            let is_behind = is_behind(&follow_up.case);
            let said = if is_behind { control.clone() } else { self::control(fresh) };
            let mut exchange = said.exchange;
            exchange.fresh_connection &= !is_behind;
            let case = Arc::new(follow_up.case);
            exchange.call = case.calls().last().unwrap().id.clone();
            Arc::new(History { case, exchanges: vec![exchange], unfinished: None })
        });
        UnhealthyAfter.judge(&view, &further.collect::<Vec<_>>())
    }

    #[test]
    fn a_connection_that_serves_no_one_behind_a_refusal_fails() {
        let found = behind(&control(400), 200);
        assert_eq!(found.len(), 1);
        insta::assert_snapshot!(found[0].why, @"behind POST /orders, refused with 413, a control call on the same connection gives 400 and 400, and is served on a fresh one; what is left of a refused request must not be taken for the next");
        assert_eq!(behind(&Said::timed_out("GET /health", 1000), 200).len(), 1);
    }

    #[test]
    fn silent_where_the_connection_serves_on_or_is_closed_or_no_one_is_served() {
        assert_eq!(behind(&control(200), 200), []);
        assert_eq!(behind(&Said::dropped("GET /health"), 200), []);
        assert_eq!(behind(&control(400), 401), []);
    }
}
