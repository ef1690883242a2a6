//! `failed_write_has_effect`: a write that was refused changed nothing.

use std::sync::Arc;

use super::deed::{Act, Deed, deeds};
use super::{
    Check, DECIDED, Failure, FollowUp, Occasion, Seen, Severity, View, akin, content, look, own,
    wording,
};
use crate::case::{self, History, Label};
use crate::value::{Pointer, Value};

/// A write that was refused changed nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct FailedWriteHasEffect;

const NAME: &str = "failed_write_has_effect";

impl Check for FailedWriteHasEffect {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        DECIDED
    }

    fn looks(&self) -> bool {
        true
    }

    fn needs(&self) -> &'static str {
        "a refused write to a thing that the history made; once per operation, broken rule and place, the \
         history again with two reads before the write and looks after it"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A write that was answered with a refusal (4xx), whatever it broke, has no effect on the thing it names. The
thing is read twice, written to, and read again: it fails when a member then is what the refused write gave
for it, and was not before; or when the thing is gone. Credentials that are refused (401, 403) count, too:
whoever made the thing reads it.

## When it is silent

- The write is accepted when it is repeated, or it makes something: then there is nothing to compare.
- The refusal says that the thing is not there (404, 410), or that nothing was decided yet (408, 425, 429).
- The thing was not made by an earlier call of the same history.
- The reads before the write are refused, or differ at that place.
- A member changed that the write does not name (a count of attempts, a time, a version), or it changed to
  something else than the write gave: it may have changed by itself.
- An earlier write gave the same value: it may just have come to be seen.
- The thing is gone, but something else may have taken it away.

## How to mend the service

Validate the whole input, and what it depends on, before storing any of it; or do both in one transaction
that a refusal rolls back. Change what is loaded from the database on a copy.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        refused(view).map_or(Occasion::Never, |refused| Occasion::once(key(refused.write.seen)))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        refused(view).and_then(|refused| refused.follow_up(view)).into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some(history) = further.first() else { return Vec::new() };
        let again = View::new(view.service, history, view.surroundings);
        refused(view).and_then(|refused| refused.effect(&again)).into_iter().collect()
    }
}

/// A refused write to a thing that the history made.
struct Refused<'v, 'a> {
    made: Deed<'v, 'a>,
    write: Deed<'v, 'a>,
    /// Whether nothing but the write can have taken the thing away.
    is_kept: bool,
}

/// The last refused write to a thing that the history made.
fn refused<'v, 'a>(view: &'v View<'a>) -> Option<Refused<'v, 'a>> {
    let any = view.seen().iter().skip(1).any(is_refused);
    let deeds = if any { deeds(view) } else { Vec::new() };
    let is_write = |act| !matches!(act, Act::Create | Act::Read | Act::List);
    let mut writes = deeds.iter().rev().filter(|deed| {
        is_write(deed.act)
            && is_refused(deed.seen)
            && deed.seen.operation.is_some_and(|operation| !operation.is_safe())
            && DECIDED.contains(&deed.seen.exchange.label)
    });
    writes.find_map(|write| {
        let thing = write.thing()?;
        let made = own::maker(&deeds, write.index, &thing)?;
        let between = made.index + 1..write.index;
        let is_harmless = |(_, deed): (usize, Option<&Deed<'_, '_>>)| {
            deed.is_some_and(|deed| deed.act == Act::Create || deed.act.changes())
        };
        let is_kept = own::changes(view.seen(), &deeds, between, &thing).all(is_harmless);
        Some(Refused { made: *made, write: *write, is_kept })
    })
}

/// Whether an answer refuses what it was asked for, for good.
fn is_refused(seen: &Seen<'_>) -> bool {
    let status = seen.exchange.status().unwrap_or_default();
    (400..500).contains(&status) && !matches!(status, 404 | 408 | 410 | 425 | 429)
}

/// What of an operation is tried once: the rules that a write breaks, or how it is refused.
fn key(seen: &Seen<'_>) -> String {
    let deviations = seen.call.deviations.iter();
    let mut broken: Vec<String> = deviations
        .map(|deviation| {
            let place = deviation.at.as_deref().map(wording::without_indices);
            format!("{} {}", deviation.rule.lossy(), place.unwrap_or_default())
        })
        .collect();
    if broken.is_empty() {
        broken.extend(seen.exchange.status().map(|status| status.to_string()));
    }
    format!("{} {}", seen.name(), broken.join(", "))
}

impl Refused<'_, '_> {
    /// The history up to the write, with reads before it and looks after it.
    fn follow_up(&self, view: &View<'_>) -> Option<FollowUp> {
        let read = self.made.read(view, look::NAME)?;
        let mut case = self.write.until(view)?;
        let write = case.steps.pop()?;
        look::add_quick(&mut case, &read, look::BEFORE, 2);
        case.steps.push(write);
        if view.surroundings.trusting {
            look::add(view, &mut case, &read, look::NAME);
        } else {
            // So much is tried while exploring that pauses would take all the time there is; what
            // they are for is seen when it is confirmed.
            look::add_quick(&mut case, &read, look::NAME, 1);
        }
        Some(look::follow_up(case))
    }

    /// What the write did to the thing, in the history of the follow-up.
    fn effect(&self, again: &View<'_>) -> Option<Failure> {
        let write = again.call(&self.write.seen.exchange.call).filter(|write| is_refused(write))?;
        let before = look::named(again, look::BEFORE)?;
        let after = *look::named(again, look::NAME)?.last()?;
        let [first, second] = *before else { return None };
        if !first.is_success() || !second.is_success() {
            return None;
        }
        if self.is_kept && matches!(after.exchange.status(), Some(404 | 410)) {
            let why = format!("{}, and yet it is gone afterwards; {MUST}", told(write));
            return Some(Failure::new(NAME, self.write.seen, Severity::Error, "gone", why));
        }
        let (first, second, after) = (first.json()?, second.json()?, after.json()?);
        let given = content::written(write)?;
        let members = content::members(&given).into_iter();
        let mut changed = members.filter_map(|(at, given)| {
            let [first, before, after] =
                [first, second, after].map(|body| content::shown(body, &at));
            let is_stable = content::same(first, before);
            let took = akin::akin(given, after) && !akin::akin(given, before);
            let is_effect = is_stable && took && !is_given_before(again, write, &at, given);
            is_effect.then_some((at, before, after))
        });
        // One member is as good as another: what let one through lets all.
        let (at, before, after) = changed.next()?;
        let shown = |value: Option<&Value>| value.map_or("nothing".into(), wording::short);
        let why = format!(
            "{}, and yet {} is {} afterwards ({} before); {MUST}",
            told(write),
            case::place(content::part(write), &at),
            shown(after),
            shown(before),
        );
        Some(Failure::new(NAME, self.write.seen, Severity::Error, "effect", why))
    }
}

const MUST: &str = "what is refused must change nothing";

fn told(write: &Seen<'_>) -> String {
    let status = write.exchange.status().unwrap_or_default();
    format!("{} answers {status}{}", write.title(), wording::quoted(write))
}

/// Whether an earlier write of a history that was not refused gave the same at a place.
fn is_given_before(view: &View<'_>, write: &Seen<'_>, at: &Pointer, given: &Value) -> bool {
    let earlier = view.seen().iter().take_while(|seen| seen.exchange.call != write.exchange.call);
    earlier.filter(|seen| !is_refused(seen)).any(|seen| {
        let earlier = content::written(seen);
        let value = earlier.as_ref().and_then(|earlier| at.find(earlier));
        value.is_some_and(|value| akin::akin(given, Some(value)))
    })
}

#[cfg(test)]
mod tests;
