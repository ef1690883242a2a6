//! Over which connection a request goes, and what comes back.

use bytes::Bytes;

use super::http1::Http1;
use super::http2::Http2;
use crate::case::{Connection, HttpVersion, Outcome, Times};

/// The connection that a request goes over.
#[derive(Clone, Copy, Debug, Default)]
pub enum Over<'n> {
    /// An idle one, else a new one.
    #[default]
    Pooled,
    /// One opened for this request.
    Fresh,
    /// The one that these calls share; opened by the first, and again by the next where it ended.
    Named(&'n Named),
}

/// A connection that some calls share and no others use.
#[derive(Debug, Default)]
pub struct Named {
    pub(super) shape: Connection,
    /// The lock is held while an HTTP/1.1 exchange lasts: they go one after the other.
    pub(super) line: tokio::sync::Mutex<Option<Line>>,
}

impl Named {
    /// A connection of this shape, not opened yet.
    pub fn new(shape: Connection) -> Self {
        Self { shape, line: tokio::sync::Mutex::new(None) }
    }

    /// The HTTP version it is to speak, 1 or 2, where that is said.
    pub fn http(&self) -> Option<u8> {
        self.shape.http
    }
}

/// An open connection.
#[derive(Debug)]
pub(super) enum Line {
    Http1(Http1),
    Http2(Http2),
}

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The answer, or what came instead.
    pub outcome: Outcome,
    /// When things happened.
    pub times: Times,
    /// The HTTP version spoken.
    pub http: HttpVersion,
    /// Whether the connection was opened for this request.
    pub fresh_connection: bool,
    /// Whether it was sent a second time, since the pooled connection it was sent over had been
    /// given up: no octet of an answer came, or 408 and its end. The rest of this reply is that of the
    /// second time.
    pub retried: bool,
    /// Octets of the request that the connection took; on HTTP/2 without framing and uncompressed.
    pub written: u64,
    /// Octets that came after the end of the answer, capped.
    pub surplus: Bytes,
    /// Requests that were sent besides, as the request asks.
    pub besides: u32,
}

impl Reply {
    /// The reply to a request that its sender gave up.
    pub fn abandoned() -> Self {
        Self {
            outcome: Outcome::Abandoned,
            times: Times::default(),
            http: HttpVersion::Http1,
            fresh_connection: true,
            retried: false,
            written: 0,
            surplus: Bytes::new(),
            besides: 0,
        }
    }
}
