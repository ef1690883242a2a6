//! `conditional_requests`: a stale `If-Match` is refused, a current `If-None-Match` is answered 304.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::deed::{Act, Deed, deeds, maker, until};
use super::served::is_served;
use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, look};
use crate::case::{Body, Call, Case, History, Label, Step};
use crate::spec::{Location, Operation, StatusPattern};
use crate::value::{Reference, Source};

/// A stale `If-Match` is refused, a current `If-None-Match` is answered 304.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConditionalRequests;

const NAME: &str = "conditional_requests";

/// Looks before the first write, between the two, and after the second.
const BEFORE: &str = "before";
const BETWEEN: &str = "between";
const AFTER: &str = "after";

/// The write whose condition does not hold any more.
const STALE: &str = "stale";

/// The read once more, on a condition.
const AGAIN: &str = "again";

impl Check for ConditionalRequests {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn looks(&self) -> bool {
        true
    }

    fn needs(&self) -> &'static str {
        "once per operation and the members that it changes, a thing that is written twice with the ETag \
         it had at first; once per operation, a read repeated with its ETag"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A write with an `If-Match` that names another strong ETag than the thing has by now is not done: the
answer is 412 (RFC 9110, section 13.1.1). Otherwise one client overwrites what another has just changed.
The thing is read, changed on the condition of its ETag, and written again on the same condition, with
other content. It is an error where the document knows `If-Match` or 412 for the operation, else a
warning.

A read with an `If-None-Match` that names the current strong ETag is answered 304 where the document
knows 304 for it (RFC 9110, section 13.1.2); 200 with the same ETag is a warning.

## When it is silent

- The answers to reads carry no ETag, a weak one (`W/`), or another one each time.
- The thing was not made in the same history; or the first write is refused, or leaves the ETag as it was.
- The second write has no effect, or is answered 202.
- Nothing tells that the operation knows ETags: neither the document nor an answer.
- Writes with the same content as the first: it may have been done already.

## How to mend the service

Compare `If-Match` with the ETag of the stored version in the same transaction as the write
(`update … where id = ? and version = ?`), and answer 412 where nothing was updated. Answer a read 304,
without a body, where `If-None-Match` holds the ETag that would be sent.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        match trial(view) {
            None => Occasion::Never,
            Some(Trial::Current(seen)) => Occasion::once(seen.name()),
            Some(Trial::Stale(stale)) => Occasion::once(stale.key()),
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let follow_up = match trial(view) {
            None => None,
            Some(Trial::Current(seen)) => until(view, seen).map(|case| {
                let again = on_condition(seen.call.clone(), "If-None-Match", &seen.call.id);
                let mut plain = case;
                plain.calls_mut().filter(|call| call.id == seen.call.id).for_each(unconditional);
                look::add(view, &mut plain, &again, AGAIN);
                plain
            }),
            Some(Trial::Stale(stale)) => stale.case(view),
        };
        follow_up.map(|case| FollowUp { case, fresh_connection: true }).into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some(history) = further.first() else { return Vec::new() };
        let looks = View::new(view.service, history, view.surroundings);
        let failure = match trial(view) {
            None => None,
            Some(Trial::Current(seen)) => is_served_again(seen, &looks).then(|| {
                let why = format!(
                    "{} answers 200 with the ETag that its If-None-Match names; it should answer 304",
                    seen.title()
                );
                Failure::new(NAME, seen, Severity::Warning, "200 for a current ETag", why)
                    .wanting(["304"])
            }),
            Some(Trial::Stale(stale)) => stale.applied(&looks).map(|status| stale.failure(status)),
        };
        failure.into_iter().collect()
    }
}

/// What a history gives to try.
enum Trial<'v, 'a> {
    /// A read that was answered with an ETag.
    Current(&'v Seen<'a>),
    /// A write on a thing that has one.
    Stale(Box<Stale<'v, 'a>>),
}

/// A write to be repeated when its condition does not hold any more.
#[derive(Debug)]
struct Stale<'v, 'a> {
    /// The write whose condition holds.
    first: Deed<'v, 'a>,
    /// The write that is judged; for what leaves the thing there it is the first one.
    last: Deed<'v, 'a>,
    /// What is sent on the same condition afterwards.
    again: Call,
}

