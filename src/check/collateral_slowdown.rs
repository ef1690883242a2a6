//! `collateral_slowdown`: while one client is slow to send, calls of others are no slower.

use std::sync::Arc;
use std::time::Duration;

use super::latency::waited;
use super::look::follow_up;
use super::slow::{self, Slow};
use super::{Check, Failure, FollowUp, Occasion, Severity, View};
use crate::case::{Case, History, Label};

/// While one client is slow to send, calls of others are no slower.
#[derive(Clone, Copy, Debug)]
pub(super) struct CollateralSlowdown;

const NAME: &str = "collateral_slowdown";

/// Control calls beside one slow call; how long the middle one waits is what counts of them.
const CALLS: usize = 3;

/// The silence beside which they come: enough for all of them.
const SILENCE: Duration = Duration::from_millis(100);

/// Pairs of groups, with the silence and without, of one test. All have to be slower with the silence: by chance
/// that happens once in 1,024 tests, and in two of them once in a million (sign test).
const GROUPS: usize = 10;

/// Tests that have to say the same, independently.
const TESTS: usize = 2;

/// The middle pair has to be so many times slower: what is only systematic is no slowdown.
const TIMES: u32 = 2;

impl Check for CollateralSlowdown {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn needs(&self) -> &'static str {
        "a control call, and a valid call that we stall for 500 ms or more in or before its body; once per \
         service, 60 control calls beside it, three at a time, and as many beside the same call in one go, but no \
         more once they are no slower"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

While one client takes its time to send a request, calls of others are answered as soon as ever. Control calls,
over connections of their own, come while the slow call is under way, and as many beside the same call in one go,
by turns. They are compared in pairs of groups, by which of the two waited longer, never by how long one takes: it
fails when all of 10 pairs say that the silence makes them slower, and the middle one takes twice as long, in two
tests on their own.

## When it is silent

- A control call is not answered, or no such call is known. Where it gets no answer at all until the slow call is
  in, `blocked_by_slow_client` speaks.
- The silence is shorter than 500 ms, or the slow call gets no answer.
- One of the two tests does not say so: a busy moment is no slowdown.

## How to mend the service

A slow client holds something that others need: one of few workers or threads, a connection of a pool, a busy
loop. Read requests without holding on to any of them, or put a server that buffers requests before the service.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        if slow::last(view).is_some() { Occasion::once("") } else { Occasion::Never }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let beside = || beside_controls(&slow::last(view)?.at_most(SILENCE), view);
        let Some(with) = beside() else { return Vec::new() };
        let without = slow::without(&with);
        let pair = |number: usize| {
            let mut pair = [with.clone(), without.clone()];
            // By turns, so that what changes with time changes both.
            pair.rotate_left(number % 2);
            pair
        };
        (0..TESTS * GROUPS).flat_map(pair).map(follow_up).collect()
    }

    fn is_clear(&self, view: &View<'_>, further: &[Arc<History>]) -> bool {
        // Those before were slower, else it had ended with them.
        let Some(last) = further.chunks(2).last().filter(|pair| pair.len() == 2) else {
            return false;
        };
        waits_in(&view.of_all(last), further.len() / 2 - 1).is_none()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let judge = || {
            if further.len() < 2 * TESTS * GROUPS {
                return None;
            }
            let slow = slow::last(view)?;
            let further = view.of_all(further);
            let groups: Vec<&[View<'_>]> = further.chunks(2).collect();
            let mut told = None;
            for (number, test) in groups.chunks(GROUPS).enumerate() {
                told = Some(slower(test, number * GROUPS)?);
            }
            let (with, without) = told?;
            let why = format!(
                "while one client takes {:?} to send {}, control calls of others wait longer than without it, \
                 {GROUPS} times of {GROUPS}, about {with:.1?} in the place of {without:.1?}, and so once more; \
                 a slow client must not slow down others",
                slow.silence.min(SILENCE),
                slow.seen.title(),
            );
            Some(Failure::new(NAME, slow.seen, Severity::Warning, "slower", why))
        };
        judge().into_iter().collect()
    }
}

/// The history up to the slow call with control calls beside it, spread over the middle of its silence.
fn beside_controls(slow: &Slow<'_, '_>, view: &View<'_>) -> Option<Case> {
    let control = view.surroundings.control.as_ref()?.own_calls().next()?;
    let skew = |number: usize| slow.silence / 4 + slow.silence / 2 * number as u32 / CALLS as u32;
    slow.beside(view, (0..CALLS).map(|number| slow::other(&id(number), control, skew(number))))
}

fn id(number: usize) -> String {
    format!("control{}", number + 1)
}

/// How long the middle call waits with the silence and without it; `None` where that is not longer in every pair
/// of a test. `number` is that of the first pair of groups.
fn slower(test: &[&[View<'_>]], number: usize) -> Option<(Duration, Duration)> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (number, pair) in (number..).zip(test) {
        let (slow, prompt) = waits_in(pair, number)?;
        with.push(slow);
        without.push(prompt);
    }
    let (with, without) = (middle(with)?, middle(without)?);
    (with >= without * TIMES).then_some((with, without))
}

/// How long the middle call of a pair of groups waits with the silence and without it; `None` where that is not
/// longer. `number` is that of the pair.
fn waits_in(pair: &[View<'_>], number: usize) -> Option<(Duration, Duration)> {
    let [first, second] = pair else { return None };
    let (slow, prompt) = if number.is_multiple_of(2) { (first, second) } else { (second, first) };
    let (slow, prompt) = (middle(waits(slow)?)?, middle(waits(prompt)?)?);
    (slow > prompt).then_some((slow, prompt))
}

/// How long the control calls of a group waited for their answers.
fn waits(view: &View<'_>) -> Option<Vec<Duration>> {
    let wait = |number| view.call(&id(number)).filter(|seen| seen.answer().is_some());
    (0..CALLS).map(|number| wait(number).map(|seen| waited(seen.exchange))).collect()
}

fn middle(mut waits: Vec<Duration>) -> Option<Duration> {
    waits.sort_unstable();
    waits.get(waits.len() / 2).copied()
}

#[cfg(test)]
mod tests;
