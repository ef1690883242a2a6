//! Purses, filled once.

use serde_json::json;

use super::super::exact::whole;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::{LOOKED_UP, conflict};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let members = json!({ "coins": service.faults.overdrawn.coins });
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.purses.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.purses.get(&call.id())?.shown))
}

/// Whether there are enough is looked up first.
pub(super) fn take(service: &Service, call: &Call) -> Outcome {
    let id = call.id();
    let coins = whole(&call.body["coins"]).unwrap_or_default();
    let left = left(service, &id)?;
    if coins > left {
        return Err(conflict("there are not so many coins"));
    }
    Ok(Reply::later(LOOKED_UP, move |service| {
        let left = service.faults.overdrawn.take(self::left(service, &id)?, coins);
        let left = left.ok_or_else(|| conflict("there are not so many coins"))?;
        let mut drawers = service.drawers();
        let purse = &mut drawers.purses.get(&id)?.shown;
        purse["coins"] = json!(left);
        Ok(Reply::json(200, purse))
    }))
}

fn left(service: &Service, id: &str) -> Result<i64, Reply> {
    Ok(whole(&service.drawers().purses.get(id)?.shown["coins"]).unwrap_or_default())
}
