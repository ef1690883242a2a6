//! `grpc_status`: a call of gRPC ends with a status that says what it was.

use std::sync::Arc;

use super::{Check, Failure, Seen, Severity, Stack, View, wording};
use crate::case::{Answer, History, Label, Outcome};
use crate::value::Value;
use crate::wire::deviation::is_crowded;
use crate::wire::grpc::{self, Code};

/// A call of gRPC ends with a status that says what it was.
#[derive(Clone, Copy, Debug)]
pub(super) struct GrpcStatus;

const NAME: &str = "grpc_status";

/// What every call may end with, whatever it was: the caller, its rights and its share are another matter.
const ANY: [&str; 4] = ["PERMISSION_DENIED", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED", "ABORTED"];

impl Check for GrpcStatus {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid, Label::Invalid, Label::Malformed]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

What a call of gRPC ends with fits what was sent (statuscodes.md):

- Nothing ends with no status, or with a number that is none: that breaks the protocol.
- A message that the descriptor allows, whether its rules do or not, does not end with INTERNAL, UNKNOWN or
  DATA_LOSS: the service failed.
- DEADLINE_EXCEEDED and CANCELLED come only where the deadline is over, or the caller went away.
- A message that no parser may take, or a frame that makes no sense, is not answered OK.

## When it is silent

- INTERNAL, UNKNOWN and UNIMPLEMENTED to what is malformed: that is how parsers refuse.
- Whatever implementations may differ in.
- UNAVAILABLE to one of several calls released together, or while others are there on purpose.
- What the stack of a service (tonic, grpc-go, grpc-java, grpc-js, grpc-dotnet, grpc-core) is known to do otherwise
  than the specifications say: all but grpc-java ignore a second message of a call that takes one, tonic,
  grpc-core, grpc-java and grpc-js ignore a message that did not come in whole, and grpc-js reads on where a
  message within another one ends. Which stack it is shows by how it refuses a method that is not there, or is named by `stack` in the settings
  of the service; where it is not known, what any of them overlooks is let through.

## How to mend the service

Check the message in the handler, and answer INVALID_ARGUMENT, NOT_FOUND or FAILED_PRECONDITION; a panic or an
exception that is thrown becomes UNKNOWN or INTERNAL, or no status at all. Catching everything and answering
INVALID_ARGUMENT hides the fault.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        let own = view.seen().iter().filter(|seen| seen.is_rpc() && !seen.is_disturbed());
        own.filter_map(|seen| judge(view, seen)).collect()
    }
}

fn judge(view: &View<'_>, seen: &Seen<'_>) -> Option<Failure> {
    let label = seen.exchange.label;
    let fail = |outcome: &str, why: String| {
        let why = format!("{} {why}", seen.title());
        let want: &[&str] = match label {
            Label::Malformed => {
                &["INVALID_ARGUMENT", "INTERNAL", "UNIMPLEMENTED", "RESOURCE_EXHAUSTED"]
            }
            Label::Valid => &["OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"],
            _ => &["OK", "INVALID_ARGUMENT"],
        };
        let failure = Failure::new(NAME, seen, Severity::Error, outcome, why);
        Some(failure.saying(wording::normal(seen)).wanting(want.iter().copied()))
    };
    match &seen.exchange.outcome {
        Outcome::Garbage { reason, .. } if label <= Label::Invalid => {
            fail("protocol", format!("gives {reason}"))
        }
        Outcome::Answered(answer) => {
            let code = grpc::status(answer)?.code;
            let name = code.name()?;
            match judged(view, seen, label, code, name) {
                None => None,
                Some(why) => fail(name, format!("answers {name}{}; {why}", said(answer))),
            }
        }
        _ => None,
    }
}

