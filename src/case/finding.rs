//! A finding: a case with what it proves, as its file holds it.

use super::{Call, Case, Step};
use crate::value::Value;

/// A reproduced, shrunk case with its check: everything a case file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check failed.
    pub check: String,
    /// At which call.
    pub at: String,
    /// One sentence for a person: what was sent, what came, what the contract says.
    pub why: String,
    /// It may fail until then without breaking the build.
    pub known: Option<Known>,
    /// What is sent.
    pub case: Case,
    /// The nearest values that pass and fail.
    pub boundary: Option<Boundary>,
    /// Places whose value did not matter: `s1/json/name`.
    pub irrelevant: Vec<String>,
    /// How often it failed of how many replays.
    pub reproduced: Reproduced,
    /// How often a regression run repeats it.
    pub replays: u32,
    /// Whether the shrinking came to its end.
    pub minimal: bool,
    /// Weaker checks that failed on the same exchange.
    pub also: Vec<String>,
}

impl Finding {
    /// The call at which it failed: of a group the first, of a repetition the one it repeats.
    pub fn call(&self) -> Option<&Call> {
        let at = &self.at;
        self.case.steps.iter().find_map(|step| match step {
            Step::Call(call) => Some(call).filter(|call| call.id == *at),
            Step::Together(group) => {
                let call = group.calls.iter().find(|call| call.id == *at || group.id == *at)?;
                let same = call.same.as_ref();
                same.and_then(|id| group.calls.iter().find(|c| c.id == *id)).or(Some(call))
            }
        })
    }

    /// The operation it is filed under; empty where `at` names no call.
    pub fn operation(&self) -> &str {
        self.call().map_or("", |call| &call.operation)
    }

    /// The service it is filed under: that of the call, else that of the case.
    pub fn service(&self) -> &str {
        self.call().and_then(|call| call.service.as_deref()).unwrap_or(&self.case.service)
    }
}

/// A fault that is known and may last for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Where it is tracked.
    pub issue: String,
    /// The last day it may fail: `2027-01-31`.
    pub until: String,
}

/// Where the failure begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// The place, with the call: `s1/json/qty`.
    pub at: String,
    /// The nearest value that passes.
    pub passes: Value,
    /// The value that fails.
    pub fails: Value,
}

/// How often a failure came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reproduced {
    /// Replays that failed.
    pub failed: u32,
    /// Replays in all.
    pub of: u32,
}

impl Reproduced {
    /// Whether every replay failed.
    pub fn is_always(self) -> bool {
        self.failed == self.of
    }
}
