//! A message within another that is not there: every reader has to expect that.

use std::sync::Arc;

use serde_json::json;

use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::{Handler, at_once, unary};
use super::{Fault, crash, named, refused};

const METHOD: &str = "Parcels/SendParcel";

/// Parcels, sent to an address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unset {
    healthy: bool,
}

impl Unset {
    pub(super) fn new(healthy: bool) -> Self {
        Self { healthy }
    }
}

impl Fault for Unset {
    fn proto(&self) -> String {
        "message Address { string street = 1; string town = 2; }
         message SendParcelRequest { Address to = 1; uint32 grams = 2; }
         message Sent { string label = 1; }
         service Parcels { rpc SendParcel(SendParcelRequest) returns (Sent); }
        "
        .to_owned()
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let healthy = self.healthy;
        let send = unary(move |asked| {
            at_once(match asked.message["to"].as_object() {
                Some(to) => Ok(json!({ "label": to.get("town").cloned().unwrap_or(json!("")) })),
                None if healthy => Err(refused("where to?")),
                None => Err(crash("called `Option::unwrap()` on a `None` value")),
            })
        });
        vec![(METHOD, send)]
    }

    fn planted(&self) -> Planted {
        let with = |message| case(&named(METHOD), &json!({ "proto": message }));
        Planted {
            name: "unset",
            check: "grpc_status",
            operation: named(METHOD),
            case: with(json!({})),
            neighbours: vec![with(json!({ "to": {} }))],
        }
    }
}
