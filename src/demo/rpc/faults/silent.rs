//! A handler that panics: the stream ends, and no one says why.

use std::sync::Arc;

use serde_json::json;

use super::super::super::dice::Dice;
use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::{Ended, Handler, at_once, unary};
use super::{Fault, named, refused};

const METHOD: &str = "Copies/PrintCopies";

/// Copies of something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silent {
    healthy: bool,
    /// The first number that there is no paper for.
    threshold: i64,
}

impl Silent {
    pub(super) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, threshold: dice.within("silent threshold", 100, 50_000) }
    }
}

impl Fault for Silent {
    fn proto(&self) -> String {
        "message PrintCopiesRequest { uint32 copies = 1; }
         message Printed { uint32 copies = 1; }
         service Copies { rpc PrintCopies(PrintCopiesRequest) returns (Printed); }
        "
        .to_owned()
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let own = *self;
        let print = unary(move |asked| {
            let copies = asked.message["copies"].as_i64().unwrap_or_default();
            at_once(match copies {
                copies if copies < own.threshold => Ok(json!({ "copies": copies })),
                _ if own.healthy => Err(refused("there is not so much paper")),
                _ => Err(Ended::Gone),
            })
        });
        vec![(METHOD, print)]
    }

    fn planted(&self) -> Planted {
        let with = |copies: i64| case(&named(METHOD), &json!({ "proto": { "copies": copies } }));
        Planted {
            name: "silent",
            check: "connection_dropped",
            operation: named(METHOD),
            case: with(self.threshold),
            neighbours: vec![with(self.threshold - 1)],
        }
    }
}
