//! A reading that is broken off and spoils the next one: what was asked for is still in the line.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, call, history, joined, upon};

const CREATE: &str = "POST /scales";
const READ: &str = "GET /scales/{id}";

/// The line to a scale, and whether an answer that nobody took is still in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(Arc<AtomicBool>);

/// A reading that is under way; whoever asked for it may go away before its end.
#[derive(Debug)]
pub(crate) struct Reading {
    line: Line,
    clears: bool,
    is_taken: bool,
}

impl Reading {
    /// Its answer is taken from the line.
    pub(crate) fn take(mut self) {
        self.is_taken = true;
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if !self.is_taken {
            self.line.0.store(!self.clears, Ordering::Relaxed);
        }
    }
}

/// A scale that is read over a line.
#[derive(Debug)]
pub(crate) struct Poisoned {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Poisoned {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, field: dice.pick("poisoned field", &["grams", "load", "mass", "weight"]) }
    }

    /// Begins to read over a line. Whoever is right clears it, however the reading ends.
    pub(crate) fn begin(&self, line: Line) -> Result<Reading, Reply> {
        if line.0.swap(false, Ordering::Relaxed) {
            return Err(crash("unexpected answer on the line"));
        }
        Ok(Reading { line, clears: self.healthy, is_taken: false })
    }
}

impl Fault for Poisoned {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("poisoned.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({}));
        let read = upon(READ, &json!({}));
        let gone = joined(read.clone(), &json!({ "perturb": [{ "reset": { "at": "headers" } }] }));
        vec![Planted {
            name: "poisoned",
            check: "not_a_server_error",
            operation: READ.into(),
            case: history(&[create.clone(), gone.clone(), read.clone()]),
            neighbours: vec![
                history(&[create.clone(), read.clone(), read.clone()]),
                history(&[create, gone]),
            ],
        }]
    }
}
