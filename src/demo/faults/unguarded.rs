//! An operation that the document guards and the service does not.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, case};

/// Where a customer sees the own account.
#[derive(Debug)]
pub(crate) struct Unguarded {
    healthy: bool,
    path: &'static str,
}

impl Unguarded {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self {
            healthy,
            path: dice.pick("unguarded path", &["/account", "/me", "/profile", "/wallet"]),
        }
    }

    /// Whether a call of this operation has to show who it is from.
    pub(crate) fn guards(&self, operation: &str) -> bool {
        self.healthy || operation != "getAccount"
    }
}

impl Fault for Unguarded {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("unguarded.path", self.path.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let operation = format!("GET {}", self.path);
        vec![Planted {
            name: "unguarded",
            check: "ignored_auth",
            case: case(&operation, &json!({ "auth": "none" })),
            operation,
            neighbours: Vec::new(),
        }]
    }
}
