//! The planted faults of the desk: one file each, with its part of the messages, the broken way and the mended way
//! side by side.

mod armless;
mod deadlocked;
mod late;
mod lenient;
mod raced;
mod silent;
mod twofaced;
mod unpacked;
mod unranked;
mod unset;
mod worn;

use std::sync::Arc;

use serde_json::{Value, json};
use tonic::Status;

use super::super::faults::Planted;
use super::super::service::Service;
use super::super::{Shop, dice::Dice};
use super::desk::{Ended, Handler};

/// A fault of one method, thrown from a seed.
pub(super) trait Fault: Send + Sync {
    /// The service and its messages, as they stand in the file.
    fn proto(&self) -> String;

    /// What its methods do: `Tickets/RankTicket`.
    fn methods(&self, service: &Arc<Service>) -> Vec<(&'static str, Handler)>;

    /// Its row in the table.
    fn planted(&self) -> Planted;
}

/// All faults of a shop's desk.
pub(super) fn all(shop: &Shop) -> Vec<Box<dyn Fault>> {
    let (dice, healthy) = (Dice::new(shop.seed), shop.healthy);
    vec![
        Box::new(unranked::Unranked::new(dice, healthy)),
        Box::new(unset::Unset::new(healthy)),
        Box::new(armless::Armless::new(dice, healthy)),
        Box::new(silent::Silent::new(dice, healthy)),
        Box::new(unpacked::Unpacked::new(healthy)),
        Box::new(lenient::Lenient::new(dice, healthy)),
        Box::new(worn::Worn::new(healthy)),
        Box::new(deadlocked::Deadlocked::new(healthy)),
        Box::new(twofaced::Twofaced::new(dice, healthy)),
        Box::new(late::Late::new(healthy)),
        Box::new(raced::Raced::new(dice, healthy)),
    ]
}

/// The rows of the table.
pub(in super::super) fn planted(shop: &Shop) -> Vec<Planted> {
    all(shop).iter().map(|fault| fault.planted()).collect()
}

/// The full name of a method.
fn named(method: &str) -> String {
    format!("desk.v1.{method}")
}

/// A call of a method with a message.
fn call(method: &str, message: &Value) -> Value {
    json!({ "call": named(method), "proto": message })
}

/// The same upon what the first step made.
fn upon(method: &str, message: &Value) -> Value {
    let mut message = message.clone();
    message["id"] = json!({ "$from": "s1/body/id" });
    call(method, &message)
}

fn refused(why: &str) -> Ended {
    Status::invalid_argument(why).into()
}

fn missing() -> Ended {
    Status::not_found("there is no such thing").into()
}

fn crash(why: &str) -> Ended {
    Status::internal(why).into()
}
