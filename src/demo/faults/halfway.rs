//! A change that is refused and made all the same.

use serde_json::{Value, json};

use super::super::contract::Broken;
use super::super::dice::Dice;
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /profiles";
const CHANGE: &str = "PATCH /profiles/{id}";

/// A number of a profile, whose bound is looked at when it is already stored.
#[derive(Debug)]
pub(crate) struct Halfway {
    healthy: bool,
    pub(crate) field: &'static str,
    most: i64,
}

impl Halfway {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let field = dice.pick("halfway field", &["level", "height", "rank", "experience"]);
        Self { healthy, field, most: dice.within("halfway most", 50, 500) }
    }

    /// Whether a change is made that breaks these rules, and no others, and is refused for it.
    pub(crate) fn makes(&self, broken: &[Broken]) -> bool {
        let place = format!("/{}", self.field);
        let late = |(keyword, at): &Broken| keyword == "maximum" && *at == place;
        broken.iter().all(late) && !self.healthy
    }
}

impl Fault for Halfway {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("halfway.field", self.field.into()), ("halfway.most", self.most.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({ "json": {} }));
        let valid = |body: Value| upon(CHANGE, &json!({ "json": body }));
        let invalid = |value: Value, rule: &str| {
            let deviations = json!([{ "rule": rule, "at": format!("json/{}", self.field) }]);
            let body = json!({ self.field: value });
            upon(CHANGE, &json!({ "label": "invalid", "json": body, "deviations": deviations }))
        };
        let shortest = [create.clone(), invalid(json!(self.most + 1), "maximum")];
        let others = [
            valid(json!({ self.field: self.most })),
            valid(json!({ self.field: 0 })),
            valid(json!({})),
            invalid(json!("0"), "type"),
            invalid(Value::Null, "type"),
        ];
        let mut neighbours = shorter(&shortest);
        neighbours.extend(others.map(|change| history(&[create.clone(), change])));
        vec![Planted {
            name: "halfway",
            check: "failed_write_has_effect",
            operation: CHANGE.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
