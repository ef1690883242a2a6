//! A number inside its declared range is beyond what the code was made for.

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /orders";

/// The discounts by quantity: a table that ends before the document does.
#[derive(Debug)]
pub(crate) struct Quantity {
    healthy: bool,
    pub(crate) field: &'static str,
    most: i64,
    /// The first quantity without a row.
    threshold: i64,
}

impl Quantity {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["quantity", "qty", "count", "units", "pieces"];
        let most = dice.within("quantity most", 2_000, 9_999);
        Self {
            healthy,
            field: dice.pick("quantity field", &names),
            most,
            threshold: dice.within("quantity threshold", 100, most - 100),
        }
    }

    /// The discount in percent.
    pub(crate) fn discount(&self, quantity: i64) -> Result<i64, Reply> {
        let last_row = 9;
        let row = quantity * (last_row + 1) / self.threshold;
        match row {
            row if row <= last_row => Ok(row),
            _ if self.healthy => Ok(last_row),
            _ => Err(crash("quantity table exhausted")),
        }
    }
}

impl Fault for Quantity {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("quantity.field", self.field.into()), ("quantity.most", self.most.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |quantity: i64| case(OPERATION, &json!({ "json": { self.field: quantity } }));
        vec![Planted {
            name: "quantity",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with(self.threshold),
            neighbours: vec![with(self.threshold - 1), with(1)],
        }]
    }
}
