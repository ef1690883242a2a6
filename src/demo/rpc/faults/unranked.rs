//! A number of an enumeration that has no name: every reader has to take it.

use std::sync::Arc;

use serde_json::json;

use super::super::super::dice::Dice;
use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::{Handler, at_once, unary};
use super::{Fault, crash, named, refused};

const METHOD: &str = "Tickets/RankTicket";

/// The places of tickets by their priority.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unranked {
    healthy: bool,
    names: [&'static str; 3],
}

impl Unranked {
    pub(super) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, names: dice.shuffled("unranked names", ["LOW", "HIGH", "URGENT"]) }
    }
}

impl Fault for Unranked {
    fn proto(&self) -> String {
        let [a, b, c] = self.names;
        format!(
            "enum Priority {{ PRIORITY_UNSPECIFIED = 0; PRIORITY_{a} = 1; PRIORITY_{b} = 2; PRIORITY_{c} = 3; }}
             message RankTicketRequest {{ Priority priority = 1; }}
             message Rank {{ int32 place = 1; }}
             service Tickets {{ rpc RankTicket(RankTicketRequest) returns (Rank); }}
            "
        )
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let own = *self;
        let rank = unary(move |asked| {
            at_once(match asked.message["priority"].as_i64() {
                Some(_) if own.healthy => Err(refused("there is no such priority")),
                Some(_) => Err(crash("index out of bounds: the table of priorities ends before")),
                None => {
                    let name = asked.message["priority"].as_str().unwrap_or_default();
                    let name = name.strip_prefix("PRIORITY_").unwrap_or_default();
                    let place = own.names.iter().position(|own| *own == name);
                    Ok(json!({ "place": place.map_or(0, |place| place + 1) }))
                }
            })
        });
        vec![(METHOD, rank)]
    }

    fn planted(&self) -> Planted {
        let with = |priority: serde_json::Value| {
            case(&named(METHOD), &json!({ "proto": { "priority": priority } }))
        };
        Planted {
            name: "unranked",
            check: "grpc_status",
            operation: named(METHOD),
            case: with(json!(-1)),
            neighbours: vec![with(json!("PRIORITY_UNSPECIFIED")), with(json!(0)), with(json!(1))],
        }
    }
}
