//! Diaries, each for its owner's eyes only.

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = call.members(&[service.faults.peeping.field]);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.diaries.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let diary = if service.faults.peeping.asks() {
        drawers.diaries.own(&call.id(), call.caller)?
    } else {
        drawers.diaries.get(&call.id())?
    };
    Ok(Reply::json(200, &diary.shown))
}

pub(super) fn replace(service: &Service, call: &Call) -> Outcome {
    let field = service.faults.peeping.field;
    let mut drawers = service.drawers();
    let diary = drawers.diaries.own(&call.id(), call.caller)?;
    diary.shown[field] = call.body[field].clone();
    Ok(Reply::json(200, &diary.shown))
}
