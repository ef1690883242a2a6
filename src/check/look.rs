//! Looks at what a history left behind.
//!
//! What was written may be seen a moment later (eventual consistency), so a thing is looked at more
//! than once, with pauses: what is there at the last look counts, and what was there at any look was
//! there.

use std::time::Duration;

use super::{FollowUp, Pace, Seen, View};
use crate::case::{Call, Case, Exchange, History, Step};

/// Pauses before the looks, but for the last one.
const PAUSES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(20)];

/// So often a thing is looked at.
const LOOKS: usize = PAUSES.len() + 1;

/// The least pause before the last look; longer where the service is said to settle later.
const LEAST: Duration = Duration::from_millis(40);

/// What the calls of looks are called: `look1`, `look2`, …
pub(super) const NAME: &str = "look";

/// The same for looks before something is done.
pub(super) const BEFORE: &str = "before";

/// The case with looks by this call after its last step.
pub(super) fn after(view: &View<'_>, mut case: Case, call: &Call) -> FollowUp {
    add(view, &mut case, call, NAME);
    follow_up(case)
}

/// Adds looks of a name after the last step.
pub(super) fn add(view: &View<'_>, case: &mut Case, call: &Call, name: &str) {
    let last = view.surroundings.settle.max(LEAST);
    for pause in PAUSES.into_iter().chain([last]) {
        let pause = match view.surroundings.pace {
            Pace::Usual | Pace::Brisk => pause,
            Pace::Hasty => Duration::ZERO,
        };
        push(case, call, name, pause);
    }
}

/// Adds looks of a name that follow each other at once.
pub(super) fn add_quick(case: &mut Case, call: &Call, name: &str, count: usize) {
    for _ in 0..count {
        push(case, call, name, Duration::ZERO);
    }
}

fn push(case: &mut Case, call: &Call, name: &str, pause: Duration) {
    let number = case.calls().filter(|call| is_named(&call.id, name)).count() + 1;
    let wait = Some(pause).filter(|pause| !pause.is_zero());
    let id = format!("{name}{number}");
    case.steps.push(Step::Call(Call { id, wait, want: None, saw: None, ..call.clone() }));
}

/// A case that is to be executed over connections of its own.
pub(super) fn follow_up(case: Case) -> FollowUp {
    FollowUp { case, fresh_connection: true }
}

/// The exchanges of the looks in a history, where every one was answered; nothing can be said
/// otherwise.
pub(super) fn all(history: &History) -> Option<Vec<&Exchange>> {
    let looks = history.exchanges.iter().filter(|exchange| exchange.call.starts_with(NAME));
    let looks: Vec<&Exchange> = looks.filter(|look| look.answer().is_some()).collect();
    (looks.len() > PAUSES.len()).then_some(looks)
}

/// The looks of a name in a history, where the service itself answered every one that its case holds;
/// nothing can be said otherwise.
pub(super) fn named<'v, 'a>(view: &'v View<'a>, name: &str) -> Option<Vec<&'v Seen<'a>>> {
    let planned = view.history.case.calls().filter(|call| is_named(&call.id, name)).count();
    let looks = view.seen().iter().filter(|seen| is_named(&seen.exchange.call, name));
    let answered = |look: &&Seen<'a>| look.answer().is_some() && !view.is_from_gateway(look);
    let looks: Vec<&Seen<'a>> = looks.filter(answered).collect();
    (planned > 0 && looks.len() == planned).then_some(looks)
}

/// The last look of a name, where the service itself answered all of them and that one 2xx, in JSON.
pub(super) fn last_shown<'v, 'a>(view: &'v View<'a>, name: &str) -> Option<&'v Seen<'a>> {
    let last = *named(view, name)?.last()?;
    (last.is_success() && last.json().is_some()).then_some(last)
}

/// The same where each was looked at as often as is usual.
pub(super) fn three<'v, 'a>(view: &'v View<'a>, name: &str) -> Option<[&'v Seen<'a>; LOOKS]> {
    named(view, name)?.try_into().ok()
}

/// The id of the last look of a name, where each is looked at as often as is usual.
pub(super) fn last(name: &str) -> String {
    format!("{name}{LOOKS}")
}

fn is_named(id: &str, name: &str) -> bool {
    let number = id.strip_prefix(name);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()))
}
