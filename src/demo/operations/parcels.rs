//! Parcels, which say where they are.

use axum::http::header::LOCATION;

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.misplaced;
    let mut drawers = service.drawers();
    let row = drawers.parcels.made() + 1;
    let parcel = drawers.parcels.add(call.caller, call.members(&[fault.field]), ());
    let location = fault.location(&parcel.shown["id"], row);
    Ok(Reply::json(201, &parcel.shown).header(LOCATION, &location))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.parcels.get(&call.id())?.shown))
}
