//! The shop from outside: over the wire, by its document.

mod bent;
mod boundaries;
mod client;
mod conformance;
mod history;
mod oddities;
mod planted;
mod races;
mod things;

use super::{Running, Shop, start};

fn shop(seed: u64, healthy: bool) -> Running {
    start(Shop { seed, healthy }).unwrap()
}
