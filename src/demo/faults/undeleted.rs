//! What was deleted can still be read.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /wishlists";
const READ: &str = "GET /wishlists/{id}";
const DELETE: &str = "DELETE /wishlists/{id}";

/// The copies of wishlists that reads are answered from.
#[derive(Debug)]
pub(crate) struct Undeleted {
    healthy: bool,
    pub(crate) field: &'static str,
    arms: [&'static str; 4],
    /// Index of the arm whose copies stay, never the first.
    kept: usize,
}

impl Undeleted {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["visibility", "access", "audience", "scope"];
        Self {
            healthy,
            field: dice.pick("undeleted field", &names),
            arms: dice.shuffled("undeleted arms", ["private", "family", "friends", "public"]),
            kept: dice.within("undeleted kept", 1, 3) as usize,
        }
    }

    /// Whether the copy of a wishlist outlives it.
    pub(crate) fn keeps(&self, arm: &Value) -> bool {
        *arm == self.arms[self.kept] && !self.healthy
    }
}

impl Fault for Undeleted {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("undeleted.field", self.field.into()), ("undeleted.arms", self.arms.join(", "))]
    }

    fn planted(&self) -> Vec<Planted> {
        let nothing = json!({});
        let then = [upon(DELETE, &nothing), upon(READ, &nothing)];
        let with = |body: Value| {
            let create = call(CREATE, &json!({ "json": body }));
            [&[create][..], &then].concat()
        };
        let arm = |arm: usize| with(json!({ self.field: self.arms[arm] }));
        let shortest = arm(self.kept);
        let mut neighbours = shorter(&shortest);
        neighbours
            .extend((0..4).filter(|other| *other != self.kept).map(|other| history(&arm(other))));
        neighbours.push(history(&with(nothing)));
        vec![Planted {
            name: "undeleted",
            check: "use_after_free",
            operation: READ.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
