//! Cases in the languages of other tools.
//!
//! Responsible for saying the same request elsewhere, and for saying where that cannot be done.
//! Sends nothing.

mod curl;
mod shell;

pub use curl::{Exported, curl};

use crate::case::{Call, Step};

/// The calls of a step as they are sent: one that repeats another has its input.
pub fn calls(step: &Step) -> Vec<Call> {
    match step {
        Step::Call(call) => vec![call.clone()],
        Step::Together(group) => {
            group.calls.iter().map(|call| group.whole(call).into_owned()).collect()
        }
    }
}
