//! A declared bound that no one looks at.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /coupons";

/// The percentage of a coupon.
#[derive(Debug)]
pub(crate) struct Coupon {
    healthy: bool,
    pub(crate) field: &'static str,
    most: i64,
}

impl Coupon {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let field = dice.pick("coupon field", &["percent", "rebate", "discount", "reduction"]);
        Self { healthy, field, most: dice.within("coupon most", 20, 95) }
    }

    /// Whether the contract holds for a body, which breaks these rules: keyword and place.
    pub(crate) fn accepts(&self, broken: &[(String, String)]) -> bool {
        let place = format!("/{}", self.field);
        let unchecked = |rule: &(String, String)| rule.0 == "maximum" && rule.1 == place;
        broken.is_empty() || (!self.healthy && broken.iter().all(unchecked))
    }
}

impl Fault for Coupon {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("coupon.field", self.field.into()), ("coupon.most", self.most.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |percent: i64| case(OPERATION, &json!({ "json": { self.field: percent } }));
        let above = case(
            OPERATION,
            &json!({
                "label": "invalid",
                "json": { self.field: self.most + 1 },
                "deviations": [{ "rule": "maximum", "at": format!("json/{}", self.field) }],
            }),
        );
        vec![Planted {
            name: "coupon",
            check: "negative_data_rejection",
            operation: OPERATION.into(),
            case: above,
            neighbours: vec![with(self.most), with(1)],
        }]
    }
}
