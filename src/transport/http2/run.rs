//! One exchange on a stream of its own.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use h2::client::ResponseFuture;
use h2::{RecvStream, SendStream};
use http::header::HeaderMap;
use tokio::time::{Instant, Sleep};

use super::outgoing::Outgoing;
use crate::case::{Answer, Ending, Header, Outcome, Position};
use crate::transport::Limits;
use crate::transport::bends::{Bends, Leave, Next};
use crate::transport::cork::Hold;
use crate::wire::grpc;

/// Octets of DATA handed over at once.
const PIECE: usize = 64 << 10;

/// Octets of a body that goes out in one piece with its head.
pub(super) const SHORT: usize = 16 << 10;

/// Why a stream stopped.
pub(super) enum Stop {
    Done,
    TimedOut,
    Failed(h2::Error),
    /// We went away.
    Left(Leave),
}

/// An exchange under way.
pub(super) struct Run<'l> {
    response: ResponseFuture,
    stream: SendStream<Bytes>,
    /// What has left of it, and of others.
    outgoing: &'l Outgoing,
    /// How we leave, once all that was handed over has left.
    leaving: Option<Leave>,
    /// What is still to send.
    pub(super) body: Bytes,
    pub(super) sent: Option<Instant>,
    /// The server takes no more; its answer is still awaited.
    failed: bool,
    answer: Option<(Answer, RecvStream)>,
    interim: Vec<u16>,
    read: Vec<u8>,
    /// Octets of the answer that are whole messages of gRPC, and how many these are.
    counted: (usize, u32),
    ended: bool,
    pub(super) first_byte: Option<Instant>,
    limits: &'l Limits,
    bends: Option<Box<Bends>>,
    /// How far it is, on the scale of [`offset`].
    place: usize,
    /// Octets of the body in all.
    length: usize,
    /// Octets of the answer whose room is not given back yet.
    owed: usize,
    /// What of our silences lay before the request was out.
    injected: Duration,
    /// Lets the end of the request out together with those of others.
    hold: Option<Arc<Hold>>,
}

/// How far a request with a body of this length is at a position: its head is one step, each octet of
/// its body another, and its end one more. `None` for positions in the answer and in messages of a
/// stream.
pub(super) fn offset(at: Position, length: usize) -> Option<usize> {
    let end = length + 2;
    Some(match at {
        Position::Headers => 1,
        Position::Body(octets) => {
            usize::try_from(octets).ok().filter(|octets| *octets <= length).map_or(end, |n| 1 + n)
        }
        // The end goes with the last octet, where there is one.
        Position::BeforeLastByte => length.max(1),
        Position::Sent => end,
        Position::Message(..) | Position::ResponseFirstByte | Position::Response(_) => return None,
    })
}

impl<'l> Run<'l> {
    pub(super) fn new(
        response: ResponseFuture,
        (stream, outgoing): (SendStream<Bytes>, &'l Outgoing),
        body: Bytes,
        limits: &'l Limits,
        bends: Option<Box<Bends>>,
        hold: Option<Arc<Hold>>,
    ) -> Self {
        Self {
            response,
            stream,
            outgoing,
            leaving: None,
            sent: (body.is_empty() && bends.is_none()).then(Instant::now),
            bends,
            place: 1,
            length: body.len(),
            owed: 0,
            hold,
            injected: Duration::ZERO,
            body,
            failed: false,
            answer: None,
            interim: Vec::new(),
            read: Vec::new(),
            counted: (0, 0),
            ended: false,
            first_byte: None,
            limits,
        }
    }

    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        mut timer: Pin<&mut Sleep>,
        until: Instant,
    ) -> Poll<Stop> {
        if self.leaving.is_none() {
            // Whoever goes away at once has begun all the same.
            self.leaving = self.write(cx);
            let bends = self.bends.as_mut().filter(|_| self.leaving.is_none());
            if bends.is_some_and(|bends| bends.poll_cancel(cx).is_ready()) {
                self.leaving = Some(Leave::Reset);
            }
        }
        if let Some(leave) = self.leaving {
            return match self.poll_left(cx) {
                Poll::Ready(()) => Poll::Ready(Stop::Left(leave)),
                Poll::Pending => timer.poll(cx).map(|()| Stop::Left(leave)),
            };
        }
        match self.read(cx) {
            Poll::Ready(Ok(())) => return Poll::Ready(Stop::Done),
            Poll::Ready(Err(stop)) => return Poll::Ready(stop),
            Poll::Pending => {}
        }
        if let Some(bends) = &self.bends {
            timer.as_mut().reset(until + bends.planned());
        }
        timer.poll(cx).map(|()| Stop::TimedOut)
    }

