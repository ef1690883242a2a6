//! DELETE, twice.

use super::super::deed::Deed;
use super::super::{Failure, FollowUp, Seen, Severity, View, look};
use super::{NAME, replacing};
use crate::case::{Call, Step};
use crate::value::{Symbol, Value};

/// What the call is called that makes another thing.
const OTHER: &str = "other";

/// The history up to the DELETE, another thing made, looks at it, the DELETE again, looks.
pub(super) fn follow_up(
    view: &View<'_>,
    made: &Deed<'_, '_>,
    delete: &Deed<'_, '_>,
) -> Option<FollowUp> {
    // Where the caller names what is made there is no other name to be had.
    if made.resource.create_is_put {
        return None;
    }
    let mut other = Call { wait: None, want: None, saw: None, ..made.seen.call.clone() };
    let mut read = made.read(view, look::NAME)?;
    read.path.iter_mut().for_each(|(_, value)| refer(value, &other.id));
    OTHER.clone_into(&mut other.id);
    if let Some(body) = other.body.as_mut().and_then(|body| body.value_mut()) {
        renew(body);
    }
    let mut case = delete.until(view)?;
    case.steps.push(Step::Call(other));
    look::add(view, &mut case, &read, look::BEFORE);
    case.steps.push(replacing::again(delete));
    look::add(view, &mut case, &read, look::NAME);
    Some(look::follow_up(case))
}

/// Lets a reference to a call be one to the other thing's.
fn refer(value: &mut Value, made: &str) {
    if let Value::Symbol(symbol) = value
        && let Symbol::From(reference) = &mut **symbol
        && reference.call == made
    {
        OTHER.clone_into(&mut reference.call);
    }
}

/// Gives what has to be new another name.
fn renew(value: &mut Value) {
    match value {
        Value::Symbol(symbol) => {
            if let Symbol::Fresh(fresh) = &mut **symbol {
                fresh.name.push_str(OTHER);
            }
        }
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| renew(value)),
        Value::Array(items) => items.iter_mut().for_each(renew),
        _ => {}
    }
}

/// The path that a call was sent to.
fn path<'a>(seen: &Seen<'a>) -> &'a str {
    let target = &seen.exchange.sent.target;
    target.split_once('?').map_or(target, |(path, _)| path)
}

pub(super) fn judge(again: &View<'_>, delete: &Seen<'_>) -> Option<Vec<Failure>> {
    let (before, after) = (look::named(again, look::BEFORE)?, look::named(again, look::NAME)?);
    // What is made under the very name that is asked for is rightly taken away.
    let own = path(again.call(&delete.exchange.call)?);
    if before.iter().any(|look| path(look) == own) {
        return None;
    }
    let is_there = before.iter().all(|look| look.is_success());
    let is_missing = |look: &Seen<'_>| matches!(look.exchange.status(), Some(404 | 410));
    if !is_there || !after.iter().all(|look| is_missing(look)) {
        return None;
    }
    let title = delete.title();
    let why = format!(
        "{title} the second time takes another thing away, which was made meanwhile; DELETE is to be \
         idempotent"
    );
    Some(vec![Failure::new(NAME, delete, Severity::Error, "another vanished", why)])
}
