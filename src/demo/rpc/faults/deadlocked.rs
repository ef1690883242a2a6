//! Both sides wait for each other.

use std::sync::Arc;

use futures_util::StreamExt as _;
use serde_json::json;

use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::Handler;
use super::{Fault, named};

const METHOD: &str = "Chats/Chat";

/// A chat that says every line once more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlocked {
    healthy: bool,
}

impl Deadlocked {
    pub(super) fn new(healthy: bool) -> Self {
        Self { healthy }
    }
}

impl Fault for Deadlocked {
    fn proto(&self) -> String {
        "message Line { string text = 1; }
         service Chats { rpc Chat(stream Line) returns (stream Line); }
        "
        .to_owned()
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let healthy = self.healthy;
        let chat = move |lines: super::super::desk::Messages| {
            lines
                .then(move |line| async move {
                    let is_empty = line.as_ref().is_ok_and(|line| line.get("text").is_none());
                    if is_empty && !healthy {
                        // It waits for the rest of the line.
                        std::future::pending::<()>().await;
                    }
                    line
                })
                .boxed()
        };
        vec![(METHOD, Handler::Stream(Box::new(chat)))]
    }

    fn planted(&self) -> Planted {
        let with = |message| case(&named(METHOD), &json!({ "proto": message }));
        Planted {
            name: "deadlocked",
            check: "stream_deadlock",
            operation: named(METHOD),
            case: with(json!({})),
            neighbours: vec![with(json!({ "text": "0" }))],
        }
    }
}
