//! GET, looked around.

use super::super::deed::Deed;
use super::super::{Failure, FollowUp, Seen, Severity, View, akin, look, volatile, wording};
use super::NAME;
use crate::value::{Pointer, Value};

/// Words in the names of members that tell whether someone looked.
const OBSERVED: [&str; 8] =
    ["read", "seen", "viewed", "opened", "visited", "accessed", "fetched", "used"];

/// The history up to before the call, looks, the call, looks.
pub(super) fn follow_up(
    view: &View<'_>,
    made: &Deed<'_, '_>,
    call: &Deed<'_, '_>,
) -> Option<FollowUp> {
    let read = made.read(view, look::NAME)?;
    let mut case = call.until(view)?;
    let step = case.steps.pop()?;
    look::add(view, &mut case, &read, look::BEFORE);
    case.steps.push(step);
    look::add(view, &mut case, &read, look::NAME);
    Some(look::follow_up(case))
}

pub(super) fn judge(again: &View<'_>, call: &Seen<'_>) -> Option<Vec<Failure>> {
    let (before, after) = (look::named(again, look::BEFORE)?, look::named(again, look::NAME)?);
    if !before.iter().all(|look| look.is_success()) {
        return None;
    }
    let title = call.title();
    let missing = |look: &&Seen<'_>| matches!(look.exchange.status(), Some(404 | 410));
    if after.iter().all(missing) {
        let why = format!("{title} makes the thing vanish that it shows; {MUST}");
        return Some(vec![Failure::new(NAME, call, Severity::Warning, "gone", why)]);
    }
    let bodies: Vec<&Value> = before.iter().filter_map(|look| look.json()).collect();
    let (first, others) = bodies.split_first()?;
    // What changes at once is the call's doing; what changes later may change by itself.
    let then = after.first().filter(|look| look.is_success())?.json()?;
    let last = after.last().filter(|look| look.is_success())?.json()?;
    let places = |a, b| volatile::places(a, b);
    let own: Vec<Pointer> = others.iter().flat_map(|other| places(first, other)).collect();
    let changed = places(first, then);
    let lasting = places(first, last);
    let is_telling = |at: &&Pointer| {
        let is_own = own.iter().any(|own| own.contains(at) || at.contains(own));
        !is_own && lasting.contains(*at) && is_effect(at, first, last)
    };
    let failure = changed.iter().find(is_telling).map(|at| {
        let shown = |body: &Value| at.find(body).map_or("nothing".to_owned(), wording::short);
        let why = format!(
            "{title} changes {at} of what it shows from {} to {}; {MUST}",
            shown(first),
            shown(last)
        );
        let failure = Failure::new(NAME, call, Severity::Warning, "changed by GET", why);
        failure.saying(wording::without_indices(&at.to_string()))
    });
    Some(failure.into_iter().collect())
}

const MUST: &str = "GET is to be safe";

/// Whether a change at a place is more than a trace of being looked at.
fn is_effect(at: &Pointer, before: &Value, after: &Value) -> bool {
    let is_trace = at.tokens().iter().any(|name| {
        let name = name.lossy().to_ascii_lowercase();
        OBSERVED.iter().any(|word| name.contains(word))
    });
    if is_trace {
        return false;
    }
    match (at.find(before), at.find(after)) {
        (Some(Value::Number(_)), Some(Value::Number(_))) => false,
        (Some(Value::Array(before)), Some(Value::Array(after))) => after.len() <= before.len(),
        (None | Some(Value::Null), Some(_)) => false,
        (Some(before), Some(after)) => !(akin::is_time(before) && akin::is_time(after)),
        (Some(_), None) => true,
        (None, None) => false,
    }
}
