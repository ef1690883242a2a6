//! A name that two may take at once.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, twins};

const CREATE: &str = "POST /handles";

/// Names that are unique, unless two ask for one at once.
#[derive(Debug)]
pub(crate) struct Doubled {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Doubled {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, field: dice.pick("doubled field", &["name", "alias", "nick", "tag"]) }
    }

    /// Whether someone who saw that a name was free may have it, though it is taken by now.
    pub(crate) fn grants(&self, is_taken: bool) -> bool {
        !self.healthy || !is_taken
    }
}

impl Fault for Doubled {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("doubled.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": { self.field: { "$fresh": "n1" } } }));
        vec![Planted {
            name: "doubled",
            check: "serial_equivalence",
            operation: CREATE.into(),
            case: history(&[twins(&create)]),
            neighbours: vec![
                history(std::slice::from_ref(&create)),
                history(&[create.clone(), create]),
            ],
        }]
    }
}
