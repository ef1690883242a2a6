//! An answer that says the wrong place.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, case, history, upon};

const CREATE: &str = "POST /parcels";
const READ: &str = "GET /parcels/{id}";

/// Where a new parcel is said to be.
#[derive(Debug)]
pub(crate) struct Misplaced {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Misplaced {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let field = dice.pick("misplaced field", &["weight", "grams", "length", "height"]);
        Self { healthy, field }
    }

    /// The path of a parcel, or one made of its row, which no parcel is called by.
    pub(crate) fn location(&self, id: &Value, row: u64) -> String {
        match id.as_str() {
            Some(code) if self.healthy => format!("/parcels/{code}"),
            _ => format!("/parcels/{row:08}"),
        }
    }
}

impl Fault for Misplaced {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("misplaced.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = json!({ "json": {} });
        vec![Planted {
            name: "misplaced",
            check: "location_conformance",
            operation: CREATE.into(),
            case: case(CREATE, &create),
            neighbours: vec![history(&[call(CREATE, &create), upon(READ, &json!({}))])],
        }]
    }
}
