//! Looks at what a history left behind.
//!
//! What was written may be seen a moment later (eventual consistency), so a thing is looked at more
//! than once, with pauses: what is there at the last look counts, and what was there at any look was
//! there.

use std::time::Duration;

use super::{FollowUp, View};
use crate::case::{Call, Case, Exchange, History, Step};

/// Pauses before the looks, but for the last one.
const PAUSES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(20)];

/// The least pause before the last look; longer where the service is said to settle later.
const LEAST: Duration = Duration::from_millis(40);

/// What the calls of looks are called: `look1`, `look2`, …
const NAME: &str = "look";

/// The case with looks by this call after its last step.
pub(super) fn after(view: &View<'_>, mut case: Case, call: &Call) -> FollowUp {
    let last = view.surroundings.settle.max(LEAST);
    for (number, pause) in PAUSES.into_iter().chain([last]).enumerate() {
        let wait = Some(pause).filter(|pause| !pause.is_zero());
        let id = format!("{NAME}{}", number + 1);
        case.steps.push(Step::Call(Call { id, wait, want: None, saw: None, ..call.clone() }));
    }
    FollowUp { case, fresh_connection: true }
}

/// The exchanges of the looks in a history, where every one was answered; nothing can be said
/// otherwise.
pub(super) fn all(history: &History) -> Option<Vec<&Exchange>> {
    let looks = history.exchanges.iter().filter(|exchange| exchange.call.starts_with(NAME));
    let looks: Vec<&Exchange> = looks.filter(|look| look.answer().is_some()).collect();
    (looks.len() > PAUSES.len()).then_some(looks)
}
