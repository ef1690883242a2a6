//! `deadline_ignored`: what a caller has given up is given up by the service.

use std::sync::Arc;
use std::time::Duration;

use super::latency::waited;
use super::{Check, Failure, Seen, Severity, View};
use crate::case::{History, Label};
use crate::wire::grpc;

/// What a caller has given up is given up by the service.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeadlineIgnored;

const NAME: &str = "deadline_ignored";

/// So long after the deadline an answer may still be on its way.
const GRACE: Duration = Duration::from_millis(100);

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
        &[Label::Valid, Label::Invalid]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A call of gRPC that tells its deadline is given up once that is over (PROTOCOL-HTTP2.md, \"Timeout\"). It fails
where the service works on and answers more than 100 ms later: its caller has gone by then, and whoever calls
again adds to work that nobody waits for.

## When it is silent

- The answer is DEADLINE_EXCEEDED or CANCELLED, whenever it comes.
- The connection was cut, or its timing was bent.
- Nothing comes at all: `hang` looks at that.

## How to mend the service

Pass the context of the call on to what it waits for (databases, other services), and look at it between the
steps of longer work; or set a layer that ends what is late.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        let own = view.labelled(self.labels()).filter(|seen| seen.call.perturb.is_empty());
        own.filter_map(judge).collect()
    }
}

fn judge(seen: &Seen<'_>) -> Option<Failure> {
    seen.operation?.rpc.as_ref()?;
    let deadline = grpc::deadline(seen.exchange)?;
    let name = grpc::status(seen.answer()?)?.code.name()?;
    let took = waited(seen.exchange);
    if GIVEN_UP.contains(&name) || took < deadline + GRACE {
        return None;
    }
    let why = format!(
        "{} answers {name} after {} ms; its deadline was over after {} ms",
        seen.title(),
        took.as_millis(),
        deadline.as_millis()
    );
    Some(Failure::new(NAME, seen, Severity::Warning, "late", why).wanting(GIVEN_UP))
}
