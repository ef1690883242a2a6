//! A read that puts into the cache what a write has replaced meanwhile.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, together, twins, upon};

const CREATE: &str = "POST /posters";
const READ: &str = "GET /posters/{id}";
const REPLACE: &str = "PUT /posters/{id}";

/// A poster that is read through a cache.
#[derive(Debug)]
pub(crate) struct Cached {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Cached {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, field: dice.pick("cached field", &["text", "motto", "title", "slogan"]) }
    }

    /// Whether what was read goes into the cache, where the poster is like this by now.
    pub(crate) fn keeps(&self, read: &Value, now: &Value) -> bool {
        !self.healthy || read == now
    }
}

impl Fault for Cached {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("cached.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        let read = upon(READ, &json!({}));
        let replace = upon(REPLACE, &json!({ "json": { self.field: "" } }));
        vec![Planted {
            name: "cached",
            check: "serial_equivalence",
            operation: REPLACE.into(),
            case: history(&[create.clone(), together(&[read.clone(), replace.clone()])]),
            neighbours: vec![
                history(&[create.clone(), read.clone(), replace.clone(), read.clone()]),
                history(&[create.clone(), replace.clone(), read]),
                history(&[create, twins(&replace)]),
            ],
        }]
    }
}
