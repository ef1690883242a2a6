//! Badges: made and found, here and at the desk.

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = call.members(&["text"]);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.badges.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.badges.get(&call.id())?.shown))
}
