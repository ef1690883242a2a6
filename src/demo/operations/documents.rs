//! Documents, which are changed only as they are where the caller says so.

use axum::http::header::ETAG;

use super::super::faults::Stale;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = call.members(&[service.faults.stale.field]);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.documents.add(call.caller, members, 1).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let document = drawers.documents.get(&call.id())?;
    Ok(Reply::json(200, &document.shown).header(ETAG, &Stale::tag(document.hidden)))
}

pub(super) fn replace(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.stale;
    let mut drawers = service.drawers();
    let document = drawers.documents.get(&call.id())?;
    fault.guard(call.parameters.text("If-Match"), document.hidden)?;
    document.hidden += 1;
    document.shown[fault.field] = call.body[fault.field].clone();
    Ok(Reply::json(200, &document.shown))
}
