//! Payments, invoices, refunds, coupons, and what was sold.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::exact::whole;
use super::super::formats::date;
use super::super::paced::Paced;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::created;

pub(super) fn payment(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.branch;
    let fee = fault.fee(call.body[fault.discriminator].as_str().unwrap_or_default())?;
    created(service, json!({ "amount": whole(&call.body["amount"]), "fee": fee }))
}

pub(super) fn invoice(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.calendar;
    let text = &call.body[fault.field];
    let day = text.as_str().and_then(date).unwrap_or((2000, 1, 1));
    let renews = fault.next_year(day)?;
    let lines = call.body["lines"].as_array().into_iter().flatten();
    let cents: i64 = lines.filter_map(|line| whole(&line["cents"])).sum();
    created(service, json!({ fault.field: text, "renews": renews, "cents": cents }))
}

pub(super) fn refund(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.drift;
    let amount = call.body[fault.field].as_f64().unwrap_or_default();
    created(service, json!({ fault.field: amount.abs(), "state": fault.state(amount) }))
}

pub(super) fn coupon(service: &Service, call: &Call) -> Outcome {
    let field = service.faults.coupon.field;
    created(service, json!({ field: whole(&call.body[field]) }))
}

pub(super) fn gift_card(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.utf16;
    let text = fault.engrave(call.body[fault.field].as_str().unwrap_or_default())?;
    let cents = whole(&call.body["cents"]).unwrap_or(1000);
    created(service, json!({ fault.field: text, "cents": cents }))
}

pub(super) fn subscription(service: &Service, call: &Call) -> Outcome {
    let price = service.faults.pair.price(|option| call.body[option] == true)?;
    let seats = whole(&call.body["seats"]).unwrap_or(1);
    created(service, json!({ "cents": price * seats }))
}

pub(super) fn sales(_: &Service, call: &Call) -> Outcome {
    let parameters = &call.parameters;
    if parameters.text("format") == Some("pdf") {
        return Err(Reply::problem(501, "reports are not printed yet"));
    }
    let (from, to) = (parameters.text("from"), parameters.text("to"));
    let order = from.and_then(date).cmp(&to.and_then(date));
    if order.is_gt() {
        return Err(Reply::problem(422, "the time ends before it begins"));
    }
    let group = parameters.texts("group").join(" ");
    let rows = ["Lamp", "Table", "Chair"].map(|name| json!({ "label": name, "cents": 100 }));
    let head = json!({ "from": from, "to": to, "group": group }).to_string();
    let open = head.trim_end_matches('}').to_owned() + ",\"rows\":[";
    let rows = rows.iter().map(Value::to_string).collect::<Vec<_>>().join(",");
    let pieces = [open, rows, "]}".into()].map(|piece| (Duration::ZERO, piece));
    Ok(Reply::with_body(200, "application/json", Paced::body(pieces)))
}
