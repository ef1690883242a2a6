//! A lock that is taken before the body is read: who is slow to send it holds up everybody else.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, joined, upon};

const CREATE: &str = "POST /registers";
const REPLACE: &str = "PUT /registers/{id}";

/// A register that one writes into at a time.
#[derive(Debug)]
pub(crate) struct Held {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Held {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, field: dice.pick("held field", &["entry", "line", "remark", "record"]) }
    }

    /// Whether a register is locked before what is to be written has come in.
    pub(crate) fn locks_early(&self) -> bool {
        !self.healthy
    }
}

impl Fault for Held {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("held.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({}));
        let replace = upon(REPLACE, &json!({ "json": { self.field: "" } }));
        let stalled = |at: &str, millis: u32| {
            joined(replace.clone(), &json!({ "perturb": [stall(at, millis)] }))
        };
        vec![Planted {
            name: "held",
            check: "blocked_by_slow_client",
            operation: REPLACE.into(),
            case: history(&[create.clone(), stalled("headers", 500)]),
            neighbours: vec![
                history(&[create.clone(), replace.clone()]),
                history(&[create, stalled("headers", 200)]),
            ],
        }]
    }
}

/// As case files write it.
fn stall(at: &str, millis: u32) -> Value {
    json!({ "stall": { "at": at, "for": format!("{millis}ms") } })
}
