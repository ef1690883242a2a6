//! Vaults with a journal; who writes locks both.

use serde_json::{Value, json};

use super::super::drawers::{Held, Lock, Locks};
use super::super::exact::whole;
use super::super::reply::{Later, Reply, crash};
use super::super::service::{Call, Outcome, Service};
use super::LOOKED_UP;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut members = call.members(&[service.faults.entangled.field]);
    members["coins"] = json!(0);
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.vaults.add(call.caller, members, Locks::default()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.vaults.get(&call.id())?.shown))
}

/// Locks the vault, then its journal; it is the one to give up where that would wait for ever.
pub(super) fn change(service: &Service, call: &Call) -> Outcome {
    let field = service.faults.entangled.field;
    let (id, value) = (call.id(), call.body[field].clone());
    let Locks { vault, journal } = service.drawers().vaults.get(&id)?.hidden.clone();
    let write = move |service: &Service| {
        let mut drawers = service.drawers();
        let shown = &mut drawers.vaults.get(&id)?.shown;
        if !value.is_null() {
            shown[field] = value;
        }
        Ok(Reply::json(200, shown))
    };
    locked([vault, journal], true, Box::new(write))
}

pub(super) fn deposit(service: &Service, call: &Call) -> Outcome {
    let (id, coins) = (call.id(), whole(&call.body["coins"]).unwrap_or_default());
    let locks = service.drawers().vaults.get(&id)?.hidden.of_deposit(&service.faults.entangled);
    let write = move |service: &Service| {
        let mut drawers = service.drawers();
        let shown: &mut Value = &mut drawers.vaults.get(&id)?.shown;
        let before = whole(&shown["coins"]).unwrap_or_default();
        shown["coins"] = json!(before + coins);
        Ok(Reply::json(201, shown))
    };
    locked(locks, false, Box::new(write))
}

/// Takes both locks in this order, waiting for each, and then goes on.
fn locked([first, second]: [Lock; 2], yields: bool, then: Later) -> Outcome {
    let Some(held) = first.take() else {
        return Ok(Reply::later(LOOKED_UP, move |_| locked([first, second], yields, then)));
    };
    Ok(Reply::later(LOOKED_UP, move |service| with_second(service, held, second, yields, then)))
}

fn with_second(service: &Service, first: Held, second: Lock, yields: bool, then: Later) -> Outcome {
    let outcome = match second.take() {
        Some(_second) => then(service),
        None if yields => Err(crash("deadlock detected, the transaction was rolled back")),
        None => {
            return Ok(Reply::later(LOOKED_UP, move |service| {
                with_second(service, first, second, yields, then)
            }));
        }
    };
    drop(first);
    outcome
}
