//! What belongs to one caller can be read by another.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /diaries";
const READ: &str = "GET /diaries/{id}";
const REPLACE: &str = "PUT /diaries/{id}";

/// Whose diary one reads.
#[derive(Debug)]
pub(crate) struct Peeping {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Peeping {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["text", "entry", "thoughts", "confession"];
        Self { healthy, field: dice.pick("peeping field", &names) }
    }

    /// Whether reading asks whose it is; writing does.
    pub(crate) fn asks(&self) -> bool {
        self.healthy
    }
}

impl Fault for Peeping {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("peeping.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        let guest = json!({ "auth": "guest" });
        let of_guest = call(CREATE, &json!({ "auth": "guest", "json": {} }));
        let replace = upon(REPLACE, &json!({ "auth": "guest", "json": {} }));
        let shortest = [create.clone(), upon(READ, &guest)];
        let mut neighbours = shorter(&shortest);
        neighbours.extend([
            history(&[create.clone(), upon(READ, &json!({}))]),
            history(&[of_guest, upon(READ, &guest)]),
            history(&[create.clone(), upon(READ, &json!({ "auth": "none" }))]),
            history(&[create, replace]),
        ]);
        vec![Planted {
            name: "peeping",
            check: "object_level_authorization",
            operation: READ.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
