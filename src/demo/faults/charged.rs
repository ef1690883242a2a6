//! A charge that is made twice though it comes twice under one idempotency key.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, twins, upon};

const CREATE: &str = "POST /tills";
const CHARGE: &str = "POST /tills/{id}/charges";

/// The header field of the key.
const KEY: &str = "Idempotency-Key";

/// A till, which looks up whether a key is known, and stores it once the charge is made.
#[derive(Debug)]
pub(crate) struct Charged {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Charged {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, field: dice.pick("charged field", &["cents", "amount", "sum", "price"]) }
    }

    /// Whether the key is looked up once more where the charge is made.
    pub(crate) fn looks_again(&self) -> bool {
        self.healthy
    }
}

impl Fault for Charged {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("charged.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({}));
        let body = json!({ self.field: 1 });
        let charge = |key: &str| {
            upon(CHARGE, &json!({ "headers": { KEY: { "$fresh": key } }, "json": body }))
        };
        let plain = upon(CHARGE, &json!({ "json": body }));
        vec![Planted {
            name: "charged",
            check: "duplicate_effect",
            operation: CHARGE.into(),
            case: history(&[create.clone(), twins(&charge("n1"))]),
            neighbours: vec![
                history(&[create.clone(), twins(&plain)]),
                history(&[create.clone(), charge("n1"), charge("n1")]),
                history(&[create, charge("n1"), charge("n2")]),
            ],
        }]
    }
}
