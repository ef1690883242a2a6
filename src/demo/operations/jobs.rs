//! Jobs: taken up now, seen a moment later, done by themselves.

use axum::http::header::LOCATION;
use serde_json::json;

use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::super::settling::Settling;

/// So many looks go by until a job is seen, and until it is done.
const UNSEEN: u32 = 2;
const QUEUED: u32 = 3;

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let mut members = call.members(&["kind"]);
    members["state"] = json!("queued");
    let mut drawers = service.drawers();
    let job = &drawers.jobs.add(call.caller, members, Settling::new()).shown;
    let location = format!("/jobs/{}", job["id"].as_str().unwrap_or_default());
    Ok(Reply::json(202, job).header(LOCATION, &location))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let mut drawers = service.drawers();
    let job = drawers.jobs.get(&call.id())?;
    let settling = job.hidden.look();
    if settling.is_past(QUEUED) {
        job.shown["state"] = json!("done");
    } else if !settling.is_past(UNSEEN) {
        return Err(drawers.jobs.missing());
    }
    Ok(Reply::json(200, &job.shown))
}
