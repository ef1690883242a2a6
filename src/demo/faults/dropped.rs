//! A connection that ends without an answer.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::reply::Reply;
use super::{Fault, Planted, case};

const OPERATION: &str = "PATCH /orders/{id}";

/// A correction of an order's quantity, made by a worker that can die.
#[derive(Debug)]
pub(crate) struct Dropped {
    healthy: bool,
    pub(crate) field: &'static str,
    most: i64,
    /// The greatest correction downwards that kills the worker.
    threshold: i64,
}

impl Dropped {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let most = dice.within("dropped most", 500, 2_000);
        Self {
            healthy,
            field: dice.pick("dropped field", &["adjust", "delta", "change", "correction"]),
            most,
            threshold: -dice.within("dropped threshold", 50, most - 50),
        }
    }

    /// The quantity after a correction; never below zero.
    pub(crate) fn correct(&self, quantity: i64, by: i64) -> Result<i64, Reply> {
        if by <= self.threshold && !self.healthy {
            return Err(Reply::Drop);
        }
        Ok((quantity + by).clamp(0, 99_999))
    }
}

impl Fault for Dropped {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![
            ("dropped.field", self.field.into()),
            ("dropped.least", (-self.most).to_string()),
            ("dropped.most", self.most.to_string()),
        ]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |body: &Value| case(OPERATION, &json!({ "path": { "id": 1 }, "json": body }));
        let by = |by: i64| with(&json!({ self.field: by }));
        vec![Planted {
            name: "dropped",
            check: "connection_dropped",
            operation: OPERATION.into(),
            case: by(self.threshold),
            neighbours: vec![by(self.threshold + 1), by(-self.threshold), by(0), with(&json!({}))],
        }]
    }
}
