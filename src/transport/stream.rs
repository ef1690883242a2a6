//! The one type that every octet of a connection passes.
//!
//! Plain TCP, or TLS over another such stream: what is to act on octets acts here, above TLS or
//! below it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::cork::Cork;

/// Octets of evidence that a [`Tap`] keeps.
const KEPT: usize = 4 << 10;

/// A connection to a service or a proxy.
#[derive(Debug)]
pub struct Stream {
    io: Io,
    tap: Option<Arc<Tap>>,
    cork: Option<Arc<Cork>>,
    /// A write has failed and further ones are swallowed.
    deaf: bool,
}

#[derive(Debug)]
enum Io {
    Plain(TcpStream),
    Tls(Box<TlsStream<Stream>>),
}

impl Stream {
    /// A stream over TCP.
    pub fn plain(tcp: TcpStream) -> Self {
        Self { io: Io::Plain(tcp), tap: None, cork: None, deaf: false }
    }

    /// A stream over TLS.
    pub fn tls(tls: TlsStream<Stream>) -> Self {
        Self { io: Io::Tls(Box::new(tls)), tap: None, cork: None, deaf: false }
    }

    /// Ends the connection with RST, whatever is still on its way, once it is dropped.
    pub fn reset(&self) {
        match &self.io {
            // Where the socket is gone there is nothing to reset.
            Io::Plain(tcp) => drop(tcp.set_zero_linger()),
            Io::Tls(tls) => tls.get_ref().0.reset(),
        }
    }

    /// The protocol that TLS agreed on (RFC 7301), where it did.
    pub fn alpn(&self) -> Option<&[u8]> {
        match &self.io {
            Io::Plain(_) => None,
            Io::Tls(tls) => tls.get_ref().1.alpn_protocol(),
        }
    }

    /// From now on keeps evidence of what is read, and swallows writes once one has failed: an
    /// engine that gives up at a failed write would lose an answer that is there already.
    pub fn tapped(mut self) -> (Self, Arc<Tap>) {
        let tap = Arc::new(Tap::default());
        self.tap = Some(tap.clone());
        (self, tap)
    }

    /// From now on writes wait while the cork is closed.
    pub(super) fn corked(mut self) -> (Self, Arc<Cork>) {
        let cork = Arc::new(Cork::default());
        self.cork = Some(cork.clone());
        (self, cork)
    }

    fn poll_open(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.cork.as_ref().map_or(Poll::Ready(()), |cork| cork.poll_open(cx))
    }

    fn heard<T>(&mut self, result: Poll<io::Result<T>>, instead: T) -> Poll<io::Result<T>> {
        match result {
            Poll::Ready(Err(_)) if self.tap.is_some() => {
                self.deaf = true;
                Poll::Ready(Ok(instead))
            }
            other => other,
        }
    }
}

/// What an engine that owns the stream will not tell.
#[derive(Debug, Default)]
pub struct Tap {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    first: Vec<u8>,
    end: Option<ReadEnd>,
}

/// How reading came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadEnd {
    /// FIN, or the close alert of TLS.
    Closed,
    /// RST, or another failure.
    Reset,
}

impl Tap {
    /// The first octets that were read, capped.
    pub fn first(&self) -> Bytes {
        Bytes::copy_from_slice(&self.seen().first)
    }

    /// How reading ended, once it has.
    pub fn end(&self) -> Option<ReadEnd> {
        self.seen().end
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, octets: &[u8]) {
        let mut seen = self.seen();
        let room = KEPT - seen.first.len().min(KEPT);
        seen.first.extend(octets.iter().take(room));
        if octets.is_empty() {
            seen.end = Some(ReadEnd::Closed);
        }
    }
}

/// How a failure to read ends a connection: without the close alert of TLS it is closed all the
/// same.
pub(super) fn read_end(error: &io::Error) -> ReadEnd {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ReadEnd::Closed,
        _ => ReadEnd::Reset,
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let room = buf.remaining();
        let result = match &mut self.io {
            Io::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Io::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        };
        if let Some(tap) = &self.tap {
            match &result {
                Poll::Ready(Ok(())) if room > 0 => tap.note(&buf.filled()[before..]),
                Poll::Ready(Err(error)) => tap.seen().end = Some(read_end(error)),
                _ => {}
            }
        }
        result
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.deaf {
            return Poll::Ready(Ok(buf.len()));
        }
        ready!(self.poll_open(cx));
        let result = match &mut self.io {
            Io::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Io::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
        };
        self.heard(result, buf.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = bufs.iter().map(|buf| buf.len()).sum();
        if self.deaf {
            return Poll::Ready(Ok(length));
        }
        ready!(self.poll_open(cx));
        let result = match &mut self.io {
            Io::Plain(tcp) => Pin::new(tcp).poll_write_vectored(cx, bufs),
            Io::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, bufs),
        };
        self.heard(result, length)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.deaf {
            return Poll::Ready(Ok(()));
        }
        let result = match &mut self.io {
            Io::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Io::Tls(tls) => Pin::new(tls).poll_flush(cx),
        };
        self.heard(result, ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = match &mut self.io {
            Io::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Io::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        };
        self.heard(result, ())
    }
}
