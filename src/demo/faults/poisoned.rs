//! A write that is broken off and spoils the next one: what came of it is still in the line.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, joined, upon};

const CREATE: &str = "POST /scales";
const REPLACE: &str = "PUT /scales/{id}";

/// A scale that is set over a line.
#[derive(Debug)]
pub(crate) struct Poisoned {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Poisoned {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, field: dice.pick("poisoned field", &["grams", "load", "mass", "weight"]) }
    }

    /// Whether something stays in the line of a write that has no end. Whoever is right clears it.
    pub(crate) fn stays(&self) -> bool {
        !self.healthy
    }
}

impl Fault for Poisoned {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("poisoned.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({}));
        let replace = upon(REPLACE, &json!({ "json": { self.field: 0 } }));
        let cut = joined(replace.clone(), &json!({ "perturb": [{ "cut": { "at": "headers" } }] }));
        vec![Planted {
            name: "poisoned",
            check: "not_a_server_error",
            operation: REPLACE.into(),
            case: history(&[create.clone(), cut.clone(), replace.clone()]),
            neighbours: vec![
                history(&[create.clone(), replace.clone(), replace]),
                history(&[create, cut]),
            ],
        }]
    }
}
