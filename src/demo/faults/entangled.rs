//! Two writes that lock the same two things in opposite order: each waits for the other.

use serde_json::json;

use super::super::dice::Dice;
use super::super::drawers::{Lock, Locks};
use super::{Fault, Planted, call, history, together, twins, upon};

const CREATE: &str = "POST /vaults";
const RENAME: &str = "PATCH /vaults/{id}";
const DEPOSIT: &str = "POST /vaults/{id}/deposits";

/// A vault and its journal, each behind a lock.
#[derive(Debug)]
pub(crate) struct Entangled {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Entangled {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let field = dice.pick("entangled field", &["label", "title", "place", "owner"]);
        Self { healthy, field }
    }

    /// Whether who makes a deposit locks the vault before its journal, as who renames it does.
    pub(crate) fn keeps_order(&self) -> bool {
        self.healthy
    }
}

impl Fault for Entangled {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("entangled.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        let rename = upon(RENAME, &json!({ "json": {} }));
        let deposit = upon(DEPOSIT, &json!({ "json": { "coins": 1 } }));
        vec![Planted {
            name: "entangled",
            check: "not_a_server_error",
            operation: RENAME.into(),
            case: history(&[create.clone(), together(&[rename.clone(), deposit.clone()])]),
            neighbours: vec![
                history(&[create.clone(), deposit.clone(), rename.clone()]),
                history(&[create.clone(), twins(&rename)]),
                history(&[create, twins(&deposit)]),
            ],
        }]
    }
}

impl Locks {
    /// The two locks in the order in which a deposit takes them.
    pub(crate) fn of_deposit(&self, fault: &Entangled) -> [Lock; 2] {
        let Self { vault, journal } = self.clone();
        if fault.keeps_order() { [vault, journal] } else { [journal, vault] }
    }
}
