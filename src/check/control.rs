//! Control calls: a known-good call, to tell a fault of the service from one of the environment.

use std::sync::Arc;

use super::{FollowUp, View};
use crate::case::{Case, Exchange, History, Outcome};

/// How many controls are asked for.
pub(super) const CONTROLS: usize = 3;

/// Three controls, each on a connection of its own; none where no call is known to be good.
pub(super) fn ask(view: &View<'_>) -> Vec<FollowUp> {
    match &view.surroundings.control {
        Some(control) => (0..CONTROLS)
            .map(|_| FollowUp { case: Case::clone(control), fresh_connection: true })
            .collect(),
        None => Vec::new(),
    }
}

/// What the controls say of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// All were answered.
    Served,
    /// Some were answered.
    Degraded,
    /// None was.
    Denied,
    /// There were too few controls to say.
    Unknown,
}

/// Reads the controls' histories.
pub(super) fn health(further: &[Arc<History>]) -> Health {
    let answers: Vec<bool> = exchanges(further).map(is_alive).collect();
    if answers.len() < CONTROLS {
        return Health::Unknown;
    }
    match answers.iter().filter(|alive| **alive).count() {
        0 => Health::Denied,
        alive if alive == answers.len() => Health::Served,
        _ => Health::Degraded,
    }
}

/// The exchanges of the controls.
pub(super) fn exchanges(further: &[Arc<History>]) -> impl Iterator<Item = &Exchange> {
    further.iter().filter_map(|history| history.exchanges.last())
}

/// Whether an exchange shows that the service is there: any answer but 5xx. `503` with `Retry-After`
/// is a service that says when it is back, and what we abandoned says nothing against it.
pub(super) fn is_alive(exchange: &Exchange) -> bool {
    match &exchange.outcome {
        Outcome::Answered(answer) => {
            answer.status < 500
                || answer.status == 501
                || answer.status == 503 && answer.header("retry-after").is_some()
        }
        Outcome::Abandoned => true,
        Outcome::Dropped { .. }
        | Outcome::Garbage { .. }
        | Outcome::TimedOut { .. }
        | Outcome::Unreachable { .. } => false,
    }
}
