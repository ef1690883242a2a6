//! One HTTP/1.1 exchange after the other on a connection.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::time::Instant;

use super::bends::{Appointments, Bends, Leave, Next};
use super::deadline::Deadline;
use super::pool::Slot;
use super::stream::{ReadEnd, Stream, read_end};
use super::tls;
use crate::case::Outcome;
use crate::wire::http1::{Decoder, Encoded, End, Ended, Limits, Progress};
use crate::wire::{Framing, Head, Request};

/// Octets that are read at once.
const PIECE: usize = 16 << 10;
/// How long a request is written on once its whole answer is there.
const GRACE: Duration = Duration::from_secs(1);

/// An HTTP/1.1 connection.
#[derive(Debug)]
pub(super) struct Http1 {
    stream: Stream,
    input: Box<[u8]>,
    deadline: Deadline,
    _slot: Slot,
}

/// What an exchange gave.
#[derive(Debug)]
pub(super) struct Exchanged {
    pub(super) outcome: Outcome,
    /// Octets of the request that the connection took.
    pub(super) written: u64,
    /// When the last octet of the request was written.
    pub(super) sent: Option<Instant>,
    /// When the first octet of the answer was read.
    pub(super) first_byte: Option<Instant>,
    pub(super) end: Instant,
    /// Octets that came after the answer.
    pub(super) surplus: Bytes,
    /// Whether the connection may serve another exchange.
    pub(super) reusable: bool,
    /// Whether the connection ended before any octet of an answer.
    pub(super) unanswered: bool,
    /// How long we kept the service waiting since the request was out; since the begin where it is not.
    pub(super) injected: Duration,
}

/// 408 Request Timeout (RFC 9110, section 15.5.9): what some servers say when they close an idle
/// connection.
const REQUEST_TIMEOUT: u16 = 408;

impl Exchanged {
    /// Whether the server may have ended the connection before it knew of the request.
    pub(super) fn was_given_up(&self) -> bool {
        self.unanswered
            || matches!(&self.outcome, Outcome::Answered(answer)
                if answer.status == REQUEST_TIMEOUT && !self.reusable)
    }

    /// Nothing could be sent, for this reason (a lower-case fragment).
    pub(super) fn nothing(reason: &str) -> Self {
        Self {
            outcome: Outcome::Unreachable { reason: reason.to_owned() },
            written: 0,
            sent: None,
            first_byte: None,
            end: Instant::now(),
            surplus: Bytes::new(),
            reusable: true,
            unanswered: false,
            injected: Duration::ZERO,
        }
    }
}

impl Http1 {
    pub(super) fn new(stream: Stream, slot: Slot, until: Instant) -> Self {
        let input = vec![0; PIECE].into_boxed_slice();
        Self { stream, input, deadline: Deadline::new(until), _slot: slot }
    }

    /// Whether nothing came while it was idle: neither octets that no one asked for, nor its end.
    pub(super) fn is_quiet(&mut self) -> bool {
        let mut buffer = ReadBuf::new(&mut self.input);
        let mut cx = Context::from_waker(Waker::noop());
        Pin::new(&mut self.stream).poll_read(&mut cx, &mut buffer).is_pending()
    }

    /// Sends a request and reads its answer, its timing bent as it says.
    pub(super) async fn exchange(
        &mut self,
        request: &Request,
        encoded: &Encoded,
        limits: Limits,
        until: Instant,
        appointments: Appointments,
    ) -> Exchanged {
        self.deadline.set(until);
        let mut run = Run {
            stream: &mut self.stream,
            input: &mut self.input,
            deadline: &mut self.deadline,
            encoded,
            bends: Bends::of(&request.perturb, appointments, |at| encoded.offset(at)),
            injected: Duration::ZERO,
            until,
            decoder: Decoder::new(&request.method, limits),
            written: 0,
            sent: None,
            failed: false,
            first_byte: None,
            early: false,
        };
        let end = poll_fn(|cx| run.poll(cx)).await;
        let ended_at = Instant::now();
        let whole = run.sent.is_some();
        let Run { decoder, mut written, mut sent, first_byte, early, bends, injected, .. } = run;
        let injected =
            bends.as_deref().map(Bends::injected).unwrap_or_default().saturating_sub(injected);

        let Ended { mut outcome, mut reusable, surplus } = decoder.end(end.how());
        match &mut outcome {
            Outcome::Answered(answer) => answer.early = early,
            Outcome::Garbage { received, reason } if received.starts_with(&[0x15, 3]) => {
                "a tls alert came: the port speaks tls, use https://".clone_into(reason);
            }
            _ => {}
        }
        let unanswered = first_byte.is_none() && !matches!(end, Stop::TimedOut | Stop::Left(_));
        if let Stop::Left(leave) = end {
            outcome = Outcome::Abandoned;
            self.leave(leave).await;
        }
        if let (Stop::Refused(reason), None) = (end, first_byte) {
            outcome = Outcome::Unreachable { reason };
        }
        reusable &= whole && !early && leaves_no_trace(request);
        reusable &= bends.as_deref().is_none_or(Bends::leaves_open);
        if !whole && bends.is_none() && goes_on(&outcome) {
            let until = until.min(ended_at + GRACE);
            (written, sent) = self.finish(encoded, written, until).await;
        }
        Exchanged {
            outcome,
            written: written as u64,
            sent,
            first_byte,
            end: ended_at,
            surplus,
            reusable,
            unanswered,
            injected,
        }
    }

