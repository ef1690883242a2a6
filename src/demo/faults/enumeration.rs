//! One arm of an enumeration that the code forgot.

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "GET /shipments/quote";

/// Tariffs by service.
#[derive(Debug)]
pub(crate) struct Enumeration {
    healthy: bool,
    pub(crate) field: &'static str,
    arms: [&'static str; 5],
    /// Index of the arm without a tariff, never the first.
    forgotten: usize,
}

impl Enumeration {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let arms = ["standard", "express", "pickup", "courier", "freight"];
        Self {
            healthy,
            field: dice.pick("enumeration field", &["service", "method", "mode", "carrier"]),
            arms: dice.shuffled("enumeration arms", arms),
            forgotten: dice.within("enumeration forgotten", 1, 4) as usize,
        }
    }

    /// Cents per kilogram.
    pub(crate) fn tariff(&self, arm: &str) -> Result<i64, Reply> {
        match self.arms.iter().position(|known| *known == arm) {
            Some(index) if index != self.forgotten || self.healthy => Ok(100 + 50 * index as i64),
            _ => Err(crash("no tariff for this service")),
        }
    }
}

impl Fault for Enumeration {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("enumeration.field", self.field.into()), ("enumeration.arms", self.arms.join(", "))]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |arm: usize| {
            case(OPERATION, &json!({ "query": { self.field: self.arms[arm], "weight": 1 } }))
        };
        vec![Planted {
            name: "enumeration",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with(self.forgotten),
            neighbours: (0..5).filter(|arm| *arm != self.forgotten).map(with).collect(),
        }]
    }
}
