//! Bookmarks: text is made simple, the shop keeps account of writes, deleting is always well.

use serde_json::{Value, json};

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

/// How many are on a page where none says, and at most.
const USUAL: usize = 20;
const MOST: usize = 50;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let members = written(call, 1, drawers.tick());
    Ok(Reply::json(201, &drawers.bookmarks.add(call.caller, members, ()).shown))
}

/// The latest first; without those in the archive, where no one asks for them.
pub(super) fn list(service: &Service, call: &Call) -> Outcome {
    let parameters = &call.parameters;
    let size = parameters.count("limit").unwrap_or(USUAL).min(MOST);
    let archived = parameters.flag("archived");
    let drawers = service.drawers();
    let shown = drawers.bookmarks.iter().rev().map(|bookmark| &bookmark.shown);
    let found: Vec<&Value> = shown.filter(|shown| shown["archived"] == archived).collect();
    let from = parameters.count("offset").unwrap_or_default();
    let items: Vec<&&Value> = found.iter().skip(from).take(size).collect();
    Ok(Reply::json(200, &json!({ "items": items, "total": found.len() })))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    Ok(Reply::json(200, &drawers.bookmarks.get(&call.id())?.shown))
}

pub(super) fn replace(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let tick = drawers.tick();
    let bookmark = &mut drawers.bookmarks.get(&call.id())?.shown;
    let version = bookmark["version"].as_u64().unwrap_or_default() + 1;
    if let (Value::Object(bookmark), Value::Object(members)) =
        (&mut *bookmark, written(call, version, tick))
    {
        bookmark.extend(members);
    }
    Ok(Reply::json(200, bookmark))
}

pub(super) fn delete(service: &Service, call: &Call) -> Outcome {
    // That it was not there is as well.
    let _ = service.drawers().bookmarks.remove(&call.id());
    Ok(Reply::empty(204))
}

/// What is kept of what was sent; time goes on by a second with each write.
fn written(call: &Call, version: u64, tick: u64) -> Value {
    let text = |name: &str| call.body[name].as_str().map(str::trim);
    let (hour, minute, second) = (tick / 3600 % 24, tick / 60 % 60, tick % 60);
    json!({
        "title": text("title"),
        "tag": text("tag").map(str::to_ascii_lowercase),
        "archived": call.body["archived"] == true,
        "version": version,
        "updated_at": format!("2024-01-01T{hour:02}:{minute:02}:{second:02}Z"),
    })
}
