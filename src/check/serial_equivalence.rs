//! `serial_equivalence`: calls released together end as if they had come one after the other.

mod orders;
mod outcome;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::race::{self, Race};
use super::{Check, Failure, FollowUp, Occasion, Severity, View, key};
use crate::case::{History, Label};
use orders::{Order, Orders};
use outcome::{Difference, Outcome, Volatile};

/// Calls released together end as if they had come one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct SerialEquivalence;

const NAME: &str = "serial_equivalence";

/// So often the calls are released together for one judgement: what hangs on timing need not show each
/// time.
const RACES: usize = 3;

const MUST: &str = "what comes at once must end as if it had come one after the other";

impl Check for SerialEquivalence {
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
        "valid calls that are released together, about what the history made; while exploring, ever more \
         seldom for the same operations, the calls in every order, each time on what is made anew, and \
         released together three times more, with looks at the end"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

No model of the service is needed: the calls of the group are run one after the other, in every order, each
time on a thing that is made anew, and looked at. Released together they
must end as one of these orders does: the statuses, the answers, and the thing as it is seen afterwards. A
call that is refused with 409, 412, 423, 425 or 429 did not happen: then an order of the others must explain
what is seen.

## When it is silent

- A write in the group is about a thing that the history did not make: others may change it.
- Fewer than two of its calls are done, while exploring: whoever is refused mixes nothing up.
- A call of the group was not answered, or with 5xx, or by a gateway: it may have happened or not.
- The calls in one order do not end with the same statuses twice.
- Members that differ when the same order is run twice (ids, counters), and times.
- Members of an answer to a write that are as the thing is seen at the end: it was told late.
- Refusals in words: only their status counts.
- Calls have one idempotency key: `duplicate_effect` looks at them.
- All calls were refused, or some of more than three: what happened then is not known.
- More than three calls, in a sample of whose orders each comes first and last: only what all of these agree
  on counts, which is how often each status is answered, and what is seen at the end.

## How to mend the service

Read and write in one transaction that is isolated enough, lock the row (`SELECT … FOR UPDATE`), compare a
version before writing (`If-Match`), let the database add (`SET balance = balance - 10 WHERE balance >= 10`),
or put a unique constraint where only one may win.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        let contest = contest(view).filter(|contest| contest.0.is_contested());
        contest.map_or(Occasion::Never, |contest| Occasion::Suspicious(contest.0.key().into()))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        contest(view).map(|contest| contest.follow_ups(view)).unwrap_or_default()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some(contest) = contest(view) else { return Vec::new() };
        contest.unexplained(&view.of_all(further)).into_iter().collect()
    }

    fn lacks(&self, view: &View<'_>, further: &[Arc<History>]) -> Option<String> {
        let contest = contest(view)?;
        let why = "its calls do not end the same when they are sent one after the other";
        contest.known(&view.of_all(further)).is_none().then(|| why.to_owned())
    }
}

/// The calls released together at the end of a history, where no two of them have one idempotency key.
fn contest<'v, 'a>(view: &'v View<'a>) -> Option<Contest<'v, 'a>> {
    let race = race::at_end(view)?;
    key::repeated(race.seen.iter().copied()).is_none().then_some(Contest(race))
}

/// Calls that may get in each other's way.
struct Contest<'v, 'a>(Race<'v, 'a>);

/// What is known of the calls one after the other.
struct Known<'f> {
    /// What each order ends with.
    serial: Vec<(Order, Outcome<'f>)>,
    /// What releasing them together ended with, as far as that is known.
    races: Vec<Outcome<'f>>,
    volatile: Volatile,
}