    /// Ends the connection.
    async fn leave(&mut self, leave: Leave) {
        match leave {
            // It ends with an error at worst, and it ends.
            Leave::Close => drop(poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx)).await),
            Leave::Reset => self.stream.reset(),
        }
    }

    /// Writes the rest of a request whose answer is there already, so that the server gets what the
    /// case says; ends where the server ends it.
    async fn finish(
        &mut self,
        encoded: &Encoded,
        mut written: usize,
        until: Instant,
    ) -> (usize, Option<Instant>) {
        self.deadline.set(until);
        let sent = poll_fn(|cx| {
            let mut failed = false;
            let all = encoded.len();
            if let Poll::Ready(result) = write(&mut self.stream, encoded, &mut written, all, cx) {
                failed = result.is_err();
                if !failed {
                    return Poll::Ready(Some(Instant::now()));
                }
            }
            let mut buffer = ReadBuf::new(&mut self.input);
            let read = Pin::new(&mut self.stream).poll_read(cx, &mut buffer);
            if failed || read.is_ready() || self.deadline.poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            Poll::Pending
        })
        .await;
        (written, sent)
    }
}

/// Whether the rest of a request is still wanted by a server that has answered.
fn goes_on(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Answered(answer)
        if answer.status < 400
            && !answer.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close")))
}

/// Whether a server that reads well is at the begin of the next request afterwards: the request is
/// framed as HTTP/1.1 frames it, and its body is one that servers are used to read.
fn leaves_no_trace(request: &Request) -> bool {
    let bare = request.headers.iter().all(|h| {
        !["content-length", "transfer-encoding", "connection", "upgrade", "expect"]
            .iter()
            .any(|name| h.name.eq_ignore_ascii_case(name))
            && !h.value.iter().any(|octet| matches!(octet, 0 | b'\r' | b'\n'))
            && !h.name.bytes().any(|octet| matches!(octet, 0 | b'\r' | b'\n' | b':' | b' '))
    });
    let line = |text: &str| text.bytes().all(|octet| octet > b' ' && octet != 0x7f);
    bare && request.framing != Framing::Announced
        && request.head == Head::default()
        && line(&request.method)
        && line(&request.target)
        && (request.body.is_empty()
            || matches!(&*request.method, "POST" | "PUT" | "PATCH" | "QUERY"))
}

/// Why an exchange stopped.
enum Stop {
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
    fn how(&self) -> End {
        match self {
            Self::Done | Self::Closed | Self::Left(_) => End::Closed,
            Self::Reset | Self::Refused(_) => End::Reset,
            Self::TimedOut => End::TimedOut,
        }
    }
}

/// An exchange under way.
struct Run<'a> {
    stream: &'a mut Stream,
    input: &'a mut [u8],
    deadline: &'a mut Deadline,
    encoded: &'a Encoded,
    bends: Option<Box<Bends>>,
    /// What of their silences lay before the last octet of the request was written.
    injected: Duration,
    until: Instant,
    decoder: Decoder,
    written: usize,
    sent: Option<Instant>,
    /// A write has failed; what was answered may still be read.
    failed: bool,
    first_byte: Option<Instant>,
    early: bool,
}

impl Run<'_> {
    /// Writes as far as it goes, then reads as far as it goes.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Stop> {
        if let Some(bends) = &mut self.bends
            && bends.poll_cancel(cx).is_ready()
        {
            return Poll::Ready(Stop::Left(Leave::Close));
        }
        if let Some(leave) = self.send(cx) {
            return Poll::Ready(Stop::Left(leave));
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
fn write(
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
