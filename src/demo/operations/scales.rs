//! Scales, read over a line that one reading has for itself.

use serde_json::json;

use super::super::faults::Line;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::LOOKED_UP;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let members = json!({ service.faults.poisoned.field: 0 });
    Ok(Reply::json(201, &drawers.scales.add(call.caller, members, Line::default()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let id = call.id();
    let line = service.drawers().scales.get(&id)?.hidden.clone();
    let reading = service.faults.poisoned.begin(line)?;
    Ok(Reply::later(LOOKED_UP, move |service| {
        reading.take();
        Ok(Reply::json(200, &service.drawers().scales.get(&id)?.shown))
    }))
}
