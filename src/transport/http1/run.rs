//! One exchange under way: its request is written as far as it goes, its answer read as far as it came.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::time::Instant;

use super::PIECE;
use crate::transport::bends::{Bends, Leave, Next};
use crate::transport::deadline::Deadline;
use crate::transport::stream::{ReadEnd, Stream, read_end};
use crate::transport::tls;
use crate::wire::http1::{Decoder, Encoded, End, Progress};

/// Why an exchange stopped.
pub(super) enum Stop {
    /// The answer is whole.
    Done,
    Closed,
    Reset,
    /// TLS refused us.
    Refused(String),
    TimedOut,
    /// We went away.
    Left(Leave),
}

impl Stop {
    pub(super) fn how(&self) -> End {
        match self {
            Self::Done | Self::Closed | Self::Left(_) => End::Closed,
            Self::Reset | Self::Refused(_) => End::Reset,
            Self::TimedOut => End::TimedOut,
        }
    }
}

/// An exchange under way.
pub(super) struct Run<'a> {
    pub(super) stream: &'a mut Stream,
    pub(super) input: &'a mut [u8],
    pub(super) deadline: &'a mut Deadline,
    pub(super) encoded: &'a Encoded,
    pub(super) bends: Option<Box<Bends>>,
    /// What of their silences lay before the last octet of the request was written.
    pub(super) injected: Duration,
    pub(super) until: Instant,
    pub(super) decoder: Decoder,
    pub(super) written: usize,
    pub(super) sent: Option<Instant>,
    /// A write has failed; what was answered may still be read.
    pub(super) failed: bool,
    pub(super) first_byte: Option<Instant>,
    pub(super) early: bool,
}

impl Run<'_> {
    /// Writes as far as it goes, then reads as far as it goes.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Stop> {
        // Whoever goes away at once has begun all the same.
        if let Some(leave) = self.send(cx) {
            return Poll::Ready(Stop::Left(leave));
        }
        if let Some(bends) = &mut self.bends
            && bends.poll_cancel(cx).is_ready()
        {
            return Poll::Ready(Stop::Left(Leave::Close));
        }
        loop {
            let room = match self.bends.as_mut().map(|bends| bends.poll_read(cx)) {
                None => PIECE,
                Some(Poll::Ready(Ok(room))) => room.min(PIECE),
                Some(Poll::Ready(Err(leave))) => return Poll::Ready(Stop::Left(leave)),
                Some(Poll::Pending) => break,
            };
            let mut buffer = ReadBuf::new(&mut self.input[..room]);
            match Pin::new(&mut *self.stream).poll_read(cx, &mut buffer) {
                Poll::Pending => break,
                Poll::Ready(Err(error)) => return Poll::Ready(self.ended(&error)),
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                    return Poll::Ready(Stop::Closed);
                }
                Poll::Ready(Ok(())) => {}
            }
            self.first_byte.get_or_insert_with(Instant::now);
            if let Some(bends) = &mut self.bends {
                bends.received(buffer.filled().len());
            }
            let progress = self.decoder.feed(buffer.filled());
            self.early |= progress != Progress::Head && self.sent.is_none();
            if progress == Progress::Done {
                return Poll::Ready(Stop::Done);
            }
            // A fast and endless answer must not keep the timer from its turn.
            if self.deadline.passed() {
                return Poll::Ready(Stop::TimedOut);
            }
        }
        if let Some(bends) = &self.bends {
            self.deadline.set(self.until + bends.planned());
        }
        self.deadline.poll(cx).map(|()| Stop::TimedOut)
    }

    /// Writes as far as it goes; gives how we leave, where we do.
    fn send(&mut self, cx: &mut Context<'_>) -> Option<Leave> {
        let length = self.encoded.len();
        loop {
            let more = self.bends.as_ref().is_some_and(|bends| !bends.is_written());
            if self.failed || self.sent.is_some() && !more {
                return None;
            }
            let stop = match &mut self.bends {
                None => length,
                Some(bends) => match bends.poll_write(self.written, length, cx) {
                    Poll::Pending => return None,
                    Poll::Ready(Next::Write(stop)) => stop,
                    Poll::Ready(Next::Nothing) => length,
                    Poll::Ready(Next::Leave(leave)) => return Some(leave),
                    Poll::Ready(Next::HalfClose) => {
                        match Pin::new(&mut *self.stream).poll_shutdown(cx) {
                            Poll::Ready(Ok(())) => {}
                            // What is on its way goes out all the same.
                            Poll::Ready(Err(_)) | Poll::Pending => {}
                        }
                        self.failed = self.sent.is_none();
                        continue;
                    }
                },
            };
            match write(self.stream, self.encoded, &mut self.written, stop, cx) {
                Poll::Pending => return None,
                Poll::Ready(Err(_)) => self.failed = true,
                Poll::Ready(Ok(())) if self.written == length && self.sent.is_none() => {
                    self.sent = Some(Instant::now());
                    self.injected = self.bends.as_deref().map(Bends::injected).unwrap_or_default();
                }
                Poll::Ready(Ok(())) => {}
            }
        }
    }

    fn ended(&self, error: &io::Error) -> Stop {
        if let Some(reason) = tls::refused(error) {
            return Stop::Refused(reason);
        }
        match read_end(error) {
            // Without the close alert of TLS a body that only the end delimits is cut short
            // (RFC 9112, section 9.8).
            ReadEnd::Closed if self.decoder.progress() == Progress::Body => Stop::Reset,
            ReadEnd::Closed => Stop::Closed,
            ReadEnd::Reset => Stop::Reset,
        }
    }
}

/// Walks the octets of a request from `written` up to `stop`; ready when those are out.
pub(super) fn write(
    stream: &mut Stream,
    encoded: &Encoded,
    written: &mut usize,
    stop: usize,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    let head = &encoded.head[..encoded.head.len().min(stop)];
    let body = &encoded.body[..stop.saturating_sub(encoded.head.len())];
    while *written < stop {
        let polled = match written.checked_sub(head.len()) {
            Some(done) => Pin::new(&mut *stream).poll_write(cx, &body[done..]),
            None if body.is_empty() => Pin::new(&mut *stream).poll_write(cx, &head[*written..]),
            None => {
                let parts = [IoSlice::new(&head[*written..]), IoSlice::new(body)];
                Pin::new(&mut *stream).poll_write_vectored(cx, &parts)
            }
        };
        match polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Poll::Ready(Ok(count)) => *written += count,
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
        }
    }
    Pin::new(stream).poll_flush(cx)
}
