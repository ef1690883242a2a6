//! Scales, set over a line.

use std::time::Duration;

use serde_json::json;

use super::super::drawers::{Held, Line};
use super::super::parameters::Parameters;
use super::super::reply::{Reply, crash};
use super::super::service::{Call, Outcome, Service};

/// So long a call waits for the line.
const PATIENCE: Duration = Duration::from_millis(100);

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let members = json!({ service.faults.poisoned.field: 0 });
    Ok(Reply::json(201, &drawers.scales.add(call.caller, members, Line::default()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.scales.get(&call.id())?.shown))
}

pub(super) fn replace(service: &Service, call: &Call) -> Outcome {
    let field = service.faults.poisoned.field;
    let mut drawers = service.drawers();
    let scale = drawers.scales.get(&call.id())?;
    if std::mem::take(&mut scale.hidden.is_fouled) {
        return Err(crash("unexpected message on the line"));
    }
    scale.shown[field] = call.body[field].clone();
    Ok(Reply::json(200, &scale.shown))
}

/// Waits a while until nobody else is on the line: who has gone away in the middle is seen to be gone.
pub(super) async fn hold(service: &Service, id: &str) -> Option<Held> {
    let lock = service.drawers().scales.get(id).ok()?.hidden.lock.clone();
    tokio::time::timeout(PATIENCE, lock.taken()).await.ok()
}

/// What came of a body that has no end.
pub(super) fn broken_off(service: &Service, parameters: &Parameters) {
    let mut drawers = service.drawers();
    if let Ok(scale) = drawers.scales.get(&parameters.name("id")) {
        scale.hidden.is_fouled = service.faults.poisoned.stays();
    }
}
