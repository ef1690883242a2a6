//! Drafts, each for its owner's eyes only; deleting one twice is 404.

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = call.members(&[service.faults.foreign.field]);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.drafts.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.drafts.own(&call.id(), call.caller)?.shown))
}

pub(super) fn delete(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    if service.faults.foreign.asks() {
        drawers.drafts.own(&call.id(), call.caller)?;
    }
    drawers.drafts.remove(&call.id())?;
    Ok(Reply::empty(204))
}
