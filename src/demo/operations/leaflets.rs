//! Leaflets of two pages, written over as a whole.

use serde_json::json;

use super::super::parameters::Parameters;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let [first, second] = service.faults.torn.pages;
    let mut drawers = service.drawers();
    let members = json!({ first: "", second: "" });
    Ok(Reply::json(201, &drawers.leaflets.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.leaflets.get(&call.id())?.shown))
}

pub(super) fn replace(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let leaflet = drawers.leaflets.get(&call.id())?;
    for page in service.faults.torn.pages {
        leaflet.shown[page] = call.body[page].clone();
    }
    Ok(Reply::json(200, &leaflet.shown))
}

/// What came of a body that has no end.
pub(super) fn broken_off(service: &Service, parameters: &Parameters, octets: &[u8]) {
    let mut drawers = service.drawers();
    if let Ok(leaflet) = drawers.leaflets.get(&parameters.name("id"))
        && let Some((page, text)) = service.faults.torn.stores(octets)
    {
        leaflet.shown[page] = text;
    }
}
