//! Boxes, and what is put into them.

use serde_json::json;

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let new = drawers.boxes.add(call.caller, call.members(&["label"]), Vec::new());
    Ok(Reply::json(201, &new.shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.boxes.get(&call.id())?.shown))
}

pub(super) fn put_in(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.crammed;
    let mut drawers = service.drawers();
    let things = &mut drawers.boxes.get(&call.id())?.hidden;
    fault.make_room(things.len())?;
    let mut item = json!({ "id": service.new_id() });
    item[fault.field] = call.body[fault.field].clone();
    things.push(item.clone());
    Ok(Reply::json(201, &item))
}

pub(super) fn list(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &json!(drawers.boxes.get(&call.id())?.hidden)))
}
