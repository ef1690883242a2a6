//! Profiles: made, read, changed.

use super::super::contract::Broken;
use super::super::parameters::Parameters;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use serde_json::Value;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut members = call.members(&["name"]);
    members[service.faults.halfway.field] = Value::Null;
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.profiles.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.profiles.get(&call.id())?.shown))
}

pub(super) fn change(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let profile = drawers.profiles.get(&call.id())?;
    make(&mut profile.shown, service.faults.halfway.field, &call.body);
    Ok(Reply::json(200, &profile.shown))
}

/// A change that breaks rules and is refused for it.
pub(super) fn refuse(service: &Service, parameters: &Parameters, body: &Value, broken: &[Broken]) {
    let fault = &service.faults.halfway;
    let mut drawers = service.drawers();
    if let Ok(profile) = drawers.profiles.get(&parameters.name("id"))
        && fault.makes(broken)
    {
        make(&mut profile.shown, fault.field, body);
    }
}

fn make(profile: &mut Value, field: &str, body: &Value) {
    for name in ["name", field] {
        if let Some(value) = body.get(name) {
            profile[name] = value.clone();
        }
    }
}
