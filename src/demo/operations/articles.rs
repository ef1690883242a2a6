//! Articles: written by those the shop knows, read by everybody, and each reading counts.

use axum::http::header::LOCATION;
use serde_json::{Value, json};

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::super::settling::Settling;

/// How many are listed, the latest first.
const LISTED: usize = 50;

/// So many looks at the list go by until an article is on it.
const UNSEEN: u32 = 2;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut members = call.members(&["title", "text"]);
    members["views"] = json!(0);
    let mut drawers = service.drawers();
    let article = &drawers.articles.add(call.caller, members, Settling::new()).shown;
    let location = format!("/articles/{}", article["id"].as_str().unwrap_or_default());
    Ok(Reply::json(201, article).header(LOCATION, &location))
}

pub(super) fn list(service: &Service, _: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let articles = drawers.articles.iter_mut().rev();
    let listed = articles
        .filter_map(|article| article.hidden.look().is_past(UNSEEN).then_some(&article.shown));
    Ok(Reply::json(200, &json!(listed.take(LISTED).collect::<Vec<&Value>>())))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let article = &mut drawers.articles.get(&call.id())?.shown;
    article["views"] = json!(article["views"].as_u64().unwrap_or_default() + 1);
    Ok(Reply::json(200, article))
}