fn trial<'v, 'a>(view: &'v View<'a>) -> Option<Trial<'v, 'a>> {
    current(view)
        .map(Trial::Current)
        .or_else(|| stale(view).map(|stale| Trial::Stale(Box::new(stale))))
}

/// The last call, where it is a read that was answered with a strong ETag, of an operation that knows
/// 304.
fn current<'v, 'a>(view: &'v View<'a>) -> Option<&'v Seen<'a>> {
    let seen = view.last()?;
    let operation = seen.operation.filter(|operation| operation.method == "GET")?;
    let fits = seen.method() == "GET"
        && seen.exchange.status() == Some(200)
        && seen.exchange.label == Label::Valid
        && !seen.is_disturbed()
        && strong(seen).is_some();
    let known = || {
        declares(operation, 304)
            || view
                .seen()
                .iter()
                .any(|other| other.name() == seen.name() && other.exchange.status() == Some(304))
    };
    (fits && known() && view.is_surely_routed(seen) && !view.is_from_gateway(seen)).then_some(seen)
}

/// The last write to a thing that the history made.
fn stale<'v, 'a>(view: &'v View<'a>) -> Option<Stale<'v, 'a>> {
    let writes = |seen: &Seen<'_>| matches!(seen.method(), "PUT" | "PATCH" | "DELETE");
    if view.seen().len() < 2 || !view.seen().iter().any(writes) {
        return None;
    }
    let deeds = deeds(view);
    let accepted = |deed: &&Deed<'v, 'a>| {
        deed.seen.exchange.label == Label::Valid && deed.seen.is_success() && writes(deed.seen)
    };
    let last = deeds
        .iter()
        .rev()
        .filter(accepted)
        .find(|deed| deed.act.changes() || deed.act == Act::Delete)?;
    let thing = last.thing()?;
    let (first, again) = if last.act == Act::Delete {
        let before = deeds.iter().rev().filter(accepted).find(|deed| {
            deed.index < last.index && deed.act.changes() && deed.thing().as_ref() == Some(&thing)
        })?;
        (before, last.seen.call.clone())
    } else {
        let again = last.then(view, view.service.number(last.seen.name())?, STALE)?;
        // What was done already may be answered as if it were done again.
        (last, Some(again).filter(|again| again.body != last.seen.call.body)?)
    };
    maker(&deeds, &thing, first.index)?;
    let number = first.resource.read?;
    let read = view.service.operations.get(number)?;
    let tagged = |deed: &Deed<'_, '_>| {
        strong(deed.seen).is_some() && (deed.thing().as_ref() == Some(&thing))
    };
    let known = view.surroundings.trusting
        || last.seen.operation.is_some_and(knows_condition)
        || promises_tag(read)
        || deeds.iter().any(tagged);
    known.then_some(Stale { first: *first, last: *last, again })
}

impl Stale<'_, '_> {
    /// The operation, and what the first write changes: only what changes a thing changes its ETag.
    fn key(&self) -> String {
        let usual = self.again.body.as_ref().filter(|_| self.first.index == self.last.index);
        let members = members(self.first.seen.call.body.as_ref(), usual);
        let members: Vec<String> = members.into_iter().collect();
        format!("{} {} {}", self.last.seen.name(), self.first.seen.method(), members.join(","))
    }

    /// The case with both writes on the condition of the ETag before the first.
    fn case(&self, view: &View<'_>) -> Option<Case> {
        let mut case = self.last.until(view)?;
        let at = case.step_of(&self.first.seen.call.id)?;
        let mut rest = case.steps.split_off(at).into_iter();
        let Some(Step::Call(first)) = rest.next() else { return None };
        let read = self.first.read(view, BEFORE)?;
        let tagged = look::last(BEFORE);
        look::add(view, &mut case, &read, BEFORE);
        case.steps.push(Step::Call(on_condition(first, "If-Match", &tagged)));
        case.steps.extend(rest);
        if self.last.index != self.first.index {
            case.steps.pop();
        }
        look::add(view, &mut case, &read, BETWEEN);
        let again = Call { id: STALE.to_owned(), ..self.again.clone() };
        case.steps.push(Step::Call(on_condition(again, "If-Match", &tagged)));
        look::add(view, &mut case, &read, AFTER);
        Some(case)
    }

