//! Work that goes on when nobody waits for it any more.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::{Answer, Asked, Handler, heedless, unary};
use super::{Fault, named};

/// How long a report takes.
const TAKES: Duration = Duration::from_millis(250);

const METHOD: &str = "Reports/MakeReport";

/// Reports that take their time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Late {
    healthy: bool,
}

impl Late {
    pub(super) fn new(healthy: bool) -> Self {
        Self { healthy }
    }
}

fn make(asked: Asked) -> Answer {
    Box::pin(async move {
        tokio::time::sleep(TAKES).await;
        let title = asked.message["title"].as_str().unwrap_or_default();
        Ok(json!({ "title": title }))
    })
}

impl Fault for Late {
    fn proto(&self) -> String {
        "message MakeReportRequest { string title = 1; }
         message Report { string title = 1; }
         service Reports { rpc MakeReport(MakeReportRequest) returns (Report); }
        "
        .to_owned()
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let make = if self.healthy { unary(make) } else { heedless(make) };
        vec![(METHOD, make)]
    }

    fn planted(&self) -> Planted {
        let with = |deviations: serde_json::Value| {
            let mut case = case(&named(METHOD), &json!({ "proto": {} }));
            case["steps"][0]["deviations"] = deviations;
            case
        };
        let short = json!([{ "rule": "short_rpc_timeout", "value": "1m" }]);
        Planted {
            name: "late",
            check: "deadline_ignored",
            operation: named(METHOD),
            case: with(short),
            neighbours: vec![case(&named(METHOD), &json!({ "proto": {} }))],
        }
    }
}
