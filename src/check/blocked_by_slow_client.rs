//! `blocked_by_slow_client`: while one client is slow to send, others are served.

use std::sync::Arc;
use std::time::Duration;

use super::latency::waited;
use super::look::follow_up;
use super::slow::{self, Slow};
use super::{Check, Failure, FollowUp, Occasion, Pace, Severity, View};
use crate::case::{Case, History, Label, Outcome};

/// While one client is slow to send, others are served.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockedBySlowClient;

const NAME: &str = "blocked_by_slow_client";

/// So often the others are sent beside the slow client, and as often without its silence.
const TIMES: usize = 2;

/// In haste, so often, and beside no longer a silence than this: the smallest case is looked at in full.
const HASTY: (usize, Duration) = (1, Duration::from_millis(200));

/// The others come once this part of the silence is over; as much has to be left of it.
const PART: u32 = 4;

/// They have to be answered within this part of it.
const PROMPT: u32 = 2;

/// The call of the slow client, sent by somebody who is not slow.
const SAME: &str = "other";

/// The outcome where even a control call waits: that is so whichever call is slow.
pub const EVERYONE: &str = "everyone";

/// The control call.
const CONTROL: &str = "control";

impl Check for BlockedBySlowClient {
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
        "a valid call that we stall for 500 ms or more in or before its body; once per operation, the \
         same call and a control call beside it, with the silence and without, and where they wait for it all once \
         more"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

While one client takes its time to send a request, others are answered. The call is sent with the silence
in it, and a moment later, over connections of their own, the same call in one go and a control call. It
fails when one of these gets no answer at all until the silence is over, both times it is tried, and is
answered at once, both times, where the first call is not slow.

## When it is silent

- The silence is shorter than 500 ms, or not before the end of the request.
- One of the others is answered while it lasts, or one is slow without it: a busy service is not a blocked
  one.
- The call itself gets its answer, or loses its connection, before the silence is over.

## How to mend the service

Read the whole request before you take a lock, a transaction, or one of few workers; put a server that
buffers requests before one that handles them one at a time.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        slow::last(view).map_or(Occasion::Never, |slow| Occasion::once(slow.seen.name()))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some((slow, times)) = slow_one(view) else { return Vec::new() };
        let Some(with) = beside_others(&slow, view) else { return Vec::new() };
        let without = slow::without(&with);
        (0..times).flat_map(|_| [with.clone(), without.clone()]).map(follow_up).collect()
    }

    fn is_clear(&self, view: &View<'_>, further: &[Arc<History>]) -> bool {
        let Some((slow, _)) = slow_one(view) else { return true };
        let further = view.of_all(further);
        [CONTROL, SAME].into_iter().all(|other| slow.blocks(&further, other).is_none())
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some((slow, times)) = slow_one(view) else { return Vec::new() };
        let further = view.of_all(further);
        [CONTROL, SAME]
            .into_iter()
            .find_map(|other| slow.judge(&further, times, other))
            .into_iter()
            .collect()
    }
}

/// The slow call, and how often the others are sent beside it.
fn slow_one<'v, 'a>(view: &'v View<'a>) -> Option<(Slow<'v, 'a>, usize)> {
    let (times, longest) = match view.surroundings.pace {
        Pace::Usual | Pace::Brisk => (TIMES, Duration::MAX),
        Pace::Hasty => HASTY,
    };
    Some((slow::last(view)?.at_most(longest), times))
}

/// The history up to the slow call, with others beside it: the same call, and a control call.
fn beside_others(slow: &Slow<'_, '_>, view: &View<'_>) -> Option<Case> {
    let skew = slow.silence / PART;
    let control = view.surroundings.control.as_ref().and_then(|case| case.own_calls().next());
    let control = control.map(|call| slow::other(CONTROL, call, skew));
    let same = slow::other(SAME, slow.call(view)?, skew);
    slow.beside(view, std::iter::once(same).chain(control))
}

impl Slow<'_, '_> {
    /// What is wrong where this other call waits for the slow one each time, and never without it.
    fn judge(&self, further: &[View<'_>], times: usize, other: &str) -> Option<Failure> {
        let slowest = self.blocks(further, other).filter(|_| further.len() == 2 * times)?;
        let (title, silence) = (self.seen.title(), self.silence);
        let told = further.first()?.call(other)?.title().into_owned();
        let why = format!(
            "while one client takes {silence:?} to send {title}, {told} of another one gets no answer until that \
             is over, {times} times of {times}, and without it within {} ms; a slow client must not hold \
             others up",
            slowest.as_millis().max(1)
        );
        let outcome = if other == CONTROL { EVERYONE } else { "same" };
        Some(Failure::new(NAME, self.seen, Severity::Error, outcome, why))
    }

    /// How long another call takes at most without the silence, where it waits for the slow one each time and
    /// never so.
    fn blocks(&self, further: &[View<'_>], other: &str) -> Option<Duration> {
        let mut slowest = Duration::ZERO;
        for (number, view) in further.iter().enumerate() {
            if number.is_multiple_of(2) {
                self.waits(view, other)?.then_some(())?;
            } else {
                slowest = slowest.max(self.prompt(view, other)?);
            }
        }
        Some(slowest)
    }

    /// Whether a call gets no answer before the slow one is out, for which it has time enough; `None`
    /// where that cannot be said.
    fn waits(&self, view: &View<'_>, other: &str) -> Option<bool> {
        let (slow, other) = (view.call(&self.seen.exchange.call)?, view.call(other)?);
        slow.answer()?;
        let times = &slow.exchange.times;
        let over = times.begin + times.sent?;
        let own = &other.exchange.times;
        let is_answered = match &other.exchange.outcome {
            Outcome::Answered(_) => true,
            Outcome::TimedOut { .. } => false,
            _ => return None,
        };
        // It has to come while there is time to be answered in.
        if own.begin + own.connected + self.silence / PART > over {
            return None;
        }
        Some(!is_answered || own.begin + own.first_byte.unwrap_or(own.end) >= over)
    }

    /// How long a call waits for its answer, where that is not long.
    fn prompt(&self, view: &View<'_>, other: &str) -> Option<Duration> {
        let other = view.call(other)?;
        other.answer()?;
        Some(waited(other.exchange)).filter(|waited| *waited < self.silence / PROMPT)
    }
}

#[cfg(test)]
mod tests;