    /// The status by which the second write was answered, where it was done though its condition did
    /// not hold.
    fn applied(&self, looks: &View<'_>) -> Option<u16> {
        let tag = |name| {
            let [_, once, again] = look::three(looks, name)?;
            strong(again).filter(|tag| strong(once) == Some(tag))
        };
        let (before, between) = (tag(BEFORE)?, tag(BETWEEN)?);
        let first = looks.call(&self.first.seen.call.id)?;
        let again = looks.call(STALE)?;
        let [.., after] = look::three(looks, AFTER)?;
        let done = if self.last.act == Act::Delete {
            !is_served(after.exchange)
        } else {
            strong(after).is_some_and(|after| after != between)
        };
        let stale = first.is_success() && before != between;
        let status = again.exchange.status().filter(|status| *status != 202)?;
        (stale && again.is_success() && done).then_some(status)
    }

    fn failure(&self, status: u16) -> Failure {
        let seen = self.last.seen;
        let declared = seen.operation.is_some_and(knows_condition);
        let severity = if declared { Severity::Error } else { Severity::Warning };
        let why = format!(
            "{} answers {status} and is done, though {} has replaced the ETag that its If-Match names; it \
             should answer 412",
            seen.title(),
            if self.first.index == self.last.index {
                "one before it".into()
            } else {
                self.first.seen.title()
            },
        );
        Failure::new(NAME, seen, severity, "stale If-Match", why).wanting(["412"])
    }
}

/// Whether a read on the condition of a new ETag was served each time with the one it has.
fn is_served_again(seen: &Seen<'_>, looks: &View<'_>) -> bool {
    let tag = looks.call(&seen.call.id).filter(|seen| seen.exchange.status() == Some(200));
    let Some(tag) = tag.and_then(strong) else { return false };
    let again = |seen: &&Seen<'_>| seen.exchange.status() == Some(200) && strong(seen) == Some(tag);
    look::three(looks, AGAIN).is_some_and(|looks| looks.iter().all(again))
}

/// The strong ETag of an answer (RFC 9110, section 8.8.3).
fn strong<'v>(seen: &'v Seen<'_>) -> Option<&'v str> {
    let tag = seen.answer()?.header("etag")?.trim();
    (tag.len() >= 2 && tag.starts_with('"') && tag.ends_with('"')).then_some(tag)
}

/// Whether the document knows conditions for an operation.
fn knows_condition(operation: &Operation) -> bool {
    operation.parameter(Location::Header, "If-Match").is_some() || declares(operation, 412)
}

fn declares(operation: &Operation, status: u16) -> bool {
    operation.responses.by_status.iter().any(|(own, _)| *own == StatusPattern::Code(status))
}

/// Whether the document promises an ETag with the answers to a read.
fn promises_tag(read: &Operation) -> bool {
    let answer = read.responses.of(200);
    answer.is_some_and(|answer| answer.headers.iter().any(|h| h.name.eq_ignore_ascii_case("etag")))
}

/// The call on a condition: the ETag of the answer to another.
fn on_condition(mut call: Call, field: &str, read: &str) -> Call {
    unconditional(&mut call);
    let source = Source::Header("etag".to_owned());
    let tag = Reference { call: read.to_owned(), source, matching: None };
    call.headers.push((field.to_owned(), tag.symbol()));
    call
}

/// Takes out of a call what makes it conditional.
fn unconditional(call: &mut Call) {
    let conditions =
        ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"];
    call.headers
        .retain(|(name, _)| !conditions.iter().any(|field| name.eq_ignore_ascii_case(field)));
}

/// The members of a body that another has not, or has with other values.
fn members(body: Option<&Body>, other: Option<&Body>) -> BTreeSet<String> {
    let object = |body: Option<&Body>| -> Option<Vec<_>> {
        Some(body?.value()?.as_object()?.iter().cloned().collect())
    };
    let (own, other) = (object(body).unwrap_or_default(), object(other).unwrap_or_default());
    let differs = |pair: &&(_, _)| !other.contains(pair);
    own.iter().filter(differs).map(|(key, _)| key.lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests;
