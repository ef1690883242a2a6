//! Two faults of one operation behind one uniform answer: `500 {"error":"internal"}`.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::reply::Reply;
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /customers";

/// A customer's row in a database that has no NUL in text, and a small column for credit.
#[derive(Debug)]
pub(crate) struct Internal {
    healthy: bool,
    pub(crate) text: &'static str,
    pub(crate) number: &'static str,
    most: i64,
    /// The first number that the column cannot hold.
    threshold: i64,
}

impl Internal {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let most = dice.within("internal most", 50_000, 99_999);
        Self {
            healthy,
            text: dice.pick("internal text", &["name", "full_name", "label", "title"]),
            number: dice.pick("internal number", &["credit", "limit", "points", "balance"]),
            most,
            threshold: dice.within("internal threshold", 1_000, most - 1_000),
        }
    }

    /// The row that is stored: the text and the number.
    pub(crate) fn row(&self, text: &str, number: i64) -> Result<(String, i64), Reply> {
        if self.healthy {
            return Ok((text.replace('\0', "\u{fffd}"), number));
        }
        if text.contains('\0') || number >= self.threshold {
            return Err(Reply::json(500, &json!({ "error": "internal" })));
        }
        Ok((text.to_owned(), number))
    }
}

impl Fault for Internal {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![
            ("internal.text", self.text.into()),
            ("internal.number", self.number.into()),
            ("internal.most", self.most.to_string()),
        ]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |body: &Value| case(OPERATION, &json!({ "json": body }));
        let credit = |credit: i64| with(&json!({ self.text: "0", self.number: credit }));
        let planted = |name, case, neighbours| Planted {
            name,
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case,
            neighbours,
        };
        let plain = with(&json!({ self.text: "0" }));
        vec![
            planted(
                "internal nul",
                with(&json!({ self.text: "\0" })),
                vec![plain.clone(), with(&json!({ self.text: " " }))],
            ),
            planted(
                "internal number",
                credit(self.threshold),
                vec![plain, credit(self.threshold - 1)],
            ),
        ]
    }
}