    /// Ready once all that was handed over has left: what ends a stream or a connection overtakes the rest.
    fn poll_left(&self, cx: &mut Context<'_>) -> Poll<()> {
        let octets = (self.length - self.body.len()) as u64;
        self.outgoing.poll_left(self.stream.stream_id().into(), octets, self.sent.is_some(), cx)
    }

    /// How long we kept the service waiting since the request was out; since the begin where it is not.
    pub(super) fn injected(&self) -> Duration {
        self.bends.as_deref().map(Bends::injected).unwrap_or_default().saturating_sub(self.injected)
    }

    /// Ends the stream, and tells the other side.
    pub(super) fn reset(&mut self, reason: h2::Reason) {
        self.stream.send_reset(reason);
    }

    /// Hands over as much of the body as the windows and the bends allow; gives how we leave, where we
    /// do. A failure is no end: the server may have answered and closed its side.
    fn write(&mut self, cx: &mut Context<'_>) -> Option<Leave> {
        let end = self.length + 2;
        loop {
            let done = self.sent.is_some() && self.bends.as_deref().is_none_or(Bends::is_written);
            if self.failed || done {
                return None;
            }
            let next = match &mut self.bends {
                None => Poll::Ready(Next::Write(end)),
                Some(bends) => bends.poll_write(self.place, end, cx),
            };
            let stop = match next {
                Poll::Pending | Poll::Ready(Next::Nothing) => return None,
                Poll::Ready(Next::Leave(leave)) => return Some(leave),
                Poll::Ready(Next::HalfClose) => {
                    // Where it has ended already there is nothing left to end.
                    self.failed = self.sent.is_none();
                    if self.failed {
                        let _ = self.stream.send_data(Bytes::new(), true);
                    }
                    continue;
                }
                Poll::Ready(Next::Write(stop)) => stop,
            };
            let before = self.length - self.body.len();
            let room = (stop - 1).min(self.length) - before;
            let taken = if room == 0 { 0 } else { self.capacity(room, cx)? };
            let piece = self.body.slice(..taken.min(room));
            let last = stop == end && piece.len() == self.body.len();
            let taken = piece.len();
            if let Some(hold) = self.hold.as_ref().filter(|_| last) {
                hold.close();
            }
            if taken == 0 && !last || self.stream.send_data(piece, last).is_err() {
                self.failed = true;
                return None;
            }
            self.body = self.body.slice(taken..);
            self.place = if last { end } else { self.place + taken };
            if last {
                self.hold = None;
                self.sent = Some(Instant::now());
                self.injected = self.bends.as_deref().map(Bends::injected).unwrap_or_default();
            }
        }
    }

    /// How many of so many octets the windows let out; `None` where none does yet.
    fn capacity(&mut self, octets: usize, cx: &mut Context<'_>) -> Option<usize> {
        // What is short is handed over at once, so that it leaves with its head. The engine keeps what no window
        // lets out.
        if self.bends.is_none() && self.length <= SHORT {
            return Some(octets);
        }
        self.stream.reserve_capacity(octets.min(PIECE));
        match self.stream.capacity() {
            0 => match self.stream.poll_capacity(cx) {
                Poll::Pending => None,
                Poll::Ready(Some(Ok(capacity))) => Some(capacity),
                Poll::Ready(_) => Some(0),
            },
            capacity => Some(capacity),
        }
    }

    /// Whether all of the request is handed over, or the server takes no more of it.
    pub(super) fn is_written(&self) -> bool {
        self.sent.is_some() || self.failed
    }

    /// Writes on once the whole answer is there.
    pub(super) fn finish(&mut self, cx: &mut Context<'_>, timer: Pin<&mut Sleep>) -> Poll<()> {
        // What is bent is not hurried to its end.
        if self.bends.is_none() {
            self.write(cx);
        }
        if self.is_written() { Poll::Ready(()) } else { timer.poll(cx) }
    }

