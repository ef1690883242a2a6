//! An answer that breaks its own schema at an edge.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /refunds";

/// The state of a refund.
#[derive(Debug)]
pub(crate) struct Drift {
    healthy: bool,
    pub(crate) field: &'static str,
    most: i64,
    /// The first amount, in whole units, that someone has to look at.
    threshold: i64,
}

impl Drift {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let most = dice.within("drift most", 2_000, 5_000);
        Self {
            healthy,
            field: dice.pick("drift field", &["amount", "value", "sum", "total"]),
            most,
            threshold: dice.within("drift threshold", 100, most - 100),
        }
    }

    /// The state a refund is in; the document lists `accepted` and `pending`.
    pub(crate) fn state(&self, amount: f64) -> &'static str {
        match amount < self.threshold as f64 {
            true => "accepted",
            false if self.healthy => "pending",
            false => "manual_review",
        }
    }
}

impl Fault for Drift {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("drift.field", self.field.into()), ("drift.most", self.most.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |amount| case(OPERATION, &json!({ "json": { self.field: amount } }));
        vec![Planted {
            name: "drift",
            check: "response_schema_conformance",
            operation: OPERATION.into(),
            case: with(json!(self.threshold)),
            neighbours: vec![
                with(json!(self.threshold - 1)),
                with(json!((self.threshold * 100 - 1) as f64 / 100.0)),
                with(json!(0)),
            ],
        }]
    }
}
