//! Labels: made, listed, found.

use serde_json::{Value, json};

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

/// How many labels are listed, the latest first.
const LISTED: usize = 100;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = call.members(&[service.faults.mislaid.field, "text"]);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.labels.add(call.caller, members, ()).shown))
}

pub(super) fn list(service: &Service, _: &Call) -> Outcome {
    let drawers = service.drawers();
    let labels: Vec<&Value> =
        drawers.labels.iter().rev().take(LISTED).map(|label| &label.shown).collect();
    Ok(Reply::json(200, &json!(labels)))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.mislaid;
    let mut drawers = service.drawers();
    let label = drawers.labels.get(&call.id())?;
    if !fault.finds(&label.shown[fault.field]) {
        return Err(drawers.labels.missing());
    }
    Ok(Reply::json(200, &label.shown))
}
