//! Wishlists: made, read, deleted; deleting one twice is 404.

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let field = service.faults.undeleted.field;
    let mut drawers = service.drawers();
    let wishlist = drawers.wishlists.add(call.caller, call.members(&[field, "title"]), false);
    Ok(Reply::json(201, &wishlist.shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.wishlists.get(&call.id())?.shown))
}

pub(super) fn delete(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.undeleted;
    let mut drawers = service.drawers();
    let wishlist = drawers.wishlists.get(&call.id())?;
    let deleted = std::mem::replace(&mut wishlist.hidden, true);
    if deleted {
        return Err(drawers.wishlists.missing());
    }
    if !fault.keeps(&wishlist.shown[fault.field]) {
        drawers.wishlists.remove(&call.id())?;
    }
    Ok(Reply::empty(204))
}
