//! Equal elements where the document does not ask for distinct ones.

use std::collections::HashSet;

use serde_json::json;

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /bundles";

/// The articles of a bundle, stored under a unique key.
#[derive(Debug)]
pub(crate) struct Array {
    healthy: bool,
    pub(crate) field: &'static str,
    most: i64,
}

impl Array {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let field = dice.pick("array field", &["items", "articles", "products", "parts"]);
        Self { healthy, field, most: dice.within("array most", 4, 12) }
    }

    /// How many different articles there are.
    pub(crate) fn distinct(&self, articles: &[i64]) -> Result<usize, Reply> {
        let distinct = articles.iter().collect::<HashSet<_>>().len();
        if distinct < articles.len() && !self.healthy {
            return Err(crash("duplicate key value violates unique constraint bundle_article"));
        }
        Ok(distinct)
    }
}

impl Fault for Array {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("array.field", self.field.into()), ("array.most", self.most.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |articles: &[i64]| case(OPERATION, &json!({ "json": { self.field: articles } }));
        vec![Planted {
            name: "array",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with(&[1, 1]),
            neighbours: vec![with(&[1]), with(&[1, 2]), with(&[2, 1])],
        }]
    }
}
