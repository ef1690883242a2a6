//! PUT, twice.

use super::super::deed::Deed;
use super::super::{Failure, FollowUp, Seen, Severity, View, akin, content, look, wording};
use super::{AGAIN, NAME};
use crate::case::{self, Call, Step};
use crate::value::{Number, Value};

/// What of an operation is tried once: a list that is added to shows only where one is given.
pub(super) fn key(seen: &Seen<'_>) -> String {
    let given = content::written(seen);
    let members = given.as_ref().map(|given| content::members(given)).unwrap_or_default();
    let is_list = |value: &Value| value.as_array().is_some_and(|items| !items.is_empty());
    let lists = members.iter().filter(|(_, value)| is_list(value)).map(|(at, _)| at.to_string());
    let lists: Vec<String> = lists.collect();
    format!("{} {}", seen.name(), lists.join(", "))
}

/// The history up to the PUT, looks, the PUT again, looks.
pub(super) fn follow_up(view: &View<'_>, put: &Deed<'_, '_>) -> Option<FollowUp> {
    let read = put.read(view, look::NAME)?;
    let mut case = put.until(view)?;
    look::add(view, &mut case, &read, look::BEFORE);
    case.steps.push(again(put));
    look::add(view, &mut case, &read, look::NAME);
    Some(look::follow_up(case))
}

/// The call of a deed once more.
pub(super) fn again(deed: &Deed<'_, '_>) -> Step {
    let call = deed.seen.call.clone();
    Step::Call(Call { id: AGAIN.to_owned(), wait: None, want: None, saw: None, ..call })
}

pub(super) fn judge(again: &View<'_>, put: &Seen<'_>, repeated: &Seen<'_>) -> Option<Vec<Failure>> {
    let (once, twice) = (look::named(again, look::BEFORE)?, look::named(again, look::NAME)?);
    let second = again.call(AGAIN)?;
    let status = second.exchange.status()?;
    if !once.iter().all(|look| look.is_success()) {
        return None;
    }
    if matches!(status, 404 | 410) {
        let first = repeated.exchange.status().unwrap_or_default();
        let title = put.title();
        let must = must(put);
        let why = format!(
            "{title} answers {first}, and {status} the second time, while what it put there is shown; {must}"
        );
        let outcome = format!("{status} the second time");
        return Some(vec![Failure::new(NAME, put, Severity::Error, outcome, why)]);
    }
    if !second.is_success() || !twice.iter().all(|look| look.is_success()) {
        return None;
    }
    let given = content::written(repeated)?;
    let bodies: Vec<&Value> = once.iter().filter_map(|look| look.json()).collect();
    let (first, last) = (*bodies.last()?, twice.last()?.json()?);
    let members = content::members(&given).into_iter();
    let changed = members.filter_map(|(at, given)| {
        let first = content::shown(first, &at)?;
        let last = content::shown(last, &at);
        let is_stable = bodies
            .iter()
            .all(|body| content::shown(body, &at).is_some_and(|other| other.same(first)));
        if !is_stable || !is_changed(given, first, last) {
            return None;
        }
        let place = case::place(content::part(put), &at);
        let why = format!(
            "{} twice with {place} {} leaves {}, where once left {}; {}",
            put.title(),
            wording::short(given),
            last.map_or("no such member".to_owned(), wording::short),
            wording::short(first),
            must(put),
        );
        let failure = Failure::new(NAME, put, Severity::Error, "changed the second time", why);
        Some(failure.saying(place))
    });
    Some(changed.collect())
}

/// What is not held to.
fn must(put: &Seen<'_>) -> &'static str {
    if put.is_rpc() { "it says that it is idempotent" } else { "PUT is to be idempotent" }
}

/// Whether the second PUT made something else of what the first had made of a member. What did not take
/// what it was given is the service's own, unless what is given is added to what is there.
fn is_changed(given: &Value, first: &Value, last: Option<&Value>) -> bool {
    let is_same = akin::alike(first, last) || akin::alike(given, last);
    let is_added = || last.is_some_and(|last| is_added(given, first, last));
    !is_same && (akin::alike(given, Some(first)) || is_added())
}

fn is_added(given: &Value, first: &Value, last: &Value) -> bool {
    match (given, first, last) {
        (Value::Array(given), Value::Array(first), Value::Array(_)) => {
            akin::alike(&Value::Array([&first[..], given].concat()), Some(last))
        }
        (Value::String(given), Value::String(first), Value::String(last)) => {
            format!("{}{}", first.lossy(), given.lossy()) == last.lossy()
        }
        (Value::Number(given), Value::Number(first), Value::Number(last)) => {
            let [given, first, last] = [given, first, last].map(Number::decimal);
            let more = last.zip(first).map(|(last, first)| last.minus(&first));
            // One more each time may be a count of changes.
            given == more && given.is_some_and(|given| given.as_i128() != Some(1))
        }
        _ => false,
    }
}
