//! Two withdrawals that both see what is there before either takes it.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, twins, upon};

const CREATE: &str = "POST /purses";
const TAKE: &str = "POST /purses/{id}/withdrawals";

/// A purse, from which more can be taken than is in it.
#[derive(Debug)]
pub(crate) struct Overdrawn {
    healthy: bool,
    /// What is in a purse that was just filled.
    pub(crate) coins: i64,
}

impl Overdrawn {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, coins: dice.within("overdrawn coins", 20, 400) }
    }

    /// What is left where someone takes so many, who saw that there were enough; `None` where there are
    /// not.
    pub(crate) fn take(&self, left: i64, coins: i64) -> Option<i64> {
        (!self.healthy || coins <= left).then_some(left - coins)
    }
}

impl Fault for Overdrawn {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("overdrawn.coins", self.coins.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        let take = |coins: i64| upon(TAKE, &json!({ "json": { "coins": coins } }));
        let least = self.coins / 2 + 1;
        let both = |coins: i64| history(&[create.clone(), twins(&take(coins))]);
        vec![Planted {
            name: "overdrawn",
            check: "serial_equivalence",
            operation: TAKE.into(),
            case: both(least),
            neighbours: vec![
                both(least - 1),
                both(1),
                history(&[create.clone(), take(least)]),
                history(&[create.clone(), take(least), take(least)]),
            ],
        }]
    }
}
