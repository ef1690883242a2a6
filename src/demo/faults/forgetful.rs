//! A member that is kept when a thing is made, and not when it is changed.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /contacts";
const CHANGE: &str = "PATCH /contacts/{id}";

/// The texts of a contact, all optional and none empty: one that was never given is shown as null.
///
/// The shortest change that is lost is therefore the simplest text, one `0`, for a contact that was
/// made without: before and after null is read, and no way to write texts makes null of `0`.
#[derive(Debug)]
pub(crate) struct Forgetful {
    healthy: bool,
    texts: [&'static str; 3],
    /// Index of the one that changes forget, never the first.
    forgotten: usize,
}

impl Forgetful {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self {
            healthy,
            texts: dice.shuffled("forgetful texts", ["company", "city", "nickname"]),
            forgotten: dice.within("forgetful forgotten", 1, 2) as usize,
        }
    }

    /// The texts that are kept when a contact is made.
    pub(crate) fn made(&self) -> &[&'static str] {
        &self.texts
    }

    /// The texts that are kept when one is changed.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &'static str> {
        let kept = |at: &usize| *at != self.forgotten || self.healthy;
        (0..self.texts.len()).filter(kept).map(|at| self.texts[at])
    }
}

impl Fault for Forgetful {
    fn words(&self) -> Vec<(&'static str, String)> {
        let names = ["forgetful.first", "forgetful.second", "forgetful.third"];
        names.into_iter().zip(self.texts.map(str::to_owned)).collect()
    }

    fn planted(&self) -> Vec<Planted> {
        let handle = json!({ "handle": { "$fresh": "n1" } });
        let create = call(CREATE, &json!({ "json": handle }));
        let change = |body: Value| upon(CHANGE, &json!({ "json": body }));
        let forgotten = self.texts[self.forgotten];
        let shortest = [create.clone(), change(json!({ forgotten: "0" }))];
        let mut neighbours = shorter(&shortest);
        let others = self.texts.iter().filter(|text| **text != forgotten);
        let others = others.map(|text| json!({ *text: "0" })).chain([json!({})]);
        neighbours.extend(others.map(|body| history(&[create.clone(), change(body)])));
        let mut with = handle;
        with[forgotten] = json!("0");
        neighbours.push(history(&[call(CREATE, &json!({ "json": with }))]));
        vec![Planted {
            name: "forgetful",
            check: "read_your_write",
            operation: CHANGE.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
