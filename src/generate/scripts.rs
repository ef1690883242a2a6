//! Streams of gRPC that go otherwise than one message and the end of it: which scripts are tried.

use std::sync::Arc;
use std::time::Duration;

use super::planned::Planned;
use crate::case::{Body, Call, Deviation, Label, Message};
use crate::spec::Operation;

/// A silence between messages that any server should bear.
const SILENCE: Duration = Duration::from_millis(500);

/// The rule by which a call tells a short deadline.
const HURRIED: &str = "short_rpc_timeout";

/// CANCEL (RFC 9113, section 7).
const CANCEL: u32 = 8;

/// The scripts of a method that streams, the simplest first.
pub(super) fn planned(operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    let (Some(rpc), Some(Body::Proto(value))) = (&operation.rpc, &base.body) else {
        return Vec::new();
    };
    let one = || Message::Proto(value.clone());
    let (end, wait) = (Message::HalfClose, Message::Wait(SILENCE));
    let answer = |count| Message::Await(count);
    let mut all: Vec<Vec<Message>> = Vec::new();
    if rpc.streams_in {
        all.push(vec![end.clone()]);
        all.push(vec![one(), one(), end.clone()]);
        all.push(vec![one(), wait.clone(), one(), end.clone()]);
        all.push(vec![wait.clone(), end.clone()]);
        all.push(vec![one(), wait.clone(), Message::Cancel(CANCEL)]);
        all.push(vec![Message::Cancel(CANCEL)]);
        let many = (0..64).map(|_| one());
        all.push(many.chain([end.clone()]).collect());
    }
    if rpc.streams_in && rpc.streams_out {
        all.push(vec![one(), answer(1), one(), end.clone()]);
        all.push(vec![one(), answer(1), end.clone()]);
    }
    if rpc.streams_out {
        all.push(vec![one(), end.clone(), answer(1), Message::Cancel(CANCEL)]);
        all.push(vec![one(), end, wait, Message::Cancel(CANCEL)]);
    }
    // A side that is never ended: who waits for it is freed by the deadline, which is short.
    let open = Deviation { rule: HURRIED.into(), at: None, with: Vec::new() };
    let planned = |messages: Vec<Message>| {
        // Whoever goes away hears nothing; what came before the end is as valid as the messages are.
        let is_whole = messages.contains(&Message::HalfClose);
        let label = if is_whole { base.label } else { Label::Unspecified };
        let call = Call { body: Some(Body::Messages(messages)), label, ..(**base).clone() };
        Planned::whole("stream", &Arc::new(call))
    };
    let mut planned: Vec<Planned> = all.into_iter().map(planned).collect();
    let call = Call {
        body: Some(Body::Messages(vec![one()])),
        label: Label::Unspecified,
        deviations: vec![open],
        ..(**base).clone()
    };
    planned.push(Planned::whole("stream", &Arc::new(call)));
    planned
}
