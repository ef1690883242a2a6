//! A tree deeper than the code goes.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /categories";

/// Categories within categories.
#[derive(Debug)]
pub(crate) struct Depth {
    healthy: bool,
    pub(crate) field: &'static str,
    /// The first depth that is too deep; a category without others inside has depth 1.
    threshold: i64,
}

impl Depth {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let field = dice.pick("depth field", &["children", "within", "subcategories", "nodes"]);
        Self { healthy, field, threshold: dice.within("depth threshold", 4, 6) }
    }

    /// How deep a tree is.
    pub(crate) fn measure(&self, root: &Value) -> Result<i64, Reply> {
        let mut level = vec![root];
        let mut depth = 0;
        while !level.is_empty() {
            depth += 1;
            if depth >= self.threshold && !self.healthy {
                return Err(crash("category path too long"));
            }
            let inner = level.into_iter().filter_map(|node| node.get(self.field)?.as_array());
            level = inner.flatten().collect();
        }
        Ok(depth)
    }
}

impl Fault for Depth {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("depth.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |depth: i64| {
            let chain = (1..depth).fold(json!({}), |inner, _| json!({ self.field: [inner] }));
            case(OPERATION, &json!({ "json": chain }))
        };
        vec![Planted {
            name: "depth",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with(self.threshold),
            neighbours: vec![with(self.threshold - 1), with(1)],
        }]
    }
}
