//! The operations of the shop, by their `operationId`.

#![expect(clippy::unnecessary_wraps, reason = "all operations have one signature")]

mod accounts;
mod articles;
mod badges;
mod boards;
mod bookmarks;
mod boxes;
mod catalogue;
mod contacts;
mod diaries;
mod documents;
mod drafts;
mod files;
mod handles;
mod jobs;
mod labels;
mod leaflets;
mod lockers;
mod money;
mod orders;
mod parcels;
mod people;
mod plans;
mod playlists;
mod posters;
mod profiles;
mod purses;
mod registers;
mod reminders;
mod scales;
mod sessions;
mod settings;
mod stream;
mod tills;
mod vaults;
mod wishlists;

use std::time::Duration;

use serde_json::{Value, json};

use super::contract::Broken;
use super::drawers::Held;
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
        _ => return things(id),
    })
}

/// The code of an operation on what callers make and come back to.
fn things(id: &str) -> Option<Operation> {
    Some(match id {
        "createWishlist" => wishlists::create,
        "getWishlist" => wishlists::get,
        "deleteWishlist" => wishlists::delete,
        "createAccount" => accounts::create,
        "showAccount" => accounts::get,
        "stopAccount" => accounts::stop,
        "continueAccount" => accounts::go_on,
        "chargeAccount" => accounts::charge,
        "createBox" => boxes::create,
        "getBox" => boxes::get,
        "addItem" => boxes::put_in,
        "listItems" => boxes::list,
        "createProfile" => profiles::create,
        "getProfile" => profiles::get,
        "updateProfile" => profiles::change,
        "createPlaylist" => playlists::create,
        "getPlaylist" => playlists::get,
        "replacePlaylist" => playlists::replace,
        "createDiary" => diaries::create,
        "getDiary" => diaries::get,
        "replaceDiary" => diaries::replace,
        "createDraft" => drafts::create,
        "getDraft" => drafts::get,
        "deleteDraft" => drafts::delete,
        "createBoard" => boards::create,
        "getBoard" => boards::get,
        "addCard" => boards::pin,
        "listCards" => boards::list,
        "getCard" => boards::card,
        "createDocument" => documents::create,
        "getDocument" => documents::get,
        "replaceDocument" => documents::replace,
        "createParcel" => parcels::create,
        "getParcel" => parcels::get,
        "createContact" => contacts::create,
        "getContact" => contacts::get,
        "updateContact" => contacts::change,
        "createLabel" => labels::create,
        "listLabels" => labels::list,
        "getLabel" => labels::get,
        "createBadge" => badges::create,
        "getBadge" => badges::get,
        "createReminder" => reminders::create,
        "listReminders" => reminders::list,
        "getReminder" => reminders::get,
        "deleteReminder" => reminders::delete,
        "createJob" => jobs::create,
        "getJob" => jobs::get,
        "createBookmark" => bookmarks::create,
        "listBookmarks" => bookmarks::list,
        "getBookmark" => bookmarks::get,
        "replaceBookmark" => bookmarks::replace,
        "deleteBookmark" => bookmarks::delete,
        "putSetting" => settings::put,
        "getSetting" => settings::get,
        "createArticle" => articles::create,
        "listArticles" => articles::list,
        "getArticle" => articles::get,
        "createLocker" => lockers::create,
        "getLocker" => lockers::get,
        "updateLocker" => lockers::change,
        "createPurse" => purses::create,
        "getPurse" => purses::get,
        "withdraw" => purses::take,
        "createPlan" => plans::create,
        "getPlan" => plans::get,
        "updatePlan" => plans::change,
        "createHandle" => handles::create,
        "getHandle" => handles::get,
        "createPoster" => posters::create,
        "getPoster" => posters::get,
        "replacePoster" => posters::replace,
        "createSession" => sessions::create,
        "getSession" => sessions::get,
        "createTill" => tills::create,
        "getTill" => tills::get,
        "chargeTill" => tills::charge,
        "createVault" => vaults::create,
        "getVault" => vaults::get,
        "renameVault" => vaults::change,
        "fillVault" => vaults::deposit,
        "createLeaflet" => leaflets::create,
        "getLeaflet" => leaflets::get,
        "replaceLeaflet" => leaflets::replace,
        "createRegister" => registers::create,
        "getRegister" => registers::get,
        "replaceRegister" => registers::replace,
        "createScale" => scales::create,
        "getScale" => scales::get,
        "replaceScale" => scales::replace,
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

/// What an operation on `path` holds on to before its body is there, until it is done.
pub(crate) async fn hold(service: &Service, id: &str, path: &[(&str, &str)]) -> Option<Held> {
    let (_, thing) = path.iter().find(|(name, _)| *name == "id")?;
    match id {
        "replaceRegister" => registers::hold(service, thing).await,
        "replaceScale" => scales::hold(service, thing).await,
        _ => None,
    }
}

/// What a body does that does not come to its end.
pub(crate) fn broken_off(service: &Service, id: &str, parameters: &Parameters, octets: &[u8]) {
    match id {
        "replaceLeaflet" => leaflets::broken_off(service, parameters, octets),
        "replaceScale" => scales::broken_off(service, parameters),
        _ => {}
    }
}

/// What a body that breaks these rules does, before it is refused for them.
pub(crate) fn refuse(
    service: &Service,
    id: &str,
    parameters: &Parameters,
    body: &Value,
    broken: &[Broken],
) {
    match id {
        "updateProfile" => profiles::refuse(service, parameters, body, broken),
        "updateLocker" => lockers::refuse(service, parameters),
        _ => {}
    }
}

/// How long it takes to look something up before it is written.
const LOOKED_UP: Duration = Duration::from_millis(15);

fn conflict(what: &str) -> Reply {
    Reply::problem(409, what)
}

fn missing(what: &str) -> Reply {
    Reply::problem(404, what)
}

/// 201 with a new number and these members.
fn created(service: &Service, mut members: Value) -> Outcome {
    members["id"] = json!(service.new_id());
    Ok(Reply::json(201, &members))
}
