//! `duplicate_effect`: what comes more than once under one idempotency key is done once.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::deed::{self, deeds};
use super::{
    Check, Failure, FollowUp, Occasion, Seen, Severity, View, key, look, own, volatile, wording,
};
use crate::case::{Call, Case, History, Label, Perturbation, Step};
use crate::value::{Pointer, Value};

/// What comes more than once under one idempotency key is done once.
#[derive(Clone, Copy, Debug)]
pub(super) struct DuplicateEffect;

const NAME: &str = "duplicate_effect";

/// So often the calls are sent for one judgement: what hangs on timing need not show each time.
const TIMES: usize = 3;

impl Check for DuplicateEffect {
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

    fn asks_apart(&self) -> bool {
        true
    }

    fn needs(&self) -> &'static str {
        "a valid write that comes more than once under one idempotency key, about what the history made; \
         while exploring, ever more seldom for the same operation, the history with that call alone, twice, \
         and with all of them three times more, with looks at the end"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

An operation that takes an idempotency key (`Idempotency-Key`, `X-Idempotency-Key`) promises that the same
call can be sent again: where the answer was lost, where a proxy repeats it, where someone taps twice. The
history is run with the call once and looked at; then with all of them. Whether they come one after the other or
at once, what is seen afterwards must be the same.

## When it is silent

- The call is about a thing that the history did not make, or nothing shows what it does.
- The call alone is not accepted, or not all of them are answered.
- Members that differ when the call alone is run twice (ids, counters).
- The calls say different things under one key: services refuse that or not.

## How to mend the service

Store the key in the transaction that does the work, under a unique constraint, and let whoever comes second wait
for it and give the first answer again. To look whether the key is known, and to store it after the work,
leaves a gap.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        repeat(view).map_or(Occasion::Never, |repeat| Occasion::Suspicious(repeat.key.into()))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some(repeat) = repeat(view) else { return Vec::new() };
        let Some(alone) = repeat.alone(&view.history.case) else { return Vec::new() };
        let cases = [alone.clone(), alone].into_iter();
        let whole = std::iter::repeat_n((*view.history.case).clone(), TIMES);
        cases.chain(whole).map(|case| look::after(view, case, &repeat.read)).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some(repeat) = repeat(view) else { return Vec::new() };
        repeat.judge(view, &view.of_all(further)).into_iter().collect()
    }

    fn lacks(&self, view: &View<'_>, further: &[Arc<History>]) -> Option<String> {
        repeat(view)?;
        let further = view.of_all(further);
        let [first, again, ..] = &further[..] else { return None };
        let why = "what the call does once cannot be seen";
        (shown(first).is_none() || shown(again).is_none()).then(|| why.to_owned())
    }
}

/// A call that comes more than once under one key.
struct Repeat {
    /// What of an operation is tried ever more seldom: it at once, and in turn.
    key: String,
    /// The call that comes first, and the next one, by their ids.
    ids: (String, String),
    /// The call that shows what they do.
    read: Call,
}

/// The calls of a history that come under one key, all valid and saying the same, about what it made.
fn repeat(view: &View<'_>) -> Option<Repeat> {
    let (first, next) = key::repeated(view.seen())?;
    let (one, other) = (view.seen().get(first)?, view.seen().get(next)?);
    let is_valid = |seen: &Seen<'_>| seen.exchange.label == Label::Valid;
    // Whoever has lost the answer sends the call again.
    let is_broken_off = one.call.perturb.iter().all(Perturbation::breaks_off);
    let is_lost = one.call.perturb.is_empty() || is_broken_off && !view.is_at_once(one);
    let is_fit = is_valid(one) && is_valid(other) && is_lost && other.call.perturb.is_empty();
    let (sent, again) = (&one.exchange.sent, &other.exchange.sent);
    let same = sent.target == again.target && sent.body == again.body;
    if !is_fit || !same {
        return None;
    }
    let write = deed::of(view, first, one)?;
    let read = own::effect(view, &deeds(view), &write)?.read?;
    let ids = (one.exchange.call.clone(), other.exchange.call.clone());
    let at_once = if view.is_at_once(one) { " at once" } else { "" };
    Some(Repeat { key: format!("{}{at_once}", one.name()), ids, read })
}

impl Repeat {
    /// The case up to the call that comes first, with that one alone.
    fn alone(&self, case: &Case) -> Option<Case> {
        let at = case.step_of(&self.ids.0)?;
        let mut steps = case.steps[..at].to_vec();
        let call = case.call(&self.ids.0)?.clone();
        let wait = case.steps[at].wait();
        let perturb = Vec::new();
        steps.push(Step::Call(Call { perturb, skew: None, want: None, saw: None, wait, ..call }));
        Some(Case { steps, ..case.clone() })
    }

    fn judge(&self, view: &View<'_>, further: &[View<'_>]) -> Option<Failure> {
        let [once, again, all @ ..] = further else { return None };
        let done = |view: &View<'_>| view.call(&self.ids.0).is_some_and(Seen::is_success);
        if !done(once) || !done(again) {
            return None;
        }
        let (first, second) = (shown(once)?, shown(again)?);
        let changes = volatile::places(first, second);
        let strange = |all: &View<'_>| -> Option<(Pointer, String)> {
            let answered = [&self.ids.0, &self.ids.1].iter().all(|id| {
                all.call(id).is_some_and(|seen| {
                    seen.is_disturbed() || seen.exchange.status().is_some_and(|status| status < 500)
                })
            });
            let shown = shown(all).filter(|_| answered)?;
            let places: BTreeSet<Pointer> = volatile::places(first, shown);
            let at = places.into_iter().find(|at| !volatile::covers(&changes, at))?;
            let told = at.find(shown).map_or_else(|| "nothing".to_owned(), wording::short);
            Some((at, told))
        };
        let (at, told) = all.iter().find_map(strange)?;
        let usual = at.find(first).map_or_else(|| "nothing".to_owned(), wording::short);
        // What is repeated says nothing itself.
        let first = view.call(&self.ids.0)?;
        let why = format!(
            "{} twice under one idempotency key leaves {at} {told}, once {usual}; what comes again under a \
             key must not be done again",
            first.title()
        );
        Some(Failure::new(NAME, first, Severity::Error, "done_twice", why))
    }
}

/// What is shown at the end.
fn shown<'v>(view: &'v View<'_>) -> Option<&'v Value> {
    look::last_shown(view, look::NAME)?.json()
}

#[cfg(test)]
mod tests;
