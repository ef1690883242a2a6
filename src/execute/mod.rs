//! Executing a case: references, fresh values, waits, identities, follow-ups.
//!
//! Responsible for turning a case into a history, the same in discovery, shrinking and replay. Does
//! not know why a case exists.

mod bindings;
mod buffering;
mod credentials;
pub mod hook;
mod in_band;
mod judge;
mod look;
mod lookup;
mod made;
mod permission;
mod ready;
mod rpc;
mod run;
mod stop;
mod things;

pub use bindings::{Unresolved, today};
pub use buffering::FORWARDED;
pub use credentials::Identities;
pub use hook::{HookError, Hooks};
pub use judge::Judged;
pub use made::{Made, Makings};
pub use permission::{Created, Permission};
pub use rpc::{NO_GRPC, written};
pub use stop::{Clock, Stop};

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::case::{Case, History};
use crate::spec::Service;
use crate::transport::Client;
use crate::value::{Pointer, Value};
use crate::wire;

/// Executes cases against one service.
#[derive(Debug)]
pub struct Executor {
    /// The service's promises.
    pub service: Arc<Service>,
    /// Connections to it.
    pub client: Client,
    /// Connections to where its methods of gRPC are, where that is not the same.
    pub rpc: Option<Client>,
    /// Where the message of an answer of gRPC that is OK may hold an error.
    pub error_at: Option<Pointer>,
    /// The path its operations stand under.
    pub base: String,
    /// Who requests can be sent as.
    pub identities: Identities,
    /// What may be sent.
    pub permission: Permission,
    /// Output of the set-up, once it has run.
    pub variables: OnceLock<Value>,
    /// The mark of a gateway that may hold requests back, where the first answer of 2xx bears one.
    gateway: OnceLock<Option<String>>,
    /// What prepares the service, sets it back, brings it back.
    pub hooks: Hooks,
    /// Ends what is under way.
    pub stop: Stop,
    /// How long an exchange of an operation may take, where that is set.
    pub timeouts: Vec<(String, Duration)>,
    /// What `$secret` stands for, by name: the secrets of the identities, and others.
    pub secrets: Vec<(String, String)>,
    /// Whether each request carries a `traceparent` (W3C Trace Context, section 3.2).
    pub traces: bool,
    /// Distinguishes this run from others; fresh values come from it.
    nonce: u64,
    counters: Counters,
    created: std::sync::Mutex<Vec<Created>>,
    made: made::Register,
    /// Taken by whoever keeps a service waiting that others use, too.
    silence: tokio::sync::Mutex<()>,
}

/// What is counted at every call. Whoever writes it must not take from others' caches what all read:
/// it fills lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counters {
    executions: AtomicU64,
    requests: AtomicU64,
    traced: AtomicU64,
    restarts: AtomicU32,
    /// Whether the service was gone and did not come back by itself.
    is_lost: AtomicBool,
}

/// Which connections an execution goes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connections {
    /// Idle ones, as an exploring run uses them.
    #[default]
    Pooled,
    /// New ones, as whoever confirms or replays uses them.
    Fresh,
}

impl Executor {
    /// An executor for a service behind a client.
    pub fn new(
        service: Arc<Service>,
        client: Client,
        base: String,
        identities: Identities,
        permission: Permission,
    ) -> Self {
        let secrets = identities.all.iter().flat_map(crate::config::Identity::secrets).collect();
        let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nonce =
            time.map_or(0, |time| time.as_nanos() as u64) ^ u64::from(std::process::id()) << 40;
        Self {
            service,
            client,
            rpc: None,
            error_at: None,
            base,
            identities,
            permission,
            variables: OnceLock::new(),
            gateway: OnceLock::new(),
            hooks: Hooks::default(),
            stop: Stop::default(),
            timeouts: Vec::new(),
            secrets,
            traces: false,
            nonce,
            counters: Counters::default(),
            created: std::sync::Mutex::default(),
            made: made::Register::default(),
            silence: tokio::sync::Mutex::default(),
        }
    }

    /// The base address, as a person would type it.
    pub fn url(&self) -> String {
        let target = self.client.target();
        format!("{}{}", target.origin(), self.base)
    }

    /// The connections that calls of an operation go over.
    pub fn client_of(&self, operation: &str) -> &Client {
        self.rpc.as_ref().filter(|_| wire::grpc::is_method(operation)).unwrap_or(&self.client)
    }

    /// The path an operation stands under; none of a method of gRPC.
    fn base_of(&self, operation: &str) -> &str {
        if wire::grpc::is_method(operation) { "" } else { &self.base }
    }

    /// Requests sent so far.
    pub fn requests(&self) -> u64 {
        self.counters.requests.load(Ordering::Relaxed)
    }

    /// What was created since the last time this was asked.
    pub fn take_created(&self) -> Vec<Created> {
        std::mem::take(&mut *self.created.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// What was made since the last time this was asked, and can be taken away again.
    pub fn take_made(&self) -> Makings {
        self.made.take()
    }

    /// How much was made that can be taken away.
    pub fn made_things(&self) -> usize {
        self.made.count()
    }

    /// What was made and can be taken away, the latest first; the rest is still known.
    pub fn take_made_things(&self) -> Vec<Made> {
        self.made.take_things()
    }

    /// Takes back what was not taken away, as what was made first.
    pub fn give_back_made(&self, things: Vec<Made>) {
        self.made.give_back(things);
    }

    /// The id of the call of a case that names a thing which another case made, in this run: alone, on a
    /// fresh service, it would not be there.
    pub fn borrowed<'c>(&self, case: &'c Case) -> Option<&'c str> {
        self.made.borrowed(&self.service, case, |_| true)
    }

    /// The same for a case that was executed: what a call of it names, and was refused to make, is no
    /// thing of its own either.
    pub fn borrowed_in<'h>(&self, history: &'h History) -> Option<&'h str> {
        let makes = |id: &str| {
            let status = history.status(id);
            status.is_some_and(|status| (200..300).contains(&status))
        };
        self.made.borrowed(&self.service, &history.case, makes)
    }

    /// How long an exchange of an operation may take.
    pub fn timeout(&self, operation: &str) -> Duration {
        let set = self.timeouts.iter().rev().find(|(name, _)| name == operation);
        set.map_or(self.client.timeout(), |(_, timeout)| *timeout)
    }

    /// Waits, unless the end is asked for.
    pub async fn sleep(&self, time: Duration) {
        tokio::select! {
            () = self.stop.asked() => {}
            () = tokio::time::sleep(time) => {}
        }
    }
}
