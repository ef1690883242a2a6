//! Handles: names that only one may have.

use serde_json::Value;

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::{LOOKED_UP, conflict};

/// Whether the name is free is looked up first.
pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = call.members(&[service.faults.doubled.field]);
    let taken = || conflict("this name is taken already");
    let caller = call.caller;
    if is_taken(service, &members) {
        return Err(taken());
    }
    Ok(Reply::later(LOOKED_UP, move |service| {
        if !service.faults.doubled.grants(is_taken(service, &members)) {
            return Err(taken());
        }
        let mut drawers = service.drawers();
        Ok(Reply::json(201, &drawers.handles.add(caller, members, ()).shown))
    }))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.handles.get(&call.id())?.shown))
}

fn is_taken(service: &Service, members: &Value) -> bool {
    let field = service.faults.doubled.field;
    service.drawers().handles.iter().any(|handle| handle.shown[field] == members[field])
}
