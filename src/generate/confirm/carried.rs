//! What of a call reaches its receiver as it was meant.

use super::judgement::judgement;
use crate::case::{Body, Call};
use crate::spec::Operation;
use crate::wire::protobuf::mapping;
use crate::wire::render;

/// How many parts of a concrete call cannot be read back from the wire as what they are; `None` where it
/// cannot be sent at all.
pub(super) fn losses(operation: &Operation, call: &Call) -> Option<usize> {
    let (Some(rpc), Some(Body::Proto(value))) = (&operation.rpc, &call.body) else {
        return render::losses(call).ok().map(|losses| losses.len());
    };
    let octets = mapping::encode(value, &rpc.input).ok()?;
    let carried = mapping::decode(&octets, &rpc.input).ok()?;
    let is_lawful = |body: Body| {
        let call = Call { body: Some(body), ..call.clone() };
        judgement(operation, &call).departures.is_empty()
    };
    // What is left out stands for what it is by default, which rules may forbid.
    let differs = is_lawful(Body::Proto(value.clone())) != is_lawful(Body::Proto(carried));
    let written = Call { body: Some(Body::Wire(octets)), ..call.clone() };
    Some(render::losses(&written).ok()?.len() + usize::from(differs))
}
