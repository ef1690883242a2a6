//! What of a call reaches its receiver as it was meant.

use super::judgement::judgement;
use crate::case::{Body, Call, Message};
use crate::spec::Operation;
use crate::value::Value;
use crate::wire::protobuf::mapping;
use crate::wire::render;

/// How many parts of a concrete call cannot be read back from the wire as what they are; `None` where it
/// cannot be sent at all.
pub(super) fn losses(operation: &Operation, call: &Call) -> Option<usize> {
    let Some(rpc) = &operation.rpc else {
        return render::losses(call).ok().map(|losses| losses.len());
    };
    let mut differ = 0;
    let mut written = |value: &Value| {
        let octets = mapping::encode(value, &rpc.input).ok()?;
        let carried = mapping::decode(&octets, &rpc.input).ok()?;
        // What is left out stands for what it is by default, which rules may forbid.
        let is_lawful = |value: Value| {
            let body = Some(Body::Proto(value));
            judgement(operation, &Call { body, ..call.clone() }).departures.is_empty()
        };
        differ += usize::from(is_lawful(value.clone()) != is_lawful(carried));
        Some(octets)
    };
    let body = match &call.body {
        Some(Body::Proto(value)) => Some(Body::Wire(written(value)?)),
        Some(Body::Messages(messages)) => {
            let messages = messages.iter().map(|message| match message {
                Message::Proto(value) => Some(Message::Wire(written(value)?)),
                other => Some(other.clone()),
            });
            Some(Body::Messages(messages.collect::<Option<_>>()?))
        }
        other => other.clone(),
    };
    Some(render::losses(&Call { body, ..call.clone() }).ok()?.len() + differ)
}
