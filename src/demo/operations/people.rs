//! Customers and their accounts.

use serde_json::json;

use super::super::exact::whole;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::created;

pub(super) fn customer(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.internal;
    let text = call.body[fault.text].as_str().unwrap_or_default();
    let (text, number) = fault.row(text, whole(&call.body[fault.number]).unwrap_or(0))?;
    let email = call.body["email"].as_str().map(|email| email.trim().to_lowercase());
    if let Some(email) = &email
        && !service.shelves().claim(email)
    {
        return Err(Reply::problem(409, "this address belongs to another customer"));
    }
    let row = json!({ fault.text: text.trim(), fault.number: number, "email": email });
    created(service, row)
}

pub(super) fn account(_: &Service, _: &Call) -> Outcome {
    Ok(Reply::json(
        200,
        &json!({ "id": 1, "owner": "Ada", "balance": 120.5, "iban": "DE00000000000000000000" }),
    ))
}

pub(super) fn webhook(service: &Service, call: &Call) -> Outcome {
    created(service, json!({ "url": call.body["url"] }))
}
