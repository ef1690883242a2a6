//! Lockers, which count what was refused.

use serde_json::json;

use super::super::parameters::Parameters;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut members = call.members(&["note"]);
    members["attempts"] = json!(0);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.lockers.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.lockers.get(&call.id())?.shown))
}

pub(super) fn change(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let locker = &mut drawers.lockers.get(&call.id())?.shown;
    if let Some(note) = call.body.get("note") {
        locker["note"] = note.clone();
    }
    Ok(Reply::json(200, locker))
}

/// A change that is refused counts as an attempt, and changes nothing else.
pub(super) fn refuse(service: &Service, parameters: &Parameters) {
    let mut drawers = service.drawers();
    if let Ok(locker) = drawers.lockers.get(&parameters.name("id")) {
        let attempts = locker.shown["attempts"].as_u64().unwrap_or_default();
        locker.shown["attempts"] = json!(attempts + 1);
    }
}
