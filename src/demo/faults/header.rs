//! A promised header that is not there.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, case};

const OPERATION: &str = "GET /products/{id}";

/// The `ETag` of a product.
#[derive(Debug)]
pub(crate) struct Header {
    healthy: bool,
    pub(crate) cookie: &'static str,
}

impl Header {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["compact", "preview", "lite", "beta"];
        Self { healthy, cookie: dice.pick("header cookie", &names) }
    }

    /// The tag, where the answer has one.
    pub(crate) fn tag(&self, id: i64, short: bool) -> Option<String> {
        (self.healthy || !short).then(|| format!("\"p{id}\""))
    }
}

impl Fault for Header {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("header.cookie", self.cookie.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |short: bool| {
            case(OPERATION, &json!({ "path": { "id": 1 }, "cookies": { self.cookie: short } }))
        };
        vec![Planted {
            name: "header",
            check: "response_headers_conformance",
            operation: OPERATION.into(),
            case: with(true),
            neighbours: vec![with(false), case(OPERATION, &json!({ "path": { "id": 1 } }))],
        }]
    }
}
