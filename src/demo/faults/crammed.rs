//! A box that takes one thing more than it holds: it takes as many calls as that.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /boxes";
const PUT_IN: &str = "POST /boxes/{id}/items";

/// The places of a box.
#[derive(Debug)]
pub(crate) struct Crammed {
    healthy: bool,
    pub(crate) field: &'static str,
    /// How many there are.
    most: usize,
}

impl Crammed {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self {
            healthy,
            field: dice.pick("crammed field", &["name", "title", "text", "remark"]),
            most: dice.within("crammed most", 4, 6) as usize,
        }
    }

    /// Goes on where there is room beside so many things.
    pub(crate) fn make_room(&self, things: usize) -> Result<(), Reply> {
        match things < self.most {
            true => Ok(()),
            false if self.healthy => Err(Reply::problem(409, "the box is full")),
            false => Err(crash("slot index out of range")),
        }
    }
}

/// A box, and so many calls that put something in.
fn filled(things: usize, thing: &Value) -> Vec<Value> {
    let mut calls = vec![call(CREATE, &json!({ "json": {} }))];
    calls.extend(vec![upon(PUT_IN, &json!({ "json": thing })); things]);
    calls
}

impl Fault for Crammed {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("crammed.field", self.field.into()), ("crammed.most", self.most.to_string())]
    }

    fn planted(&self) -> Vec<Planted> {
        let shortest = filled(self.most + 1, &json!({}));
        let mut neighbours = shorter(&shortest);
        neighbours.push(history(&filled(self.most, &json!({ self.field: "0" }))));
        vec![Planted {
            name: "crammed",
            check: "not_a_server_error",
            operation: PUT_IN.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
