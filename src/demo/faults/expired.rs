//! A session whose key is gone after a while, and is not renewed.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, call, history, joined, upon};

use std::time::Duration;

const CREATE: &str = "POST /sessions";
const READ: &str = "GET /sessions/{id}";

/// A session, and how long its key lives.
#[derive(Debug)]
pub(crate) struct Expired {
    healthy: bool,
    /// In milliseconds; well away from the steps of the grid on either side.
    lives: i64,
}

/// The steps of the grid 1·2·5 around where keys may end, in milliseconds.
const GRID: [i64; 3] = [200, 500, 1_000];

impl Expired {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, lives: dice.pick("expired lives", &[320, 350, 380, 680, 720, 760]) }
    }

    /// Lets a session be read that is so old.
    pub(crate) fn read(&self, age: Duration) -> Result<(), Reply> {
        let is_over = age >= Duration::from_millis(self.lives.unsigned_abs());
        // Whoever is right makes a new key.
        if is_over && !self.healthy { Err(crash("session key not found")) } else { Ok(()) }
    }
}

impl Fault for Expired {
    fn words(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn planted(&self) -> Vec<Planted> {
        let create = call(CREATE, &json!({}));
        let read = upon(READ, &json!({}));
        let after = |millis: i64| joined(read.clone(), &wait(millis));
        let least = GRID.into_iter().find(|step| *step >= self.lives).unwrap_or_default();
        let below = GRID.into_iter().rev().find(|step| *step < self.lives).unwrap_or_default();
        vec![Planted {
            name: "expired",
            check: "not_a_server_error",
            operation: READ.into(),
            case: history(&[create.clone(), after(least)]),
            neighbours: vec![
                history(&[create.clone(), read.clone()]),
                history(&[create, after(below)]),
            ],
        }]
    }
}

/// As case files write it.
fn wait(millis: i64) -> Value {
    let text =
        if millis % 1_000 == 0 { format!("{}s", millis / 1_000) } else { format!("{millis}ms") };
    json!({ "wait": text })
}
