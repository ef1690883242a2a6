//! A change that is made to what is no longer there.

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::Reply;
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /documents";
const READ: &str = "GET /documents/{id}";
const REPLACE: &str = "PUT /documents/{id}";

/// The state that a change of a document is meant for (RFC 9110, section 13.1.1).
#[derive(Debug)]
pub(crate) struct Stale {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Stale {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, field: dice.pick("stale field", &["text", "content", "markdown", "body"]) }
    }

    /// The tag of a document that was written so often.
    pub(crate) fn tag(revision: u64) -> String {
        format!("\"r{revision}\"")
    }

    /// Goes on where one of the tags is that of the document as it is; the broken shop does so for
    /// all that the document ever had.
    pub(crate) fn guard(&self, tags: Option<&str>, revision: u64) -> Result<(), Reply> {
        let Some(tags) = tags.map(str::trim) else { return Ok(()) };
        let oldest = if self.healthy { revision } else { 1 };
        let known = |tag: &str| (oldest..=revision).any(|known| Self::tag(known) == tag);
        if tags == "*" || tags.split(',').map(str::trim).any(known) {
            return Ok(());
        }
        Err(Reply::problem(412, "the document has changed"))
    }
}

impl Fault for Stale {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("stale.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        // What is usual may have been done already.
        let replace = upon(REPLACE, &json!({ "json": { self.field: "0" } }));
        let shortest = [create.clone(), replace];
        let mut neighbours = shorter(&shortest);
        neighbours.push(history(&[create, upon(READ, &json!({}))]));
        vec![Planted {
            name: "stale",
            check: "conditional_requests",
            operation: REPLACE.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_strongly_one_by_one() {
        let stale = |healthy| Stale { healthy, field: "text" };
        let passes = |healthy, tags| stale(healthy).guard(Some(tags), 3).is_ok();
        for (tags, healthy, broken) in [
            ("\"r3\"", true, true),
            ("*", true, true),
            ("\"other\", \"r3\"", true, true),
            ("\"r2\"", false, true),
            ("\"r4\"", false, false),
            ("W/\"r3\"", false, false),
            ("r3", false, false),
        ] {
            assert_eq!((passes(true, tags), passes(false, tags)), (healthy, broken), "{tags}");
        }
        assert!(stale(true).guard(None, 3).is_ok());
    }
}
