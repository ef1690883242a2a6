//! A status that the document does not have.

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::Reply;
use super::{Fault, Planted, case};

const OPERATION: &str = "GET /products/{id}/reviews";

/// The last page of a list, or no page.
#[derive(Debug)]
pub(crate) struct Status {
    healthy: bool,
    pub(crate) field: &'static str,
    pub(crate) default: i64,
    most: i64,
    /// The number, one of the two ends, that is answered in another way.
    edge: i64,
}

impl Status {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let most = dice.within("status most", 50, 200);
        Self {
            healthy,
            field: dice.pick("status field", &["limit", "top", "count", "rows"]),
            default: dice.within("status default", 5, 40),
            most,
            edge: dice.pick("status edge", &[0, most]),
        }
    }

    /// Goes on, unless the list is answered without one.
    pub(crate) fn page(&self, limit: i64) -> Result<usize, Reply> {
        if limit == self.edge && !self.healthy {
            return Err(Reply::empty(204));
        }
        Ok(limit as usize)
    }
}

impl Fault for Status {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![
            ("status.field", self.field.into()),
            ("status.default", self.default.to_string()),
            ("status.most", self.most.to_string()),
        ]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |limit: i64| {
            case(OPERATION, &json!({ "path": { "id": 1 }, "query": { self.field: limit } }))
        };
        let inside = if self.edge == 0 { 1 } else { self.edge - 1 };
        vec![Planted {
            name: "status",
            check: "status_code_conformance",
            operation: OPERATION.into(),
            case: with(self.edge),
            neighbours: vec![
                with(inside),
                with(self.default),
                with(self.most - self.edge),
                case(OPERATION, &json!({ "path": { "id": 1 } })),
            ],
        }]
    }
}
