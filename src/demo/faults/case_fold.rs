//! A letter that is more than one letter in the other case.

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "GET /search";

/// A search that does not look at case.
#[derive(Debug)]
pub(crate) struct CaseFold {
    healthy: bool,
    pub(crate) field: &'static str,
    /// Whether it compares in upper case.
    upper: bool,
}

impl CaseFold {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let field = dice.pick("case_fold field", &["q", "query", "text", "term"]);
        Self { healthy, field, upper: dice.pick("case_fold upper", &[false, true]) }
    }

    /// The text in the case that searches compare in.
    pub(crate) fn fold(&self, text: &str) -> Result<String, Reply> {
        let folded = if self.upper { text.to_uppercase() } else { text.to_lowercase() };
        if !self.healthy && folded.chars().count() != text.chars().count() {
            return Err(crash("highlight: index is not at a character of the query"));
        }
        Ok(folded)
    }
}

impl Fault for CaseFold {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("case_fold.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |text: &str| case(OPERATION, &json!({ "query": { self.field: text } }));
        let (letter, before) =
            if self.upper { ("\u{df}", "\u{de}") } else { ("\u{130}", "\u{12f}") };
        vec![Planted {
            name: "case_fold",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with(letter),
            neighbours: [before, "0", "\u{10000}"].map(with).into(),
        }]
    }
}
