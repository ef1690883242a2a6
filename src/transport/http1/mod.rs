//! One HTTP/1.1 exchange after the other on a connection.

mod pipeline;
mod run;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::time::Instant;

use super::bends::{Appointments, Bends, Leave};
use super::deadline::Deadline;
use super::pool::Slot;
use super::stream::Stream;
use crate::case::Outcome;
use crate::wire::http1::{Decoder, Encoded, Ended, Limits, Progress};
use crate::wire::{Framing, Head, Request};
use run::{Run, Stop, write};

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

/// Where an exchange begins: what went out and came in with those before it.
#[derive(Debug, Default)]
struct Begin {
    /// Octets that are out.
    written: usize,
    /// When the last one went out.
    sent: Option<Instant>,
    /// Octets of the answer that are here.
    given: Bytes,
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
        let bends = Bends::of(request, appointments, |at| encoded.offset(at));
        self.turn(request, encoded, limits, until, bends, Begin::default()).await
    }

    async fn turn(
        &mut self,
        request: &Request,
        encoded: &Encoded,
        limits: Limits,
        until: Instant,
        bends: Option<Box<Bends>>,
        begin: Begin,
    ) -> Exchanged {
        self.deadline.set(until);
        let mut decoder = Decoder::new(&request.method, limits);
        let is_begun = !begin.given.is_empty();
        let is_answered = is_begun && decoder.feed(&begin.given) == Progress::Done;
        let mut run = Run {
            stream: &mut self.stream,
            input: &mut self.input,
            deadline: &mut self.deadline,
            encoded,
            bends,
            injected: Duration::ZERO,
            until,
            decoder,
            written: begin.written,
            sent: begin.sent,
            failed: false,
            first_byte: is_begun.then(Instant::now),
            early: false,
        };
        let end = if is_answered { Stop::Done } else { poll_fn(|cx| run.poll(cx)).await };
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
            Leave::Reset | Leave::Cancel(_) => self.stream.reset(),
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
