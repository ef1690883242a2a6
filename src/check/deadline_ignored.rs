//! `deadline_ignored`: what a caller has given up is given up by the service.

use std::sync::Arc;
use std::time::Duration;

use super::control::{self, Health};
use super::latency::waited;
use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View};
use crate::case::{History, Label};
use crate::wire::grpc;

/// What a caller has given up is given up by the service.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeadlineIgnored;

const NAME: &str = "deadline_ignored";

/// So long after the deadline an answer may still be on its way.
const GRACE: Duration = Duration::from_millis(100);

/// And so many times as long as a control call takes.
const FACTOR: u32 = 2;

const LABELS: [Label; 2] = [Label::Valid, Label::Invalid];

/// What a service says of a call that it has given up.
const GIVEN_UP: [&str; 2] = ["DEADLINE_EXCEEDED", "CANCELLED"];

impl Check for DeadlineIgnored {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn labels(&self) -> &'static [Label] {
        &LABELS
    }

    fn needs(&self) -> &'static str {
        "three control calls on fresh connections"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A call of gRPC that tells its deadline is given up once that is over (PROTOCOL-HTTP2.md, \"Timeout\"). It fails
where the service works on and answers more than 100 ms and two control calls later: its caller has gone by then, and whoever calls
again adds to work that nobody waits for.

## When it is silent

- The answer is DEADLINE_EXCEEDED or CANCELLED, whenever it comes.
- The connection was cut, or its timing was bent.
- Nothing comes at all: `hang` looks at that.
- One of the controls is not answered, or none is known.

## How to mend the service

Pass the context of the call on to what it waits for (databases, other services), and look at it between the
steps of longer work; or set a layer that ends what is late.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        if suspects(view).next().is_some() { Occasion::Always } else { Occasion::Never }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        if suspects(view).next().is_some() { control::ask(view) } else { Vec::new() }
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        if control::health(further) != Health::Served {
            return Vec::new();
        }
        // So long the way there and back takes, and a machine that is busy.
        let slowest = control::exchanges(further).map(waited).max().unwrap_or_default();
        suspects(view)
            .filter(|(seen, deadline)| {
                waited(seen.exchange) >= *deadline + GRACE + slowest * FACTOR
            })
            .map(|(seen, deadline)| {
                let why = format!(
                    "{} answers after {} ms; its deadline was over after {} ms",
                    seen.title(),
                    waited(seen.exchange).as_millis(),
                    deadline.as_millis()
                );
                Failure::new(NAME, seen, Severity::Warning, "late", why).wanting(GIVEN_UP)
            })
            .collect()
    }
}

/// Calls that were answered well behind their deadline, each with it.
fn suspects<'v>(view: &'v View<'_>) -> impl Iterator<Item = (&'v Seen<'v>, Duration)> {
    let own = view.labelled(&LABELS).filter(|seen| seen.is_rpc() && seen.call.perturb.is_empty());
    own.filter_map(|seen| {
        let deadline = grpc::deadline(seen.exchange)?;
        let name = grpc::status(seen.answer()?)?.code.name()?;
        let is_late = waited(seen.exchange) >= deadline + GRACE;
        (is_late && !GIVEN_UP.contains(&name)).then_some((seen, deadline))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Surroundings;
    use super::super::fixture::{Said, failures, rpc_service};
    use super::*;

    fn judged(code: u32, took: u64, controls: &[Said]) -> usize {
        let said = Said::rpc(code).sending("grpc-timeout", "20m").taking(took);
        let surroundings = Surroundings::default();
        failures(&DeadlineIgnored, &rpc_service("", ""), &surroundings, &[said], controls).len()
    }

    #[test]
    fn an_answer_long_after_the_deadline_fails_where_controls_are_fast() {
        let fast = vec![Said::answer("GET /health", 200).taking(2); 3];
        assert_eq!((judged(0, 500, &fast), judged(3, 500, &fast)), (1, 1));
        assert_eq!(
            (judged(0, 110, &fast), judged(4, 500, &fast), judged(1, 500, &fast)),
            (0, 0, 0)
        );
    }

    #[test]
    fn silent_where_the_way_is_as_long() {
        let far = vec![Said::answer("GET /health", 200).taking(200); 3];
        assert_eq!((judged(0, 500, &far), judged(0, 600, &far)), (0, 1));
        assert_eq!((judged(0, 500, &far[1..]), judged(0, 500, &[])), (0, 0));
    }
}
