//! What one face of the service takes, and the other does not.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::super::caller::Caller;
use super::super::super::dice::Dice;
use super::super::super::faults::{Planted, case};
use super::super::super::service::Service;
use super::super::desk::{Ended, Handler, at_once, unary};
use super::{Fault, missing, refused};

const CREATE: &str = "Badges/CreateBadge";
const GET: &str = "Badges/GetBadge";

/// The other face.
const REST: &str = "POST /badges";

/// The most characters of a text, as both faces say.
const MOST: usize = 40;

/// Badges, made here and over REST.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twofaced {
    healthy: bool,
    /// The most characters that the desk has room for.
    room: usize,
}

impl Twofaced {
    pub(super) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, room: dice.within("twofaced room", 8, 32) as usize }
    }

    fn create(self, service: &Service, message: &Value) -> Result<Value, Ended> {
        let text = message["text"].as_str().unwrap_or_default();
        let most = if self.healthy { MOST } else { self.room };
        if text.chars().count() > most {
            return Err(refused("the text is too long"));
        }
        let members = json!({ "text": text });
        Ok(service.drawers().badges.add(Caller::Nobody, members, ()).shown.clone())
    }
}

fn get(service: &Service, message: &Value) -> Result<Value, Ended> {
    let id = message["id"].as_str().unwrap_or_default();
    let mut drawers = service.drawers();
    drawers.badges.get(id).map(|badge| badge.shown.clone()).map_err(|_| missing())
}

impl Fault for Twofaced {
    fn proto(&self) -> String {
        format!(
            "message CreateBadgeRequest {{ string text = 1 [(buf.validate.field).string.max_len = {MOST}]; }}
             message GetBadgeRequest {{ string id = 1; }}
             message Badge {{ string id = 1; string text = 2; }}
             service Badges {{
               rpc CreateBadge(CreateBadgeRequest) returns (Badge);
               rpc GetBadge(GetBadgeRequest) returns (Badge);
             }}
            "
        )
    }

    fn methods(&self, service: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let (own, here, there) = (*self, Arc::clone(service), Arc::clone(service));
        vec![
            (CREATE, unary(move |asked| at_once(own.create(&here, &asked.message)))),
            (GET, unary(move |asked| at_once(get(&there, &asked.message)))),
        ]
    }

    fn planted(&self) -> Planted {
        let with = |length: usize| case(REST, &json!({ "json": { "text": "0".repeat(length) } }));
        Planted {
            name: "twofaced",
            check: "cross_interface",
            operation: REST.to_owned(),
            case: with(self.room + 1),
            neighbours: vec![with(self.room)],
        }
    }
}
