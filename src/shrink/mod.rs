//! Smaller cases that still fail.
//!
//! A probe is a live call, a candidate costs microseconds. So everything here is about proposing
//! few and good candidates: a change of the choice sequence is replayed by the generator for free,
//! dropped unless it is strictly smaller and not yet tried as rendered, and only then probed.
//!
//! [`Shrinker`] is a pure state machine: it proposes a candidate and is told the verdict. It knows
//! neither cases nor services nor clocks; [`driver`] brings it together with them. [`pass`] holds
//! the ways to make a candidate smaller.
//!
//! The order that decides what is smaller is [`Candidate::compare`]. It is not the schedule: passes run
//! in the sequence that is cheapest.

mod boundary;
mod budget;
mod candidate;
pub mod driver;
mod edit;
mod engine;
#[cfg(test)]
mod example;
mod irrelevant;
pub mod pass;
mod place;
pub mod statistics;
mod trial;

pub use boundary::Boundary;
pub use budget::Budget;
pub use candidate::{Candidate, Cost, Verdict};
pub use edit::Edit;
pub use engine::{Recheck, Shrinker};
pub use place::Place;
pub use trial::{Flow, Pending, Trial};
