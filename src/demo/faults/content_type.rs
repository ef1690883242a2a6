//! The right answer under the wrong name.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, case};

const OPERATION: &str = "GET /orders";

/// The media type of the list of orders.
#[derive(Debug)]
pub(crate) struct ContentType {
    healthy: bool,
    pub(crate) header: &'static str,
    arms: [&'static str; 4],
    /// Index of the arm that is served by the old front end, never the first.
    old: usize,
}

impl ContentType {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["X-Region", "X-Channel", "X-Market", "X-Branch"];
        Self {
            healthy,
            header: dice.pick("content_type header", &names),
            arms: dice.shuffled("content_type arms", ["north", "south", "east", "west"]),
            old: dice.within("content_type old", 1, 3) as usize,
        }
    }

    /// The media type for a region.
    pub(crate) fn of(&self, region: Option<&str>) -> &'static str {
        let old = region == Some(self.arms[self.old]);
        if old && !self.healthy { "text/html; charset=utf-8" } else { "application/json" }
    }
}

impl Fault for ContentType {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![
            ("content_type.header", self.header.into()),
            ("content_type.arms", self.arms.join(", ")),
        ]
    }

    fn planted(&self) -> Vec<Planted> {
        let with =
            |arm: usize| case(OPERATION, &json!({ "headers": { self.header: self.arms[arm] } }));
        let mut neighbours: Vec<_> = (0..4).filter(|arm| *arm != self.old).map(with).collect();
        neighbours.push(case(OPERATION, &json!({})));
        vec![Planted {
            name: "content_type",
            check: "content_type_conformance",
            operation: OPERATION.into(),
            case: with(self.old),
            neighbours,
        }]
    }
}
