//! Tills: a charge can be sent again under its key.

use serde_json::{Value, json};

use super::super::drawer::Thing;
use super::super::exact::whole;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::{LOOKED_UP, conflict};

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let members = json!({ "charged": 0 });
    Ok(Reply::json(201, &drawers.tills.add(call.caller, members, ()).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.tills.get(&call.id())?.shown))
}

/// Whether the key is known is looked up first; it is stored with the answer.
pub(super) fn charge(service: &Service, call: &Call) -> Outcome {
    let (id, caller) = (call.id(), call.caller);
    let amount = whole(&call.body[service.faults.charged.field]).unwrap_or_default();
    let key = call.parameters.text("Idempotency-Key").map(str::to_owned);
    let asked = json!([id, amount]);
    service.drawers().tills.get(&id)?;
    if let Some(answer) = known(service, key.as_deref(), &asked)? {
        return Ok(answer);
    }
    Ok(Reply::later(LOOKED_UP, move |service| {
        if service.faults.charged.looks_again()
            && let Some(answer) = known(service, key.as_deref(), &asked)?
        {
            return Ok(answer);
        }
        let mut drawers = service.drawers();
        let till = &mut drawers.tills.get(&id)?.shown;
        let before = whole(&till["charged"]).unwrap_or_default();
        till["charged"] = json!(before.saturating_add(amount));
        let shown = till.clone();
        let answer = Reply::json(201, &shown);
        if let Some(key) = key.filter(|key| drawers.charges.get(key).is_err()) {
            drawers.charges.keep(key, Thing { owner: caller, shown, hidden: asked });
        }
        Ok(answer)
    }))
}

/// The answer that was given under a key; a key is for one charge.
fn known(service: &Service, key: Option<&str>, asked: &Value) -> Result<Option<Reply>, Reply> {
    let mut drawers = service.drawers();
    match key.and_then(|key| drawers.charges.get(key).ok()) {
        None => Ok(None),
        Some(charge) if charge.hidden == *asked => Ok(Some(Reply::json(201, &charge.shown))),
        Some(_) => Err(conflict("this key was used for another charge")),
    }
}
