//! Settings, which callers name: putting one makes it where there is none.

use serde_json::json;

use super::super::drawer::Thing;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn put(service: &Service, call: &Call) -> Outcome {
    let name = call.parameters.name("name");
    let shown = json!({ "name": name, "value": call.body["value"] });
    let mut drawers = service.drawers();
    if let Ok(setting) = drawers.settings.get(&name) {
        setting.shown = shown;
        return Ok(Reply::json(200, &setting.shown));
    }
    let thing = Thing { owner: call.caller, shown, hidden: () };
    Ok(Reply::json(201, &drawers.settings.keep(name, thing).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.settings.get(&call.parameters.name("name"))?.shown))
}
