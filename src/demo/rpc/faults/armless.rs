//! One way of several that no one has written code for.

use std::sync::Arc;

use serde_json::json;
use tonic::Status;

use super::super::super::dice::Dice;
use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::{Handler, at_once, unary};
use super::{Fault, named, refused};

const METHOD: &str = "Payments/Pay";

const WAYS: [&str; 3] = ["card", "cash", "voucher"];

/// Payments in one of three ways.
#[derive(Clone, Copy, Debug)]
pub(super) struct Armless {
    healthy: bool,
    /// The way without code.
    way: &'static str,
}

impl Armless {
    pub(super) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, way: dice.pick("armless way", &WAYS) }
    }
}

impl Fault for Armless {
    fn proto(&self) -> String {
        "message PayRequest { oneof by { string card = 1; bool cash = 2; int64 voucher = 3; } }
         message Paid { string by = 1; }
         service Payments { rpc Pay(PayRequest) returns (Paid); }
        "
        .to_owned()
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let own = *self;
        let pay = unary(move |asked| {
            let way = WAYS.into_iter().find(|way| asked.message.get(way).is_some());
            at_once(match way {
                None => Err(refused("how?")),
                Some(way) if way == own.way && !own.healthy => {
                    Err(Status::unknown(format!("no case for {way}")).into())
                }
                Some(way) => Ok(json!({ "by": way })),
            })
        });
        vec![(METHOD, pay)]
    }

    fn planted(&self) -> Planted {
        let simplest = |way: &str| match way {
            "cash" => json!(false),
            "voucher" => json!(0),
            _ => json!(""),
        };
        let with = |way: &str| case(&named(METHOD), &json!({ "proto": { (way): simplest(way) } }));
        let others = WAYS.into_iter().filter(|way| *way != self.way);
        Planted {
            name: "armless",
            check: "grpc_status",
            operation: named(METHOD),
            case: with(self.way),
            neighbours: others.map(with).collect(),
        }
    }
}
