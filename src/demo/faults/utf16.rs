//! A text as long as declared in code points, too long in UTF-16.

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /gift-cards";

/// A text column that counts code units.
#[derive(Debug)]
pub(crate) struct Utf16 {
    healthy: bool,
    pub(crate) field: &'static str,
    /// Code points allowed: an odd number, so that the shortest text is one letter repeated.
    most: i64,
}

impl Utf16 {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["initials", "monogram", "engraving", "stamp"];
        let field = dice.pick("utf16 field", &names);
        Self { healthy, field, most: 2 * dice.within("utf16 most", 2, 6) + 1 }
    }

    /// What is engraved.
    pub(crate) fn engrave(&self, text: &str) -> Result<String, Reply> {
        if !self.healthy && text.encode_utf16().count() as i64 > self.most {
            return Err(crash("value too long for column engraving"));
        }
        Ok(text.to_owned())
    }
}

impl Fault for Utf16 {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("utf16.field", self.field.into()), ("utf16.most", self.most.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |text: String| case(OPERATION, &json!({ "form": { self.field: text } }));
        let half = self.most as usize / 2;
        vec![Planted {
            name: "utf16",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with("\u{10000}".repeat(half + 1)),
            neighbours: vec![
                with("\u{10000}".repeat(half)),
                with(format!("0{}", "\u{10000}".repeat(half))),
                with(format!("{}\u{ffff}", "\u{10000}".repeat(half))),
                with("0".repeat(self.most as usize)),
                with("0".into()),
            ],
        }]
    }
}
