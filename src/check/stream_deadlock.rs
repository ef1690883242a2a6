//! `stream_deadlock`: a stream that the caller has ended is answered.

use std::sync::Arc;

use super::control::{self, Health};
use super::hang::is_overdue;
use super::latency::waited;
use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View};
use crate::case::{Body, History, Label, Message};
use crate::wire::deviation::is_hurried;
use crate::wire::grpc;

/// A stream that the caller has ended is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamDeadlock;

const NAME: &str = "stream_deadlock";

/// How many times longer than control calls it must have taken.
const FACTOR: u32 = 5;

impl Check for StreamDeadlock {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid, Label::Invalid]
    }

    fn needs(&self) -> &'static str {
        "three control calls on fresh connections"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A method that takes a stream of messages answers once the caller has sent its last one and ended its side:
with a message, or with a status. It fails where nothing of either comes until the deadline, while three
control calls, each on a fresh connection, are answered at once: both sides wait for each other.

## When it is silent

- The caller has not ended its side, or went away.
- A message came: a stream may go on for as long as there is news.
- Methods that take one message: `hang` looks at them.
- One of the controls is not answered, or none is known.

## How to mend the service

Read to the end of the stream before waiting for anything else, and end your side when the caller has ended
its own; bounded queues between reading and writing have to be drained by a task of their own.
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
        let slowest = control::exchanges(further).map(waited).max().unwrap_or_default();
        let stuck = suspects(view).filter(|seen| waited(seen.exchange) >= slowest * FACTOR);
        stuck
            .map(|seen| {
                let why = format!(
                    "{} answers nothing for {:.1} s after its caller has ended the stream, while control calls \
                     are answered",
                    seen.title(),
                    waited(seen.exchange).as_secs_f64()
                );
                Failure::new(NAME, seen, Severity::Error, "deadlock", why)
                    .wanting(["OK", "INVALID_ARGUMENT"])
            })
            .collect()
    }
}

/// Streams that were ended, and not answered in time.
fn suspects<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Seen<'v>> {
    view.labelled(&[Label::Valid, Label::Invalid]).filter(|seen| {
        let streams = seen.operation.and_then(|operation| operation.rpc.as_ref());
        streams.is_some_and(|rpc| rpc.streams_in)
            && is_ended(seen)
            && seen.exchange.times.sent.is_some()
            && !seen.is_disturbed()
            && !is_hurried(seen.call)
            && is_overdue(seen.exchange)
            && !has_messages(seen)
    })
}

/// Whether the caller sent all there was, and said so.
fn is_ended(seen: &Seen<'_>) -> bool {
    match &seen.call.body {
        Some(Body::Messages(messages)) => {
            messages.contains(&Message::HalfClose)
                && !messages.iter().any(|message| matches!(message, Message::Cancel(_)))
        }
        body => body.is_some(),
    }
}

/// Whether a message came before.
fn has_messages(seen: &Seen<'_>) -> bool {
    let Some(answer) = seen.answer() else { return false };
    match seen.json() {
        Some(value) => value.get("messages").is_some(),
        None => grpc::whole(&answer.body).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Surroundings;
    use super::super::fixture::{Said, failures, rpc_service};
    use super::*;
    use crate::value::Value;

    fn judged(messages: Vec<Message>, change: fn(Said) -> Said) -> usize {
        let said = Said::timed_out("GET /", 1000);
        let said = Said {
            exchange: crate::case::Exchange { operation: "s.v1.Shop/Take".into(), ..said.exchange },
            ..said
        };
        let said = said.call(|call| {
            call.operation = "s.v1.Shop/Take".to_owned();
            call.body = Some(Body::Messages(messages));
        });
        let controls = vec![Said::answer("GET /health", 200).taking(2); 3];
        let service = rpc_service("stream", "stream");
        failures(&StreamDeadlock, &service, &Surroundings::default(), &[change(said)], &controls)
            .len()
    }

    fn one() -> Message {
        Message::Proto(Value::object::<&str>([]))
    }

    #[test]
    fn a_stream_that_was_ended_and_is_not_answered_fails() {
        assert_eq!(judged(vec![one(), Message::HalfClose], |said| said), 1);
    }

    #[test]
    fn silent_where_it_was_not_ended_or_given_up() {
        assert_eq!(judged(vec![one()], |said| said), 0);
        assert_eq!(judged(vec![one(), Message::HalfClose, Message::Cancel(8)], |said| said), 0);
        // The script waits for an answer, which never came, so that its end was never sent.
        let unsent = |said: Said| said.exchange(|own| own.times.sent = None);
        assert_eq!(judged(vec![one(), Message::Await(1), Message::HalfClose], unsent), 0);
    }
}
