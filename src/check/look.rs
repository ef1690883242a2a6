//! Looks at what a history left behind.
//!
//! What was written may be seen a moment later (eventual consistency), so a thing is looked at more
//! than once, with pauses: what is there at the last look counts, and what was there at any look was
//! there.

use std::time::Duration;

use super::{FollowUp, Seen, View};
use crate::case::{Call, Case, Exchange, History, Step};

/// Pauses before the looks, but for the last one.
const PAUSES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(20)];

/// So often a thing is looked at.
const LOOKS: usize = PAUSES.len() + 1;

/// The least pause before the last look; longer where the service is said to settle later.
const LEAST: Duration = Duration::from_millis(40);

/// What the calls of looks are called: `look1`, `look2`, …
const NAME: &str = "look";

/// The case with looks by this call after its last step.
pub(super) fn after(view: &View<'_>, mut case: Case, call: &Call) -> FollowUp {
    add(view, &mut case, call, NAME);
    FollowUp { case, fresh_connection: true }
}

/// Adds looks by this call after the last step of a case; their ids are `name` and their numbers.
pub(super) fn add(view: &View<'_>, case: &mut Case, call: &Call, name: &str) {
    let last = view.surroundings.settle.max(LEAST);
    for (number, pause) in (1..).zip(PAUSES.into_iter().chain([last])) {
        let wait = Some(pause).filter(|pause| !pause.is_zero());
        let id = format!("{name}{number}");
        case.steps.push(Step::Call(Call { id, wait, want: None, saw: None, ..call.clone() }));
    }
}

/// The id of the last look of a name.
pub(super) fn last(name: &str) -> String {
    format!("{name}{LOOKS}")
}

/// The exchanges of the looks in a history, where every one was answered; nothing can be said
/// otherwise.
pub(super) fn all(history: &History) -> Option<[&Exchange; LOOKS]> {
    each(NAME, |id| history.exchange(id).filter(|exchange| exchange.answer().is_some()))
}

/// The same for looks of a name.
pub(super) fn named<'v, 'a>(view: &'v View<'a>, name: &str) -> Option<[&'v Seen<'a>; LOOKS]> {
    each(name, |id| view.call(id).filter(|seen| seen.answer().is_some()))
}

fn each<T>(name: &str, look: impl Fn(&str) -> Option<T>) -> Option<[T; LOOKS]> {
    let look = |number| look(&format!("{name}{number}"));
    Some([look(1)?, look(2)?, look(3)?])
}
