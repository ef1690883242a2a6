//! What happens, as it happens.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::paced::Paced;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};

/// Only so many who follow are kept waiting; the rest are let go at once, so that a fuzzer is not
/// held up for long.
const MOST_FOLLOWERS: u64 = 6;

/// Signs of life to those who are kept waiting, each after a quarter of a second.
const SIGNS_OF_LIFE: usize = 6;

pub(super) fn events(service: &Service, call: &Call) -> Outcome {
    let parameters = &call.parameters;
    let first = parameters.int("Last-Event-ID").unwrap_or(0) + 1;
    let last = first + parameters.int("events").unwrap_or(2);
    let event = |id: i64| format!("id: {id}\nevent: order.placed\ndata: {{\"order\":{id}}}\n\n");
    let mut pieces: Vec<(Duration, String)> =
        (first..last).map(|id| (Duration::from_millis(1), event(id))).collect();
    if parameters.flag("follow")
        && service.followers.fetch_add(1, Ordering::Relaxed) < MOST_FOLLOWERS
    {
        let sign = (Duration::from_millis(250), ": still here\n\n".to_owned());
        pieces.extend(vec![sign; SIGNS_OF_LIFE]);
    }
    Ok(Reply::with_body(200, "text/event-stream", Paced::body(pieces)))
}
