//! `unimplemented_method`: a method that the descriptor promises is there.

use std::sync::Arc;

use super::{Check, Failure, Seen, Severity, View, wording};
use crate::case::{History, Label};
use crate::wire::grpc;

/// A method that the descriptor promises is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnimplementedMethod;

const NAME: &str = "unimplemented_method";

/// The status that says so.
const CODE: &str = "UNIMPLEMENTED";

impl Check for UnimplementedMethod {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid, Label::Invalid]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A method of gRPC that the descriptor promises does not end with UNIMPLEMENTED (statuscodes.md): whoever has the
descriptor writes code against it.

## When it is silent

- Calls that are malformed, by whose frames or encodings UNIMPLEMENTED may be meant.
- A gateway's own answer.
- The method has answered something else in this run: it is there, and chooses what it does not do.

## How to mend the service

Register the service with the server, deploy the version that the descriptor belongs to, or take the method out
of the descriptor.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        let own = view.labelled(self.labels()).filter(|seen| !seen.is_disturbed());
        own.filter_map(|seen| judge(view, seen)).collect()
    }
}

fn judge(view: &View<'_>, seen: &Seen<'_>) -> Option<Failure> {
    seen.operation?.rpc.as_ref()?;
    // Some input it implements, then; which, it may choose.
    if view.surroundings.latency.knows(seen.name()) {
        return None;
    }
    let status = grpc::status(seen.answer()?)?;
    if status.code.name() != Some(CODE) || view.is_from_gateway(seen) {
        return None;
    }
    let why = format!(
        "{} answers {CODE}{}; the descriptor promises the method",
        seen.title(),
        wording::quoted(seen)
    );
    Some(Failure::new(NAME, seen, Severity::Error, CODE, why).wanting(["OK"]))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{METHOD, Said, failures, rpc_service};
    use super::super::{Latency, Surroundings};
    use super::*;

    fn judged(code: u32, latency: Latency) -> usize {
        let surroundings = Surroundings { latency: Arc::new(latency), ..Surroundings::default() };
        let service = rpc_service("", "");
        failures(&UnimplementedMethod, &service, &surroundings, &[Said::rpc(code)], &[]).len()
    }

    #[test]
    fn a_method_that_is_promised_and_not_there_fails() {
        assert_eq!((judged(12, Latency::default()), judged(5, Latency::default())), (1, 0));
    }

    #[test]
    fn silent_where_it_has_answered_before() {
        let mut latency = Latency::default();
        latency.record(METHOD, std::time::Duration::from_millis(1));
        assert_eq!(judged(12, latency), 0);
    }
}
