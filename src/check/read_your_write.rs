//! `read_your_write`: what an accepted write gave comes back on reading.

use std::sync::Arc;

use super::deed::deeds;
use super::writes::{self, Write};
use super::{
    Check, Failure, FollowUp, Occasion, Seen, Severity, View, akin, content, look, promise, wording,
};
use crate::case::{self, History, Label};
use crate::value::Value;

/// What an accepted write gave comes back on reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadYourWrite;

const NAME: &str = "read_your_write";

/// Formats whose spellings are told apart; of others the same value has more than can be known.
const SPELT: [&str; 2] = ["date", "date-time"];

impl Check for ReadYourWrite {
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
        "a history in which a thing is written and read, and members known to come back as they are written"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

What an accepted write (2xx) gave for a member of a thing that it made, put in the place of another or
changed is there when the same caller reads the thing. It is looked at three times, with pauses, before the check fails.
Only members count that are known to come back: two different values of them did in this run.

## When it is silent

- The write was answered 202 or 207, or its answer says that it failed. Or it had optional parameters: it may
  be a rehearsal (`dry_run`).
- The thing was not made by the same history, or nothing says that it was made just then (201 or `Location`):
  others may write to it, and what was there before may stay as it was.
- The thing may have been changed by another call before it was read, or someone else read it.
- It comes back at any of the looks: writes may take a moment (`settle` in phi-fuzz.toml).
- It comes back normalised: without blanks at its ends or characters that no one sees, in another case or
  Unicode normalisation form, escaped for HTML; a number in another spelling or rounded to what floats or
  hundredths hold; a time in another offset; a list in another order or with more in it; an object with more members.
- What was given is empty, or false or 0 and left out.
- The document says that the member is `readOnly` or `writeOnly`; or it has a `format` whose values have
  several spellings, and anything is shown.

## How to mend the service

Store all that the document lets a caller give, on every way that writes; refuse what cannot be stored. Say
`readOnly` of what the service decides itself, and `writeOnly` of what is never shown.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        if view.seen().len() < 2 {
            return Occasion::Never;
        }
        match suspects(view, &writes::all(view)).first() {
            Some(write) => Occasion::Suspicious(write.deed.seen.name().into()),
            None => Occasion::Never,
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        judged(view, &writes::all(view)).into_iter().map(|(_, follow_up)| follow_up).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        if further.is_empty() {
            return Vec::new();
        }
        let writes = writes::all(view);
        let judged = judged(view, &writes).into_iter().zip(further);
        judged.flat_map(|((write, _), history)| failures(view, write, history)).collect()
    }
}

/// The writes that a history casts doubt on: a later read lacks what they gave.
fn suspects<'w, 'v, 'a>(view: &View<'_>, all: &'w [Write<'v, 'a>]) -> Vec<&'w Write<'v, 'a>> {
    let is_doubtful = |write: &&Write<'_, '_>| {
        write
            .deed
            .resource
            .read
            .is_some_and(|read| !lost(view, write.deed.seen, read, &write.reads).is_empty())
    };
    all.iter().filter(is_doubtful).collect()
}

/// The writes to look after, with the looks. A case that was found before ends with the write that was
/// doubtful then.
fn judged<'w, 'v, 'a>(
    view: &View<'_>,
    all: &'w [Write<'v, 'a>],
) -> Vec<(&'w Write<'v, 'a>, FollowUp)> {
    let mut writes = suspects(view, all);
    if writes.is_empty() && view.surroundings.trusting {
        writes.extend(all.last());
    }
    let looked_after = writes.into_iter().filter_map(|write| {
        let case = write.deed.until(view)?;
        Some((write, look::after(view, case, &write.deed.read(view, look::NAME)?)))
    });
    looked_after.collect()
}

fn failures(view: &View<'_>, write: &Write<'_, '_>, history: &History) -> Vec<Failure> {
    let seen = write.deed.seen;
    let again = View::new(view.service, history, view.surroundings);
    let deeds = deeds(&again);
    let done = deeds.iter().find(|deed| deed.seen.exchange.call == seen.exchange.call);
    let looks = look::named(&again, look::NAME).unwrap_or_default();
    let is_there = looks.last().is_some_and(|look| look.is_success());
    let (Some(done), Some(read), true) =
        (done.filter(|done| done.is_done()), write.deed.resource.read, is_there)
    else {
        return Vec::new();
    };
    let lost = lost(&again, done.seen, read, &looks).into_iter();
    lost.map(|lost| {
        let shown = lost.shown.map_or("no such member".to_owned(), |value| wording::short(&value));
        let why = format!(
            "{} answers {} for {} {}, but a read shows {shown}; what is accepted should come back",
            seen.title(),
            done.seen.exchange.status().unwrap_or_default(),
            lost.place,
            wording::short(&lost.given),
        );
        Failure::new(NAME, seen, Severity::Error, "lost", why).saying(lost.place)
    })
    .collect()
}

/// A member that did not come back.
struct Lost {
    place: String,
    given: Value,
    shown: Option<Value>,
}

/// The members of a write that no read shows.
fn lost(view: &View<'_>, write: &Seen<'_>, read: usize, reads: &[&Seen<'_>]) -> Vec<Lost> {
    let bodies: Vec<&Value> = reads.iter().filter_map(|read| read.json()).collect();
    let (Some(last), Some(given)) = (bodies.last(), content::written(write)) else {
        return Vec::new();
    };
    let trusting = view.surroundings.trusting;
    // What was found before is about one member: others may be such as never come back.
    let saw = write.call.saw.as_ref().and_then(|saw| saw.message.as_deref());
    let members = content::members(&given).into_iter().filter_map(|(at, given)| {
        let place = case::place(content::part(write), &at);
        let is_known = match saw.filter(|_| trusting) {
            Some(saw) => saw == place,
            None => trusting || view.surroundings.echoes.knows(read, &at),
        };
        let is_kept = |body: &&Value| akin::akin(given, content::shown(body, &at));
        if !is_known || akin::is_nothing(given) || bodies.iter().any(is_kept) {
            return None;
        }
        let shown = content::shown(last, &at).cloned();
        let is_shown = shown.as_ref().is_some_and(|shown| !akin::is_nothing(shown));
        let is_owed = match standing(write, &place, given) {
            Standing::Plain => true,
            Standing::Formatted => !is_shown,
            Standing::OneWay => false,
        };
        is_owed.then(|| Lost { place, given: given.clone(), shown })
    });
    members.collect()
}

/// What the document says of a member of a body.
enum Standing {
    /// Nothing that matters.
    Plain,
    /// Its values have several spellings.
    Formatted,
    /// It does not travel one way.
    OneWay,
}

fn standing(write: &Seen<'_>, place: &str, given: &Value) -> Standing {
    let promised = write.operation.and_then(|operation| promise::at(operation, write.call, place));
    let Some((schema, at)) = promised.and_then(|promise| Some((promise.schema?, promise.at)))
    else {
        return Standing::Plain;
    };
    let is_set = |keyword| promise::says(schema, &at, keyword) == Some(&Value::Bool(true));
    let format = promise::says(schema, &at, "format").and_then(Value::as_str);
    if is_set("readOnly") || is_set("writeOnly") {
        Standing::OneWay
    } else if given.as_str().is_some() && format.is_some_and(|format| !SPELT.contains(&format)) {
        Standing::Formatted
    } else {
        Standing::Plain
    }
}

#[cfg(test)]
mod tests;
