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
//! The order that decides what is smaller is [`Candidate::compare`]. It is not the schedule: passes
//! run in the sequence that is cheapest.
//!
//! ```
//! use phi_fuzz::choice::{Draw, Item, Rng, Source};
//! use phi_fuzz::shrink::{Candidate, Cost, Shrinker, Verdict};
//!
//! fn draw(source: &mut Source<'_>) -> Draw<Vec<i128>> {
//!     source.list(0, 20, 8.0, |source, _| source.int(0, 5000, 0))
//! }
//! let candidate = |source: Source<'_>| -> Option<Candidate<Vec<i128>>> {
//!     let (list, trace) = source.run(draw).ok()?;
//!     let key = format!("{list:?}");
//!     Some(Candidate::new(list, trace, key, Cost::default()))
//! };
//! let fails = |list: &Vec<i128>| list.iter().sum::<i128>() >= 1000;
//!
//! let mut random = (0..100).filter_map(|seed| candidate(Source::random(Rng::new(seed))));
//! let first = random.find(|first| fails(&first.value)).unwrap();
//! let mut shrinker = Shrinker::new(first, None, |items: &[Item]| candidate(Source::replay(items)));
//! while let Some(proposal) = shrinker.propose() {
//!     let verdict = if fails(&proposal.value) { Verdict::FAILS } else { Verdict::Passes };
//!     shrinker.answer(verdict);
//! }
//! assert_eq!(shrinker.best().value, [1000]);
//! assert_eq!(shrinker.boundary().unwrap().passes.value, [999]);
//! ```

mod boundary;
mod budget;
mod candidate;
pub mod case;
mod cursor;
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
pub use cursor::Recheck;
pub use edit::Edit;
pub use engine::Shrinker;
pub use place::Place;
pub use trial::{Flow, Pending, Trial};
