//! Files, notes, exports.

use axum::http::header::LOCATION;
use serde_json::{Value, json};

use super::super::exact::whole;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::super::shelves::Note;
use super::missing;

/// How many rows an export has.
const ROWS: i64 = 400;

/// The longest title of a note.
const MOST_TITLE: usize = 80;

pub(super) fn export(service: &Service, call: &Call) -> Outcome {
    let fault = &service.faults.stall;
    let block = whole(&call.body[fault.field]).unwrap_or(fault.default);
    let blocks = fault.blocks(ROWS, block)?;
    let id = service.new_id();
    Ok(Reply::json(202, &json!({ "id": id, "blocks": blocks })))
}

pub(super) fn upload(service: &Service, call: &Call) -> Outcome {
    let id = service.shelves().files.add(call.octets);
    Ok(Reply::json(201, &json!({ "id": id, "octets": call.octets })))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let id = call.parameters.int("id").unwrap_or_default();
    match service.shelves().files.get(id) {
        Some(octets) => {
            Ok(Reply::with_body(200, "application/octet-stream", vec![id as u8; *octets]))
        }
        None => Err(missing(&service.faults.leak.missing(id))),
    }
}

pub(super) fn note(service: &Service, call: &Call) -> Outcome {
    let note = if let Value::String(text) = &call.body {
        let title = text.lines().next().unwrap_or_default();
        Note::new(title.chars().take(MOST_TITLE).collect(), Some(text.clone()))
    } else {
        let text = call.body["text"].as_str().map(str::to_owned);
        Note::new(call.body["title"].as_str().unwrap_or_default().trim().to_owned(), text)
    };
    let mut answer = note.to_json(0);
    let id = service.shelves().notes.add(note);
    answer["id"] = json!(id);
    Ok(Reply::json(201, &answer).header(LOCATION, &format!("/notes/{id}")))
}

pub(super) fn get_note(service: &Service, call: &Call) -> Outcome {
    let id = call.parameters.int("id").unwrap_or_default();
    let mut shelves = service.shelves();
    let note = shelves.notes.get_mut(id).and_then(|note| note.is_seen().then_some(note));
    let note = note.ok_or_else(|| missing("no such note"))?;
    Ok(Reply::json(200, &note.to_json(id)))
}

pub(super) fn delete_note(service: &Service, call: &Call) -> Outcome {
    let id = call.parameters.int("id").unwrap_or_default();
    service.shelves().notes.remove(id).ok_or_else(|| missing("no such note"))?;
    Ok(Reply::empty(204))
}
