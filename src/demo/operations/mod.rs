//! The operations of the shop, by their `operationId`.

#![expect(clippy::unnecessary_wraps, reason = "all operations have one signature")]

mod catalogue;
mod files;
mod money;
mod orders;
mod people;
mod stream;

use serde_json::{Value, json};

use super::parameters::Parameters;
use super::reply::Reply;
use super::service::{Operation, Outcome, Service};

/// The code of an operation.
pub(crate) fn find(id: &str) -> Option<Operation> {
    Some(match id {
        "getHealth" => |_, _| Ok(Reply::json(200, &json!({ "status": "ok" }))),
        "listProducts" => catalogue::list,
        "createProduct" => catalogue::create,
        "getProduct" => catalogue::get,
        "listReviews" => catalogue::reviews,
        "search" => catalogue::search,
        "listRecommendations" => catalogue::recommendations,
        "createBundle" => catalogue::bundle,
        "createCategory" => catalogue::category,
        "listOrders" => orders::list,
        "createOrder" => orders::create,
        "getOrder" => orders::get,
        "updateOrder" => orders::update,
        "quoteShipment" => orders::quote,
        "createCustomer" => people::customer,
        "getAccount" => people::account,
        "createWebhook" => people::webhook,
        "createPayment" => money::payment,
        "createInvoice" => money::invoice,
        "createRefund" => money::refund,
        "createCoupon" => money::coupon,
        "createGiftCard" => money::gift_card,
        "createSubscription" => money::subscription,
        "getSales" => money::sales,
        "createExport" => files::export,
        "uploadFile" => files::upload,
        "getFile" => files::get,
        "createNote" => files::note,
        "getNote" => files::get_note,
        "deleteNote" => files::delete_note,
        "followEvents" => stream::events,
        _ => return None,
    })
}

/// 404 for what is not there, before anyone looks at the body.
pub(crate) fn exists(service: &Service, id: &str, parameters: &Parameters) -> Result<(), Reply> {
    let order = parameters.int("id").unwrap_or_default();
    if id == "updateOrder" && service.shelves().orders.get(order).is_none() {
        return Err(missing("no such order"));
    }
    Ok(())
}

fn missing(what: &str) -> Reply {
    Reply::problem(404, what)
}

/// 201 with a new number and these members.
fn created(service: &Service, mut members: Value) -> Outcome {
    members["id"] = json!(service.new_id());
    Ok(Reply::json(201, &members))
}
