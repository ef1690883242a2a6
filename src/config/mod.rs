//! What a person has set: services, identities, per-operation settings, limits.
//!
//! Responsible for the resolved settings that the engine sees, and for reading `phi-fuzz.toml`.
//! Knows nothing of the command line: whoever reads it fills these structures in.

mod defaults;
pub mod file;
mod filter;
mod identity;
pub mod quantity;
mod search;

pub use defaults::Defaults;
pub use filter::Filter;
pub use identity::{Credential, Identity};
pub use search::{FILE_NAME, find};

use std::path::PathBuf;
use std::time::Duration;

use crate::value::{Pointer, Value};

/// Settings of one service.
#[derive(Clone, Debug, Default)]
pub struct ServiceConfig {
    /// The name findings are filed under; a slug of the document's title where absent.
    pub name: Option<String>,
    /// Its documents: files, addresses, `-`.
    pub specs: Vec<String>,
    /// Its address: an origin or a base.
    pub url: Option<String>,
    /// The address of its methods of gRPC: `grpc://host:port`.
    pub rpc: Option<String>,
    /// Where the message of an answer of gRPC that is OK may hold an error: `/status/code`.
    pub error_at: Option<Pointer>,
    /// What serves gRPC: `tonic`, `grpc-go`, `grpc-java`, `grpc-js`, `grpc-dotnet`, `grpc-core`; else it is
    /// found out.
    pub stack: Option<String>,
    /// The control call: `GET /health`; else the cheapest safe operation that answered 2xx.
    pub health: Option<String>,
    /// A call whose answer names the build: a change during a finding makes it inconclusive.
    pub version: Option<String>,
    /// A command that prepares it and prints JSON, used as `{"$var": …}`.
    pub setup: Option<String>,
    /// A command that always runs at the end.
    pub teardown: Option<String>,
    /// A call or command before each probe.
    pub reset: Option<String>,
    /// A command that brings it back when it has died.
    pub restart: Option<String>,
    /// How long its reads may lag behind its writes.
    pub settle: Duration,
}

/// Settings of the operations that a filter matches.
#[derive(Clone, Debug)]
pub struct Override {
    /// Which operations.
    pub matching: Filter,
    /// How long an exchange may take.
    pub timeout: Option<Duration>,
    /// Checks that do not judge them.
    pub exclude_checks: Vec<String>,
    /// Fixed values by place: `json/tenant`.
    pub values: Vec<(String, Value)>,
    /// Never call them.
    pub skip: bool,
}

/// A dependency between operations that the document does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The operation that gives, and where in its answer: `POST /users /id`.
    pub from: String,
    /// The operation that takes, and where in its input: `GET /profiles/{profile_id}`.
    pub to: String,
    /// Whether this edge, which was inferred, is wrong.
    pub off: bool,
}

/// How TLS is spoken.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// A file of certificates to trust beside the system's.
    pub ca: Option<PathBuf>,
    /// A client certificate and its key, PEM files.
    pub client: Option<(PathBuf, PathBuf)>,
    /// Trust anything.
    pub insecure: bool,
}

/// What may be done to a service that is not ours alone.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// Write to what the run did not create.
    pub foreign_writes: bool,
    /// Send what may disturb others.
    pub disruptive: bool,
    /// Send what may take the service away from everybody, each by its name. Off loopback only whoever
    /// has said that the host is theirs alone may name any.
    pub dangerous: Vec<String>,
    /// Treat loopback as if it were a remote host.
    pub loopback_is_remote: bool,
}

/// Everything that `phi-fuzz.toml` can say.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file it came from.
    pub path: Option<PathBuf>,
    /// What it says in the place of flags.
    pub defaults: Defaults,
    /// The services.
    pub services: Vec<ServiceConfig>,
    /// The identities, the default one first.
    pub identities: Vec<Identity>,
    /// Settings per operation, later ones win.
    pub operations: Vec<Override>,
    /// Dependencies.
    pub edges: Vec<Edge>,
    /// What variables of the environment gave where secrets may stand, each with the name that a case
    /// file calls it by: `env.TOKEN`.
    pub secrets: Vec<(String, String)>,
}
