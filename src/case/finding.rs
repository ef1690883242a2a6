//! A finding: a case with what it proves, as its file holds it.

use super::Case;
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
