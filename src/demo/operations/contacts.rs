//! Contacts, each with a handle that no other has.

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let handle = &call.body["handle"];
    if drawers.contacts.iter().any(|contact| contact.shown["handle"] == *handle) {
        return Err(Reply::problem(409, "another contact has this handle"));
    }
    let members = call.members(&[&["handle"], service.faults.forgetful.made()].concat());
    Ok(Reply::json(201, &drawers.contacts.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.contacts.get(&call.id())?.shown))
}

pub(super) fn change(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let contact = &mut drawers.contacts.get(&call.id())?.shown;
    for name in service.faults.forgetful.changed() {
        if let Some(value) = call.body.get(name) {
            contact[name] = value.clone();
        }
    }
    Ok(Reply::empty(204))
}
