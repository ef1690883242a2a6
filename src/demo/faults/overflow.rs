//! A sum leaves 64 bits, though each of its terms is within its bounds.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case, number};

const OPERATION: &str = "GET /products";

/// The window of a list: from an offset, so many.
#[derive(Debug)]
pub(crate) struct Overflow {
    healthy: bool,
    pub(crate) field: &'static str,
    /// The size where none is asked for.
    pub(crate) size: i64,
}

impl Overflow {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["offset", "skip", "start", "from_row"];
        let field = dice.pick("overflow field", &names);
        Self { healthy, field, size: dice.within("overflow size", 10, 50) }
    }

    /// The end of the window.
    pub(crate) fn end(&self, offset: i64, size: i64) -> Result<i64, Reply> {
        match offset.checked_add(size) {
            Some(end) => Ok(end),
            None if self.healthy => Ok(i64::MAX),
            None => Err(crash("attempt to add with overflow")),
        }
    }
}

impl Fault for Overflow {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("overflow.field", self.field.into()), ("overflow.size", self.size.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |query: &Value| case(OPERATION, &json!({ "query": query }));
        let offset = |offset: i64| with(&json!({ self.field: number(offset) }));
        let first = i64::MAX - self.size + 1;
        vec![Planted {
            name: "overflow",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: offset(first),
            neighbours: vec![
                offset(first - 1),
                offset(0),
                with(&json!({ "size": 100 })),
                with(&json!({})),
            ],
        }]
    }
}
