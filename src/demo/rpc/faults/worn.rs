//! A thing that two calls leave broken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::super::super::faults::{Planted, history, shorter};
use super::super::super::service::Service;
use super::super::desk::{Ended, Handler, at_once, unary};
use super::{Fault, call, crash, missing, named, upon};

/// Doors, each with how often its lock was turned.
#[derive(Clone, Debug)]
pub(super) struct Worn {
    healthy: bool,
    doors: Arc<Mutex<HashMap<String, u32>>>,
}

impl Worn {
    pub(super) fn new(healthy: bool) -> Self {
        Self { healthy, doors: Arc::default() }
    }

    fn doors(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self, id: &str, turns: u32) -> Result<Value, Ended> {
        match turns {
            2.. if !self.healthy => Err(crash("the lock is neither open nor closed")),
            turns => Ok(json!({ "id": id, "locked": turns > 0 })),
        }
    }

    fn create(&self) -> Result<Value, Ended> {
        let mut doors = self.doors();
        let id = format!("door-{:06x}", (doors.len() as u64 + 1) * 0x3_7a61 % 0xff_ffff);
        doors.insert(id.clone(), 0);
        self.shown(&id, 0)
    }

    fn of(&self, message: &Value, turn: bool) -> Result<Value, Ended> {
        let id = message["id"].as_str().unwrap_or_default();
        let mut doors = self.doors();
        let turns = doors.get_mut(id).ok_or_else(missing)?;
        if turn {
            *turns = turns.saturating_add(1);
            return Ok(json!({ "id": id, "locked": true }));
        }
        self.shown(id, *turns)
    }
}

const CREATE: &str = "Doors/CreateDoor";
const GET: &str = "Doors/GetDoor";
const LOCK: &str = "Doors/LockDoor";

impl Fault for Worn {
    fn proto(&self) -> String {
        "message CreateDoorRequest {}
         message GetDoorRequest { string id = 1; }
         message LockDoorRequest { string id = 1; }
         message Door { string id = 1; bool locked = 2; }
         service Doors {
           rpc CreateDoor(CreateDoorRequest) returns (Door);
           rpc GetDoor(GetDoorRequest) returns (Door);
           rpc LockDoor(LockDoorRequest) returns (Door);
         }
        "
        .to_owned()
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let (create, get, lock) = (self.clone(), self.clone(), self.clone());
        vec![
            (CREATE, unary(move |_| at_once(create.create()))),
            (GET, unary(move |asked| at_once(get.of(&asked.message, false)))),
            (LOCK, unary(move |asked| at_once(lock.of(&asked.message, true)))),
        ]
    }

    fn planted(&self) -> Planted {
        let calls = [
            call(CREATE, &json!({})),
            upon(LOCK, &json!({})),
            upon(LOCK, &json!({})),
            upon(GET, &json!({})),
        ];
        let neighbours = shorter(&calls[..4]);
        Planted {
            name: "worn",
            check: "grpc_status",
            operation: named(GET),
            case: history(&calls),
            neighbours,
        }
    }
}
