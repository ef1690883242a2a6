//! What was made is not found.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /labels";
const READ: &str = "GET /labels/{id}";

/// The index that labels are found by.
#[derive(Debug)]
pub(crate) struct Mislaid {
    healthy: bool,
    pub(crate) field: &'static str,
    arms: [&'static str; 4],
    /// Index of the arm that it lacks, never the first.
    lacking: usize,
}

impl Mislaid {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self {
            healthy,
            field: dice.pick("mislaid field", &["color", "colour", "shade", "tint"]),
            arms: dice.shuffled("mislaid arms", ["red", "green", "blue", "yellow"]),
            lacking: dice.within("mislaid lacking", 1, 3) as usize,
        }
    }

    /// Whether a label is found by its id; the list has all.
    pub(crate) fn finds(&self, arm: &Value) -> bool {
        self.healthy || *arm != self.arms[self.lacking]
    }
}

impl Fault for Mislaid {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("mislaid.field", self.field.into()), ("mislaid.arms", self.arms.join(", "))]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |body: Value| [call(CREATE, &json!({ "json": body })), upon(READ, &json!({}))];
        let arm = |arm: usize| with(json!({ self.field: self.arms[arm] }));
        let shortest = arm(self.lacking);
        let mut neighbours = shorter(&shortest);
        neighbours.extend(
            (0..4).filter(|other| *other != self.lacking).map(|other| history(&arm(other))),
        );
        neighbours.push(history(&with(json!({}))));
        vec![Planted {
            name: "mislaid",
            check: "ensure_resource_availability",
            operation: READ.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
