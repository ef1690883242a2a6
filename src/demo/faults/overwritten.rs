//! A change that writes back all that it read before.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, together, upon};

const CREATE: &str = "POST /plans";
const CHANGE: &str = "PATCH /plans/{id}";

/// A plan, of whose changes at once only the last one is kept.
#[derive(Debug)]
pub(crate) struct Overwritten {
    healthy: bool,
    pub(crate) fields: [&'static str; 2],
}

impl Overwritten {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let fields = dice.pick(
            "overwritten fields",
            &[["goal", "place"], ["budget", "owner"], ["start", "theme"], ["motto", "venue"]],
        );
        Self { healthy, fields }
    }

    /// The plan to change: as it is now, or as it was when the change came in.
    pub(crate) fn base(&self, now: &Value, before: Value) -> Value {
        if self.healthy { now.clone() } else { before }
    }
}

impl Fault for Overwritten {
    fn words(&self) -> Vec<(&'static str, String)> {
        let [first, second] = self.fields;
        vec![("overwritten.first", first.into()), ("overwritten.second", second.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        let [first, second] =
            self.fields.map(|field| upon(CHANGE, &json!({ "json": { field: "" } })));
        vec![Planted {
            name: "overwritten",
            check: "serial_equivalence",
            operation: CHANGE.into(),
            case: history(&[create.clone(), together(&[second.clone(), first.clone()])]),
            neighbours: vec![
                history(&[create.clone(), first.clone(), second]),
                history(&[create.clone(), together(&[first.clone(), first])]),
            ],
        }]
    }
}
