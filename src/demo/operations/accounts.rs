//! Accounts: stopped, let go on, charged.

use serde_json::json;

use super::super::drawers::Account;
use super::super::exact::whole;
use super::super::faults::Suspended;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::created;

/// In cents, where a charge does not say.
const USUAL: i64 = 100;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut members = call.members(&["holder"]);
    members["state"] = json!("active");
    let account = Account { stopped: false, mandate: true };
    let mut drawers = service.drawers();
    Ok(Reply::json(201, &drawers.accounts.add(call.caller, members, account).shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.accounts.get(&call.id())?.shown))
}

pub(super) fn stop(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let account = drawers.accounts.get(&call.id())?;
    if account.hidden.stopped {
        return Err(Reply::problem(409, "the account is stopped already"));
    }
    let mandate = account.hidden.mandate && service.faults.suspended.keeps_mandate();
    account.hidden = Account { stopped: true, mandate };
    account.shown["state"] = json!("stopped");
    Ok(Reply::json(200, &account.shown))
}

pub(super) fn go_on(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let account = drawers.accounts.get(&call.id())?;
    if !account.hidden.stopped {
        return Err(Reply::problem(409, "the account is active already"));
    }
    account.hidden.stopped = false;
    account.shown["state"] = json!("active");
    Ok(Reply::json(200, &account.shown))
}

pub(super) fn charge(service: &Service, call: &Call) -> Outcome {
    let field = service.faults.suspended.field;
    let mut drawers = service.drawers();
    let account = &drawers.accounts.get(&call.id())?.hidden;
    if account.stopped {
        return Err(Reply::problem(409, "the account is stopped"));
    }
    Suspended::charge(account.mandate)?;
    created(service, json!({ field: whole(&call.body[field]).unwrap_or(USUAL) }))
}