/// What is wrong with a code, where something is.
fn judged(
    view: &View<'_>,
    seen: &Seen<'_>,
    label: Label,
    code: Code,
    name: &str,
) -> Option<&'static str> {
    if ANY.contains(&name) {
        return None;
    }
    let is_busy = || view.is_at_once(seen) || is_crowded(seen.call);
    match label {
        Label::Valid | Label::Invalid => match name {
            "INTERNAL" | "UNKNOWN" | "DATA_LOSS" => (!is_by_stack(view, seen, Stack::refuses))
                .then_some("no message that the descriptor allows should make a service fail"),
            "UNAVAILABLE" if !is_busy() => Some("others are answered"),
            "DEADLINE_EXCEEDED" | "CANCELLED"
                if !grpc::is_over(&seen.exchange.sent.headers, &seen.exchange.times) =>
            {
                Some("the deadline was not over, and nobody went away")
            }
            _ => None,
        },
        Label::Malformed => (code == Code::OK && !is_by_stack(view, seen, Stack::overlooks))
            .then_some("no parser may take what was sent"),
        Label::Unspecified => None,
    }
}

/// Whether the stack that serves a call is known to do so with one of the rules by which it is changed.
fn is_by_stack(
    view: &View<'_>,
    seen: &Seen<'_>,
    does: fn(Option<&'static Stack>, &str) -> bool,
) -> bool {
    let mut rules = seen.call.deviations.iter().filter_map(|own| own.rule.as_str());
    rules.any(|rule| does(view.surroundings.stack, rule))
}

/// What an answer says in words, where it does.
fn said(answer: &Answer) -> String {
    let message = grpc::status(answer).map(|status| status.message).unwrap_or_default();
    if message.is_empty() {
        String::new()
    } else {
        format!(" ({})", wording::short(&Value::text(message)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Surroundings;
    use super::super::fixture::{Said, failures, rpc_service};
    use super::*;
    use crate::case::Deviation;

    const CODES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    fn judged(said: Said, stack: Option<&'static Stack>) -> Vec<Failure> {
        let surroundings = Surroundings { stack, ..Surroundings::default() };
        failures(&GrpcStatus, &rpc_service("", ""), &surroundings, &[said], &[])
    }

    /// The codes that fail under a label.
    fn failing(label: Label) -> Vec<&'static str> {
        let fails = |code: &usize| {
            let said = Said::rpc(u32::try_from(*code).unwrap()).label(label);
            !judged(said, None).is_empty()
        };
        (0..CODES.len()).filter(fails).map(|code| CODES[code]).collect()
    }

    #[test]
    fn codes_fail_by_the_table_of_what_was_sent() {
        let ours =
            ["CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"];
        assert_eq!(failing(Label::Valid), ours);
        assert_eq!(failing(Label::Invalid), ours);
        assert_eq!(failing(Label::Malformed), ["OK"]);
        assert_eq!(failing(Label::Unspecified), [""; 0]);
    }

    #[test]
    fn a_deadline_that_is_over_is_no_fault_however_slow_we_were() {
        let late = Said::rpc(4).sending("grpc-timeout", "900m").taking(900);
        let slow = late.clone().exchange(|own| own.times.injected = Duration::from_millis(500));
        let early = Said::rpc(4).sending("grpc-timeout", "900m").taking(100);
        assert_eq!((judged(late, None), judged(slow, None)), (vec![], vec![]));
        assert_eq!(judged(early, None).len(), 1);
    }

    #[test]
    fn what_a_stack_overlooks_is_let_through() {
        let twice = Said::rpc(0)
            .label(Label::Malformed)
            .call(|call| call.deviations.push(Deviation::wire("two_messages")));
        let known = |name| Stack::named(name).ok();
        for (stack, count) in [("tonic", 0), ("grpc-go", 0), ("grpc-core", 0), ("grpc-java", 1)] {
            assert_eq!(judged(twice.clone(), known(stack)).len(), count, "{stack}");
        }
    }

    #[test]
    fn an_answer_without_a_status_breaks_the_protocol() {
        let reason = "an answer of gRPC without a status".to_owned();
        let received = bytes::Bytes::new();
        let said = Said::rpc(0).outcome(Outcome::Garbage { received, reason });
        assert_eq!(judged(said, None)[0].outcome, "protocol");
    }
}
