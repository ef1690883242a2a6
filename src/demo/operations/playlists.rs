//! Playlists, whose list is put whole.

use serde_json::{Value, json};

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut members = call.members(&["title"]);
    members[service.faults.appended.field] = json!([]);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.playlists.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.playlists.get(&call.id())?.shown))
}

pub(super) fn replace(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.appended;
    let mut drawers = service.drawers();
    let playlist = &mut drawers.playlists.get(&call.id())?.shown;
    let elements = |of: &Value| of[fault.field].as_array().cloned().unwrap_or_default();
    let list = fault.replace(&elements(playlist), &elements(&call.body));
    playlist[fault.field] = json!(list);
    playlist["title"] = call.body["title"].clone();
    Ok(Reply::json(200, playlist))
}
