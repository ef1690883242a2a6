//! Registers, which one writes into at a time.

use serde_json::{Value, json};

use super::super::drawers::{Held, Lock};
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let members = json!({ service.faults.held.field: Value::Null });
    Ok(Reply::json(201, &drawers.registers.add(call.caller, members, Lock::default()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.registers.get(&call.id())?.shown))
}

pub(super) fn replace(service: &Service, call: &Call) -> Outcome {
    let field = service.faults.held.field;
    let mut drawers = service.drawers();
    let register = drawers.registers.get(&call.id())?;
    register.shown[field] = call.body[field].clone();
    Ok(Reply::json(200, &register.shown))
}

/// Waits until nobody else holds a register, where it is locked before its body is there.
pub(super) async fn hold(service: &Service, id: &str) -> Option<Held> {
    if !service.faults.held.locks_early() {
        return None;
    }
    let lock = service.drawers().registers.get(id).ok()?.hidden.clone();
    Some(lock.taken().await)
}
