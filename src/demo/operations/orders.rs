//! Orders, and sending them.

use axum::http::header::LOCATION;
use serde_json::{Value, json};

use super::super::exact::whole;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::super::shelves::Order;
use super::missing;

pub(super) fn list(service: &Service, call: &Call) -> Outcome {
    let statuses = call.parameters.texts("status");
    // All orders were placed on one day.
    let placed_after = call.parameters.text("placed_after").is_none_or(|time| time < "2024-01-02");
    let media_type = &service.faults.content_type;
    let media_type = media_type.of(call.parameters.text(media_type.header));
    let shelves = service.shelves();
    let orders: Vec<Value> = shelves
        .orders
        .iter()
        .filter(|(_, order)| statuses.is_empty() || statuses.contains(&&*order.status))
        .filter(|_| placed_after)
        .map(|(id, order)| order.to_json(id))
        .collect();
    Ok(Reply::with_body(200, media_type, json!(orders).to_string()))
}

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.quantity;
    let quantity = whole(&call.body[fault.field]).unwrap_or(1);
    let discount = fault.discount(quantity)?;
    let product = whole(&call.body["product"]).unwrap_or(1);
    let mut shelves = service.shelves();
    let price = shelves.products.get(product).map_or(0.0, |product| product.price);
    let order = Order {
        status: "open".into(),
        quantity,
        price: (price * 100.0).round() as i64 * (100 - discount) / 100,
        note: call.body["note"].as_str().map(str::to_owned),
    };
    let mut answer = order.to_json(0);
    let id = shelves.orders.add(order);
    answer["id"] = json!(id);
    Ok(Reply::json(201, &answer).header(LOCATION, &format!("/orders/{id}")))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let id = call.parameters.int("id").unwrap_or_default();
    let shelves = service.shelves();
    let order = shelves.orders.get(id).ok_or_else(|| missing("no such order"))?;
    Ok(Reply::json(200, &order.to_json(id)))
}

pub(super) fn update(service: &Service, call: &Call) -> Outcome {
    let id = call.parameters.int("id").unwrap_or_default();
    let fault = &service.faults.dropped;
    let mut shelves = service.shelves();
    let order = shelves.orders.get_mut(id).ok_or_else(|| missing("no such order"))?;
    if let Some(by) = whole(&call.body[fault.field]) {
        order.quantity = fault.correct(order.quantity, by)?;
    }
    if let Some(status) = call.body["status"].as_str() {
        status.clone_into(&mut order.status);
    }
    if let Some(note) = call.body.get("note") {
        order.note = note.as_str().map(str::to_owned);
    }
    Ok(Reply::json(200, &order.to_json(id)))
}

pub(super) fn quote(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.enumeration;
    let tariff = fault.tariff(call.parameters.text(fault.field).unwrap_or_default())?;
    let grams = call.parameters.int("weight").unwrap_or(1);
    let insurance = if call.parameters.flag("insured") { 250 } else { 0 };
    Ok(Reply::json(200, &json!({ "cents": tariff * grams / 1000 + insurance })))
}