impl Contest<'_, '_> {
    /// Every order, then all together, then the full orders once more: what changes with time has
    /// changed until then.
    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let serial = |order: &Order| self.0.follow_up(view, self.0.one_after_the_other(order));
        let Orders { all, full, .. } = orders::of(self.0.group);
        let races = (0..RACES).map(|_| self.0.follow_up(view, self.0.together()));
        all.iter().map(serial).chain(races).chain(full.iter().map(serial)).collect()
    }

    /// What the follow-ups show; `None` where they do not show enough.
    fn known<'f>(&self, further: &'f [View<'_>]) -> Option<Known<'f>> {
        let Orders { all, full, like } = orders::of(self.0.group);
        if full.is_empty() || further.len() != all.len() + RACES + full.len() {
            return None;
        }
        let (serial, rest) = further.split_at(all.len());
        let (races, again) = rest.split_at(RACES);
        let of = |order: &Order, view: &'f View<'_>, stands_for: &Order| {
            let calls = order.iter().map(|at| &*self.0.group.calls[*at].id);
            let outcome =
                Outcome::of(view, stands_for.iter().copied().zip(calls), self.0.read.is_some());
            let any = self.0.group.calls.len() > orders::MOST_IN_FULL;
            if any { outcome.map(Outcome::of_any) } else { outcome }
        };
        let mut volatile = Volatile::default();
        for (order, view) in full.iter().zip(again) {
            let at = all.iter().position(|other| other == order)?;
            let (first, again) = (of(order, &serial[at], order)?, of(order, view, order)?);
            if !first.has_statuses_of(&again) {
                return None;
            }
            volatile.learn(&first, &again);
        }
        for (order, run) in &like {
            all[*run].iter().zip(order).for_each(|(from, to)| volatile.share(*from, *to));
        }
        let serial: Vec<(Order, Outcome<'f>)> = like
            .into_iter()
            .map(|(order, run)| of(&all[run], &serial[run], &order).map(|outcome| (order, outcome)))
            .collect::<Option<_>>()?;
        let everyone: Order = (0..self.0.group.calls.len()).collect();
        if everyone.len() > orders::MOST_IN_FULL {
            // What a sample of the orders does not agree on may be anything after another one.
            let ((_, first), others) = serial.split_first()?;
            for (_, other) in others {
                if !first.has_statuses_of(other) {
                    return None;
                }
                volatile.learn(first, other);
            }
        }
        let races = races.iter().filter_map(|view| of(&everyone, view, &everyone)).collect();
        Some(Known { serial, races, volatile })
    }

    /// What no order of the calls explains.
    fn unexplained(&self, further: &[View<'_>]) -> Option<Failure> {
        let known = self.known(further)?;
        let strange = known.races.iter().find(|race| !self.is_explained(race, &known))?;
        let why = format!(
            "{} released together {}, as in no order; {MUST}",
            self.0.told(),
            self.difference(strange, &known)
        );
        Some(Failure::new(NAME, self.0.last_write()?, Severity::Error, "not_serial", why))
    }

    fn is_explained(&self, race: &Outcome<'_>, known: &Known<'_>) -> bool {
        let count = self.0.group.calls.len();
        let refused = race.refused();
        if refused.len() == count || !refused.is_empty() && count > orders::MOST_IN_FULL {
            return true;
        }
        known.serial.iter().any(|(order, serial)| {
            let is_full = order.len() == count;
            let is_rest = order.len() + refused.len() == count
                && order.iter().all(|at| !refused.contains(at));
            (is_full || is_rest) && race.difference(serial, &known.volatile).is_none()
        })
    }

    /// How a race differs from the full order that it is nearest to.
    fn difference(&self, race: &Outcome<'_>, known: &Known<'_>) -> String {
        let count = self.0.group.calls.len();
        let full = || known.serial.iter().filter(|(order, _)| order.len() == count);
        let nearest =
            full().filter_map(|(_, serial)| race.difference(serial, &known.volatile)).max();
        match nearest {
            Some(Difference::Look { at, shown, .. }) => {
                let others: BTreeSet<String> =
                    full().map(|(_, serial)| serial.shown(&at)).collect();
                let others: Vec<String> = others.into_iter().collect();
                format!("leave {at} {shown}, not {}", others.join(" or "))
            }
            Some(Difference::Answer { at, place, shown }) => {
                let call = &self.0.group.calls[at].id;
                format!("have {call} answered with {place} {shown}")
            }
            Some(Difference::Status) | None => {
                let others: BTreeSet<String> =
                    full().map(|(_, serial)| serial.statuses()).collect();
                let others: Vec<String> = others.into_iter().collect();
                format!("are answered {}, not {}", race.statuses(), others.join(", or "))
            }
        }
    }
}

#[cfg(test)]
mod tests;
