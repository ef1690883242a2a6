//! Numbers of a repeated field come packed or one by one: every reader has to take both.

use std::sync::Arc;

use serde_json::json;

use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::{Handler, at_once, unary};
use super::{Fault, crash, named};

const METHOD: &str = "Readings/RecordReadings";

/// The tag of the field where it comes one by one: number 1, a varint.
const ONE_BY_ONE: u8 = 8;

/// Readings of a meter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unpacked {
    healthy: bool,
}

impl Unpacked {
    pub(super) fn new(healthy: bool) -> Self {
        Self { healthy }
    }
}

impl Fault for Unpacked {
    fn proto(&self) -> String {
        "message RecordReadingsRequest { repeated int32 values = 1 [(buf.validate.field).repeated.min_items = 1]; }
         message Recorded { uint32 count = 1; }
         service Readings { rpc RecordReadings(RecordReadingsRequest) returns (Recorded); }
        "
        .to_owned()
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let healthy = self.healthy;
        let record = unary(move |asked| {
            let count = asked.message["values"].as_array().map_or(0, Vec::len);
            let one_by_one = asked.octets.first() == Some(&ONE_BY_ONE);
            at_once(match count {
                0 => Err(super::refused("nothing was read")),
                _ if one_by_one && !healthy => Err(crash("unexpected wire type 0")),
                count => Ok(json!({ "count": count })),
            })
        });
        vec![(METHOD, record)]
    }

    fn planted(&self) -> Planted {
        let message = json!({ "proto": { "values": [0] } });
        let mut shown = case(&named(METHOD), &message);
        let step = &mut shown["steps"][0];
        step["deviations"] = json!([{ "rule": "unpacked", "at": "wire/1" }]);
        Planted {
            name: "unpacked",
            check: "grpc_status",
            operation: named(METHOD),
            case: shown,
            neighbours: vec![case(&named(METHOD), &message)],
        }
    }
}
