//! Plans, changed member by member.

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::LOOKED_UP;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = call.members(&service.faults.overwritten.fields);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.plans.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.plans.get(&call.id())?.shown))
}

/// The plan is read first, and written a little later.
pub(super) fn change(service: &Service, call: &Call) -> Outcome {
    let (id, changes) = (call.id(), call.members(&service.faults.overwritten.fields));
    let before = service.drawers().plans.get(&id)?.shown.clone();
    Ok(Reply::later(LOOKED_UP, move |service| {
        let mut drawers = service.drawers();
        let shown = &mut drawers.plans.get(&id)?.shown;
        let mut plan = service.faults.overwritten.base(shown, before);
        for (field, value) in changes.as_object().into_iter().flatten() {
            if !value.is_null() {
                plan[field] = value.clone();
            }
        }
        shown.clone_from(&plan);
        Ok(Reply::json(200, &plan))
    }))
}
