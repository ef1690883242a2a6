//! A call that is never answered.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::reply::Reply;
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /exports";

/// An export that is written in blocks.
#[derive(Debug)]
pub(crate) struct Stall {
    healthy: bool,
    pub(crate) field: &'static str,
    pub(crate) default: i64,
    formats: [&'static str; 3],
}

impl Stall {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self {
            healthy,
            field: dice.pick("stall field", &["block", "chunk", "batch", "page_rows"]),
            default: dice.within("stall default", 20, 400),
            formats: dice.shuffled("stall formats", ["csv", "json", "xml"]),
        }
    }

    /// How many blocks so many rows make.
    pub(crate) fn blocks(&self, rows: i64, block: i64) -> Result<i64, Reply> {
        match block {
            1.. => Ok((rows + block - 1) / block),
            _ if self.healthy => Ok(1),
            _ => Err(Reply::Hang),
        }
    }
}

impl Fault for Stall {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![
            ("stall.field", self.field.into()),
            ("stall.default", self.default.to_string()),
            ("stall.formats", self.formats.join(", ")),
        ]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |body: &Value| case(OPERATION, &json!({ "json": body }));
        let block = |block: i64| with(&json!({ "format": self.formats[0], self.field: block }));
        vec![Planted {
            name: "stall",
            check: "hang",
            operation: OPERATION.into(),
            case: block(0),
            neighbours: vec![
                block(1),
                block(self.default),
                with(&json!({ "format": self.formats[0] })),
            ],
        }]
    }
}
