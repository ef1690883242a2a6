//! What a client may be told.

use std::path::PathBuf;
use std::time::Duration;

use super::{Policy, Proxies};
use crate::wire::http1;

/// The settings of a client.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The longest time until a connection stands, name look-up, proxy and TLS included.
    pub connect_timeout: Duration,
    /// The longest time of an exchange from the moment its connection stands.
    pub timeout: Duration,
    /// How much of an answer is read.
    pub limits: Limits,
    /// Whom TLS trusts, and who we are to it.
    pub tls: Tls,
    /// The HTTP version.
    pub http: Version,
    /// Proxies.
    pub proxies: Proxies,
    /// Connections open at once, named ones included.
    pub max_connections: usize,
    /// Streams at once on one HTTP/2 connection. It is only shared when `max_connections` are open,
    /// since a connection that one call ends would take the others with it.
    pub max_streams: usize,
    /// Requests per second; `None` without a limit.
    pub rate: Option<f64>,
    /// When to go easy on the service; `None` never.
    pub breaker: Option<Policy>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(10),
            limits: Limits::default(),
            tls: Tls::default(),
            http: Version::default(),
            proxies: Proxies::default(),
            max_connections: 64,
            max_streams: 100,
            rate: None,
            breaker: None,
        }
    }
}

/// Requests per second, and connections at once, to a service that others use, too.
const ELSEWHERE: (f64, usize) = (20.0, 4);

impl Settings {
    /// The usual settings for a service on this machine (`here`), or for one that others use, too: that
    /// is spared.
    pub fn usual(here: bool) -> Self {
        if here {
            return Self::default();
        }
        let (rate, max_connections) = ELSEWHERE;
        let breaker = Some(Policy::default());
        Self { rate: Some(rate), max_connections, breaker, ..Self::default() }
    }
}

/// How much of an answer is read: the service is untrusted input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of the answer as it comes.
    pub answer: http1::Limits,
    /// Octets of a body once its content coding is removed.
    pub decoded: usize,
    /// How many times longer a body over 1 MiB may be than what came for it.
    pub ratio: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer: http1::Limits { body: 8 << 20, ..http1::Limits::default() },
            decoded: 32 << 20,
            ratio: 200,
        }
    }
}

/// Whom TLS trusts, and who we are to it.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// A PEM file of authorities to trust in the place of the system's.
    pub ca_file: Option<PathBuf>,
    /// PEM files of a certificate chain and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Trust anyone.
    pub insecure: bool,
}

/// The HTTP version that is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// What TLS agrees on by ALPN (RFC 7301); HTTP/1.1 without TLS.
    #[default]
    Auto,
    /// HTTP/1.1.
    Http1,
    /// HTTP/2; without TLS by prior knowledge (RFC 9113, section 3.3).
    Http2,
}
