//! Sessions, each under a key that lives for a while.

use std::time::Instant;

use serde_json::json;

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let members = json!({ "state": "open" });
    Ok(Reply::json(201, &drawers.sessions.add(call.caller, members, Instant::now()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let session = drawers.sessions.get(&call.id())?;
    service.faults.expired.read(session.hidden.elapsed())?;
    Ok(Reply::json(200, &session.shown))
}
