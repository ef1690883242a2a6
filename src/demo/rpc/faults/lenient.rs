//! A rule that the file states and no one looks at.

use std::sync::Arc;

use serde_json::json;

use super::super::super::dice::Dice;
use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::{Handler, at_once, unary};
use super::{Fault, named, refused};

const METHOD: &str = "Coupons/CreateCoupon";

/// Coupons of some percent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lenient {
    healthy: bool,
    most: i64,
}

impl Lenient {
    pub(super) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, most: dice.within("lenient most", 30, 90) }
    }
}

impl Fault for Lenient {
    fn proto(&self) -> String {
        format!(
            "message CreateCouponRequest {{
               int32 percent = 1 [(buf.validate.field).int32 = {{ gte: 0, lte: {} }}];
             }}
             message Coupon {{ int32 percent = 1; }}
             service Coupons {{ rpc CreateCoupon(CreateCouponRequest) returns (Coupon); }}
            ",
            self.most
        )
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let own = *self;
        let create = unary(move |asked| {
            let percent = asked.message["percent"].as_i64().unwrap_or_default();
            let is_low = percent < 0;
            let is_high = percent > own.most && own.healthy;
            at_once(if is_low || is_high {
                Err(refused("percent is not within its bounds"))
            } else {
                Ok(json!({ "percent": percent }))
            })
        });
        vec![(METHOD, create)]
    }

    fn planted(&self) -> Planted {
        let with = |percent: i64| {
            let mut case = case(&named(METHOD), &json!({ "proto": { "percent": percent } }));
            if percent > self.most {
                let step = &mut case["steps"][0];
                step["label"] = json!("invalid");
                step["deviations"] = json!([{ "rule": "maximum", "at": "proto/percent" }]);
            }
            case
        };
        Planted {
            name: "lenient",
            check: "negative_data_rejection",
            operation: named(METHOD),
            case: with(self.most + 1),
            neighbours: vec![with(self.most)],
        }
    }
}
