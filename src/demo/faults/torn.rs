//! A write that stores each member as it comes in, though the rest may never come.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, joined, upon};

const CREATE: &str = "POST /leaflets";
const REPLACE: &str = "PUT /leaflets/{id}";

/// A leaflet of two pages.
#[derive(Debug)]
pub(crate) struct Torn {
    healthy: bool,
    pub(crate) pages: [&'static str; 2],
}

impl Torn {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let pages = [["front", "back"], ["head", "tail"], ["left", "right"], ["inside", "outside"]];
        Self { healthy, pages: dice.pick("torn pages", &pages) }
    }

    /// The page that has come in whole, where the body has not.
    pub(crate) fn stores(&self, octets: &[u8]) -> Option<(&'static str, Value)> {
        if self.healthy {
            return None;
        }
        let text = std::str::from_utf8(octets).ok()?;
        let whole = &text[..text.rfind(',')?];
        let members: Value = serde_json::from_str(&format!("{whole}}}")).ok()?;
        let page = self.pages.into_iter().find(|page| members[page].is_string())?;
        Some((page, members[page].clone()))
    }
}

impl Fault for Torn {
    fn words(&self) -> Vec<(&'static str, String)> {
        let [first, second] = self.pages;
        vec![("torn.first", first.into()), ("torn.second", second.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({}));
        let [first, second] = self.pages;
        let replace = upon(REPLACE, &json!({ "json": { first: "0", second: "0" } }));
        let cut =
            |at: &str| joined(replace.clone(), &json!({ "perturb": [{ "cut": { "at": at } }] }));
        vec![Planted {
            name: "torn",
            check: "partial_write_visible",
            operation: REPLACE.into(),
            case: history(&[create.clone(), cut("before_last_byte")]),
            neighbours: vec![
                history(&[create.clone(), replace.clone()]),
                history(&[create, cut("headers")]),
            ],
        }]
    }
}
