//! A replacement that adds.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, shorter, upon};

const CREATE: &str = "POST /playlists";
const REPLACE: &str = "PUT /playlists/{id}";

/// The list in a playlist.
///
/// An empty list empties, as it should: where what was put is not what is there afterwards, putting
/// it twice is not putting it once, too.
#[derive(Debug)]
pub(crate) struct Appended {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Appended {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["tracks", "songs", "pieces", "recordings"];
        Self { healthy, field: dice.pick("appended field", &names) }
    }

    /// The list that is there after another was put in the place of one.
    pub(crate) fn replace(&self, old: &[Value], new: &[Value]) -> Vec<Value> {
        if self.healthy || new.is_empty() { new.to_vec() } else { [old, new].concat() }
    }
}

impl Fault for Appended {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("appended.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let put = |body: Value| {
            [call(CREATE, &json!({ "json": {} })), upon(REPLACE, &json!({ "json": body }))]
        };
        let shortest = put(json!({ self.field: [""] }));
        let mut neighbours = shorter(&shortest);
        neighbours.extend([json!({ self.field: [] }), json!({})].map(|body| history(&put(body))));
        vec![Planted {
            name: "appended",
            check: "not_idempotent",
            operation: REPLACE.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}
