//! What belongs to one caller can be thrown away by another, who cannot even read it.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /drafts";
const READ: &str = "GET /drafts/{id}";
const DELETE: &str = "DELETE /drafts/{id}";

/// Whose draft one throws away.
#[derive(Debug)]
pub(crate) struct Foreign {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Foreign {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["text", "subject", "content", "wording"];
        Self { healthy, field: dice.pick("foreign field", &names) }
    }

    /// Whether throwing away asks whose it is; reading does.
    pub(crate) fn asks(&self) -> bool {
        self.healthy
    }
}

impl Fault for Foreign {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("foreign.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        let guest = json!({ "auth": "guest" });
        let of_guest = call(CREATE, &json!({ "auth": "guest", "json": {} }));
        let shortest = [create.clone(), upon(DELETE, &guest)];
        let mut neighbours = shorter(&shortest);
        neighbours.extend([
            history(&[create.clone(), upon(DELETE, &json!({}))]),
            history(&[of_guest, upon(DELETE, &guest)]),
            history(&[create.clone(), upon(DELETE, &json!({ "auth": "none" }))]),
            history(&[create, upon(READ, &guest)]),
        ]);
        vec![Planted {
            name: "foreign",
            check: "object_level_authorization",
            operation: DELETE.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
