//! Boards, and the cards on them, page by page.

use serde_json::json;

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::missing;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let board = drawers.boards.add(call.caller, call.members(&["title"]), Vec::new());
    Ok(Reply::json(201, &board.shown))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.boards.get(&call.id())?.shown))
}

pub(super) fn pin(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let cards = &mut drawers.boards.get(&call.id())?.hidden;
    let card = json!({ "id": service.new_id(), "text": call.body["text"] });
    cards.push(card.clone());
    Ok(Reply::json(201, &card))
}

pub(super) fn list(service: &Service, call: &Call) -> Outcome {
    let pages = &service.faults.page_edge;
    let size = call.parameters.count(pages.size);
    let start = call.parameters.count(pages.start).unwrap_or_default();
    let mut drawers = service.drawers();
    let cards = &drawers.boards.get(&call.id())?.hidden;
    let items = pages.of(cards, size, start);
    Ok(Reply::json(200, &json!({ "items": items, "total": cards.len() })))
}

pub(super) fn card(service: &Service, call: &Call) -> Outcome {
    let id = call.parameters.int("card").unwrap_or_default();
    let mut drawers = service.drawers();
    let cards = &drawers.boards.get(&call.id())?.hidden;
    let card = cards.iter().find(|card| card["id"] == id);
    Ok(Reply::json(200, card.ok_or_else(|| missing("no such card"))?))
}
