//! What was given up for a while does not come back: it takes four calls to see.

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /accounts";
const CHARGE: &str = "POST /accounts/{id}/charges";

/// The mandate by which an account is charged.
#[derive(Debug)]
pub(crate) struct Suspended {
    healthy: bool,
    /// What stops an account, and what lets it go on.
    verbs: (&'static str, &'static str),
    pub(crate) field: &'static str,
}

impl Suspended {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let verbs = [
            ("suspend", "resume"),
            ("freeze", "thaw"),
            ("pause", "continue"),
            ("lock", "unlock"),
            ("block", "release"),
        ];
        Self {
            healthy,
            verbs: dice.pick("suspended verbs", &verbs),
            field: dice.pick("suspended field", &["amount", "cents", "sum", "value"]),
        }
    }

    /// Whether an account that is stopped keeps its mandate.
    pub(crate) fn keeps_mandate(&self) -> bool {
        self.healthy
    }

    /// Lets an account be charged that has a mandate, as all have.
    pub(crate) fn charge(mandate: bool) -> Result<(), Reply> {
        if mandate { Ok(()) } else { Err(crash("account has no mandate")) }
    }
}

impl Fault for Suspended {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![
            ("suspended.stop", self.verbs.0.into()),
            ("suspended.go_on", self.verbs.1.into()),
            ("suspended.field", self.field.into()),
        ]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        let verb = |verb: &str| upon(&format!("POST /accounts/{{id}}/{verb}"), &json!({}));
        let charge = upon(CHARGE, &json!({ "json": {} }));
        let shortest = [create, verb(self.verbs.0), verb(self.verbs.1), charge];
        let [create, stop, go_on, charge] = shortest.clone();
        let mut neighbours = shorter(&shortest);
        neighbours.extend([
            history(&[create.clone(), charge.clone()]),
            history(&[create, go_on, stop, charge]),
        ]);
        vec![Planted {
            name: "suspended",
            check: "not_a_server_error",
            operation: CHARGE.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