    /// How far the answer may be read, by the bends.
    fn may_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        let Some(bends) = &mut self.bends else { return Poll::Ready(Ok(())) };
        bends.poll_read(cx).map(|read| read.map(drop).map_err(Stop::Left))
    }

    fn received(&mut self, octets: usize) {
        if let Some(bends) = &mut self.bends {
            bends.received(octets);
        }
    }

    /// Counts the messages of gRPC that came, where something may wait for them.
    fn count_messages(&mut self, cx: &Context<'_>) {
        let Some(bends) = &mut self.bends else { return };
        while let Some(length) = grpc::whole(&self.read[self.counted.0..]) {
            self.counted = (self.counted.0 + length, self.counted.1 + 1);
        }
        if bends.came(self.counted.1) {
            cx.waker().wake_by_ref();
        }
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        if self.answer.is_none() {
            while let Poll::Ready(Some(Ok(interim))) = self.response.poll_informational(cx) {
                self.first_byte.get_or_insert_with(Instant::now);
                if self.interim.len() < self.limits.answer.interim {
                    self.interim.push(interim.status().as_u16());
                }
            }
            let response = match Pin::new(&mut self.response).poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(response) => response.map_err(Stop::Failed)?,
            };
            self.received(1);
            self.first_byte.get_or_insert_with(Instant::now);
            let (parts, body) = response.into_parts();
            let answer = Answer {
                status: parts.status.as_u16(),
                headers: fields(&parts.headers),
                interim: std::mem::take(&mut self.interim),
                early: self.sent.is_none(),
                ..Answer::default()
            };
            self.answer = Some((answer, body));
        }
        while !self.ended {
            ready!(self.may_read(cx))?;
            let Some((answer, body)) = &mut self.answer else { return Poll::Pending };
            body.flow_control()
                .release_capacity(std::mem::take(&mut self.owed))
                .map_err(Stop::Failed)?;
            match body.poll_data(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => self.ended = true,
                Poll::Ready(Some(data)) => {
                    let data = data.map_err(Stop::Failed)?;
                    self.owed = data.len();
                    let room = self.limits.answer.body - self.read.len();
                    self.read.extend_from_slice(&data[..data.len().min(room)]);
                    if data.len() > room {
                        answer.ending = Ending::TooLarge;
                        return Poll::Ready(Ok(()));
                    }
                    self.received(data.len());
                    self.count_messages(cx);
                }
            }
        }
        ready!(self.may_read(cx))?;
        let Some((answer, body)) = &mut self.answer else { return Poll::Pending };
        match body.poll_trailers(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(trailers) => {
                let trailers = trailers.map_err(Stop::Failed)?;
                answer.trailers = trailers.as_ref().map(fields).unwrap_or_default();
                Poll::Ready(Ok(()))
            }
        }
    }

    pub(super) fn outcome(
        &mut self,
        stop: Stop,
        failed: impl Fn(&h2::Error) -> Outcome,
    ) -> Outcome {
        let Some((mut answer, _)) = self.answer.take() else {
            return match stop {
                Stop::Failed(error) => match failed(&error) {
                    Outcome::Dropped { received, reset, code, .. } => {
                        let interim = std::mem::take(&mut self.interim);
                        Outcome::Dropped { received, interim, reset, code }
                    }
                    other => other,
                },
                Stop::Left(_) => Outcome::Abandoned,
                Stop::Done | Stop::TimedOut => Outcome::TimedOut { received: Bytes::new() },
            };
        };
        if matches!(stop, Stop::Left(_)) {
            return Outcome::Abandoned;
        }
        answer.body = Bytes::from(std::mem::take(&mut self.read));
        match stop {
            Stop::Done | Stop::Left(_) => {}
            Stop::TimedOut => answer.ending = Ending::TimedOut,
            Stop::Failed(error) => {
                answer.ending = if error.is_remote() || error.is_io() {
                    Ending::Truncated
                } else {
                    Ending::Broken(error.to_string())
                };
            }
        }
        if answer.headers.len() > self.limits.answer.fields {
            let most = self.limits.answer.fields;
            let reason = format!("it has more than {most} header fields");
            return Outcome::Garbage { received: Bytes::new(), reason };
        }
        Outcome::Answered(answer)
    }
}

fn fields(map: &HeaderMap) -> Vec<Header> {
    map.iter()
        .map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: Bytes::copy_from_slice(value.as_bytes()),
        })
        .collect()
}
