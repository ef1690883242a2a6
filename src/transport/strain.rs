//! The breaker at work: what it is told of each reply, and what is done when it trips.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::breaker::{Action, Breaker, Observation, Policy, Pushback};
use super::{Limiter, Reply, retry_after};
use crate::case::{Header, Outcome};

/// How much the service is spared.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Pressure {
    /// Not at all, or only as the settings say.
    #[default]
    Usual,
    /// The rate was lowered to this many requests per second.
    Slowed(f64),
    /// Nothing was sent for this long.
    Paused(Duration),
    /// Nothing more should be sent, for this reason (a lower-case fragment).
    Stopped(String),
}

/// A breaker that all users of a client feed.
#[derive(Debug)]
pub(super) struct Strain {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    breaker: Breaker,
    pressure: Pressure,
}

impl Strain {
    pub(super) fn new(policy: Policy) -> Self {
        let state = State { breaker: Breaker::new(policy), pressure: Pressure::Usual };
        Self { state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last step that the breaker took.
    pub(super) fn pressure(&self) -> Pressure {
        self.state().pressure.clone()
    }

    /// Tells the breaker of a reply, and does to the limiter what it says.
    pub(super) fn observe(&self, reply: &Reply, limiter: &Limiter) {
        let answered = reply.times.first_byte.unwrap_or(reply.times.end);
        let seen = Observation {
            begin: reply.times.begin,
            took: answered.saturating_sub(reply.times.connected),
            pushback: pushback(&reply.outcome),
        };
        let mut state = self.state();
        let Some(action) = state.breaker.observe(seen) else { return };
        if matches!(state.pressure, Pressure::Stopped(_)) {
            return;
        }
        state.pressure = match action {
            Action::SlowDown(rate) => {
                let rate = limiter.rate().map_or(rate, |now| rate.min(now / 2.0));
                limiter.set_rate(rate);
                Pressure::Slowed(rate)
            }
            Action::Pause(pause) => {
                limiter.pause(pause);
                Pressure::Paused(pause)
            }
            Action::Stop(reason) => Pressure::Stopped(reason),
        };
    }
}

/// What an outcome says of the load on the service.
fn pushback(outcome: &Outcome) -> Pushback {
    let Outcome::Answered(answer) = outcome else { return Pushback::None };
    // gRPC code 8 is RESOURCE_EXHAUSTED; it stands in the trailers, or in the head of an answer
    // that is all trailers.
    let mut fields = answer.trailers.iter().chain(&answer.headers);
    let exhausted = |h: &Header| h.name == "grpc-status" && &h.value[..] == b"8";
    match answer.status {
        429 => Pushback::TooMany(retry_after(answer)),
        502..=504 => Pushback::Busy(retry_after(answer)),
        200 if fields.any(exhausted) => Pushback::TooMany(None),
        _ => Pushback::None,
    }
}
