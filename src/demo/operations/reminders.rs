//! Reminders: deleting one only marks it, and says so.

use serde_json::{Value, json};

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

/// How many are listed, the oldest first.
const LISTED: usize = 20;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut members = call.members(&["text"]);
    members["state"] = json!("open");
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.reminders.add(call.caller, members, ()).shown))
}

pub(super) fn list(service: &Service, call: &Call) -> Outcome {
    let all = call.parameters.flag("deleted");
    let drawers = service.drawers();
    let shown = drawers.reminders.iter().map(|reminder| &reminder.shown);
    let found: Vec<&Value> = shown.filter(|shown| all || shown["state"] != "deleted").collect();
    let items = &found[..LISTED.min(found.len())];
    Ok(Reply::json(200, &json!({ "items": items, "total": found.len() })))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.reminders.get(&call.id())?.shown))
}

pub(super) fn delete(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let reminder = drawers.reminders.get(&call.id())?;
    reminder.shown["state"] = json!("deleted");
    Ok(Reply::json(200, &reminder.shown))
}
