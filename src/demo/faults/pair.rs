//! Two options, each harmless, that do not go together.

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /subscriptions";

/// The options of a subscription.
#[derive(Debug)]
pub(crate) struct Pair {
    healthy: bool,
    /// All options, as the document orders them.
    options: [&'static str; 4],
    /// The two that clash.
    clash: [&'static str; 2],
}

impl Pair {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let options = dice.shuffled("pair options", ["trial", "gift", "annual", "shared"]);
        let first = dice.within("pair first", 0, 2) as usize;
        let second = dice.within("pair second", first as i64 + 1, 3) as usize;
        Self { healthy, options, clash: [options[first], options[second]] }
    }

    /// The price in cents with these options.
    pub(crate) fn price(&self, chosen: impl Fn(&str) -> bool) -> Result<i64, Reply> {
        if !self.healthy && self.clash.iter().all(|option| chosen(option)) {
            return Err(crash("division by zero in price plan"));
        }
        Ok(1_000 - 100 * self.options.iter().filter(|option| chosen(option)).count() as i64)
    }
}

impl Fault for Pair {
    fn words(&self) -> Vec<(&'static str, String)> {
        let names = ["pair.first", "pair.second", "pair.third", "pair.fourth"];
        names.into_iter().zip(self.options.map(str::to_owned)).collect()
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |values: [bool; 2]| {
            let [first, second] = self.clash;
            let body = json!({ "plan": "basic", first: values[0], second: values[1] });
            case(OPERATION, &json!({ "json": body }))
        };
        let one =
            |option: &str| case(OPERATION, &json!({ "json": { "plan": "basic", option: true } }));
        vec![Planted {
            name: "pair",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with([true, true]),
            neighbours: vec![
                with([true, false]),
                with([false, true]),
                one(self.clash[0]),
                one(self.clash[1]),
            ],
        }]
    }
}
