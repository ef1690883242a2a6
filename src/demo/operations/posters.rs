//! Posters, read through a cache.

use std::time::Duration;

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

/// How long it takes to write one, and to put one into the cache: longer, so that who is first does not
/// matter.
const WRITTEN: Duration = Duration::from_millis(25);
const KEPT: Duration = Duration::from_millis(50);

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = call.members(&[service.faults.cached.field]);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.posters.add(call.caller, members, None).shown))
}

/// From the cache; what is not there goes into it a little later.
pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let id = call.id();
    let mut drawers = service.drawers();
    let poster = drawers.posters.get(&id)?;
    if let Some(cached) = &poster.hidden {
        return Ok(Reply::json(200, cached));
    }
    let read = poster.shown.clone();
    Ok(Reply::later(KEPT, move |service| {
        let mut drawers = service.drawers();
        let poster = drawers.posters.get(&id)?;
        if service.faults.cached.keeps(&read, &poster.shown) {
            poster.hidden = Some(read.clone());
        }
        Ok(Reply::json(200, &read))
    }))
}

/// Written, and taken out of the cache.
pub(super) fn replace(service: &Service, call: &Call) -> Outcome {
    let field = service.faults.cached.field;
    let (id, text) = (call.id(), call.body[field].clone());
    service.drawers().posters.get(&id)?;
    Ok(Reply::later(WRITTEN, move |service| {
        let mut drawers = service.drawers();
        let poster = drawers.posters.get(&id)?;
        poster.shown[field] = text;
        poster.hidden = None;
        Ok(Reply::json(200, &poster.shown))
    }))
}
