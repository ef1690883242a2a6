//! Bends of timing of one exchange, made ready for its octets.
//!
//! Every position and every delay comes from the case; nothing here draws or asks for the time of day.

use std::collections::VecDeque;
use std::future::{Future, ready as ready_now};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::latch::{Key, Latch};
use crate::case::{Perturbation, Position};
use crate::wire::{Beat, Request};

/// So long others are waited for: those that have no connection will not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// So long what was sent before the last octets has to arrive and to be read, from when all are as far on: a
/// server that is still busy with it would see the last octets one after the other. All take the same moment,
/// so that one turn of the clock wakes them.
const SETTLES: Duration = Duration::from_millis(2);

/// What an exchange waits for that others decide.
#[derive(Debug, Default)]
pub struct Appointments {
    /// Until all are as far, before the end of the request.
    pub release: Option<Release>,
    /// By the id of a step: until it has ended.
    pub ends: Vec<(String, Latch)>,
}

/// How a call is released together with others.
#[derive(Debug)]
pub struct Release {
    /// Turned by whoever is as far.
    pub key: Key,
    /// Opens when all are.
    pub latch: Latch,
    /// How much later this one goes on.
    pub skew: Duration,
    /// Whether the ends of all are to leave in one piece, where they share an HTTP/2 connection.
    pub in_one: bool,
}

/// How we leave an exchange before it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// By FIN.
    Close,
    /// By RST.
    Reset,
    /// Of a stream alone, with this code (RFC 9113, section 7).
    Cancel(u32),
}

/// What is to be done next with a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Write up to this octet.
    Write(usize),
    /// End the sending side.
    HalfClose,
    Leave(Leave),
    /// Nothing more.
    Nothing,
}

/// What happens at a place.
#[derive(Debug)]
enum Bend {
    Stall(Duration),
    /// So many messages have to come.
    Messages(u32),
    /// Nothing follows any more.
    Open,
    Await(Latch),
    Release(Release),
    /// Lets others go on first who may.
    Turn,
    HalfClose,
    Leave(Leave),
}

/// A silence.
struct Rest {
    over: Pin<Box<dyn Future<Output = ()> + Send>>,
    since: Instant,
    /// How long it is, where that is known.
    length: Duration,
}

impl Rest {
    fn of(length: Duration) -> Self {
        let over: Pin<Box<dyn Future<Output = ()> + Send>> =
            if length.is_zero() { Box::pin(ready_now(())) } else { Box::pin(sleep(length)) };
        Self { over, since: Instant::now(), length }
    }

    fn until(over: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { over: Box::pin(over), since: Instant::now(), length: Duration::ZERO }
    }
}

/// The bends of one exchange.
pub(super) struct Bends {
    /// By how many octets of the request are out.
    outgoing: VecDeque<(usize, Bend)>,
    /// By how many octets of the answer came.
    incoming: VecDeque<(u64, Bend)>,
    /// Octets written at once, and the silence after each piece.
    slice: Option<(usize, Duration)>,
    piece_end: usize,
    /// Octets read at once, and the silence after each piece.
    read: Option<(usize, Duration)>,
    received: u64,
    /// Messages that came.
    messages: u32,
    /// When we go away.
    cancel: Option<Rest>,
    writing: Option<Rest>,
    reading: Option<Rest>,
    /// Whether the sending side was ended.
    closed: bool,
    /// How long silences were so far that the service is not to blame for.
    injected: Duration,
}

impl std::fmt::Debug for Bends {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bends").field("outgoing", &self.outgoing).finish_non_exhaustive()
    }
}

impl Bends {
    /// The bends of a request whose positions are at these octets of it; `None` where there are none.
    pub(super) fn of(
        request: &Request,
        appointments: Appointments,
        offset: impl Fn(Position) -> Option<usize>,
    ) -> Option<Box<Self>> {
        let Request { perturb, script, .. } = request;
        if perturb.is_empty() && script.is_none() && appointments.release.is_none() {
            return None;
        }
        let mut bends = Box::new(Self {
            outgoing: VecDeque::new(),
            incoming: VecDeque::new(),
            slice: None,
            piece_end: usize::MAX,
            read: None,
            received: 0,
            messages: 0,
            cancel: None,
            writing: None,
            reading: None,
            closed: false,
            injected: Duration::ZERO,
        });
        let mut outgoing = Vec::new();
        let mut incoming = Vec::new();
        let mut place = |at: Position, bend: Bend| match (at, offset(at)) {
            (_, Some(octet)) => outgoing.push((octet, bend)),
            (Position::Response(octets), None) => incoming.push((octets.max(1), bend)),
            _ => incoming.push((1, bend)),
        };
        for perturbation in perturb {
            match perturbation {
                Perturbation::Stall { at, pause } => place(*at, Bend::Stall(*pause)),
                Perturbation::Cut(at) => place(*at, Bend::Leave(Leave::Close)),
                Perturbation::Reset(at) => place(*at, Bend::Leave(Leave::Reset)),
                Perturbation::HalfClose(at) => place(*at, Bend::HalfClose),
                Perturbation::Hold { at, until } => {
                    let end = appointments.ends.iter().find(|(step, _)| step == until);
                    if let Some((_, latch)) = end {
                        place(*at, Bend::Await(latch.clone()));
                    }
                }
                Perturbation::Slice { size, gap } => {
                    bends.slice = Some((octets(*size), *gap));
                    bends.piece_end = octets(*size);
                }
                Perturbation::Read { size, gap } => bends.read = Some((octets(*size), *gap)),
                Perturbation::Cancel(after) => bends.cancel = Some(Rest::of(*after)),
            }
        }
        if let Some(script) = script.as_deref() {
            for (octets, beat) in &script.beats {
                let in_body = |octets| Position::Body(u64::try_from(octets).unwrap_or(u64::MAX));
                place(octets.map_or(Position::Sent, in_body), Bend::of(*beat));
            }
            if !script.ends {
                let at = Position::Body(u64::try_from(request.body.len()).unwrap_or(u64::MAX));
                place(at, Bend::Open);
            }
        }
        if let Some(release) = appointments.release {
            // Whoever sleeps is woken first, which takes long: by the octets before the last, of all before the
            // last of any.
            let last = offset(Position::BeforeLastByte).unwrap_or_default();
            let in_one = release.in_one;
            let first = if in_one { last } else { last.saturating_sub(1) };
            outgoing.push((first, Bend::Release(release)));
            outgoing.extend((!in_one).then_some((last, Bend::Turn)));
        }
        // Those at one place in the order of the case.
        outgoing.sort_by_key(|(at, _)| *at);
        incoming.sort_by_key(|(at, _)| *at);
        (bends.outgoing, bends.incoming) = (outgoing.into(), incoming.into());
        Some(bends)
    }

    /// How long the service was kept waiting so far.
    pub(super) fn injected(&self) -> Duration {
        self.injected + self.under_way(|rest| rest.since.elapsed())
    }

    /// The same, and for as long as it is going to be.
    pub(super) fn planned(&self) -> Duration {
        self.injected + self.under_way(|rest| rest.length.max(rest.since.elapsed()))
    }

    fn under_way(&self, length: impl Fn(&Rest) -> Duration) -> Duration {
        let rests = [&self.writing, &self.reading].into_iter().flatten();
        rests.map(length).max().unwrap_or_default()
    }

    /// Ready once the client goes away.
    pub(super) fn poll_cancel(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.cancel {
            Some(rest) => rest.over.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }

    /// What is to be done next with a request of so many octets, of which so many are out.
    pub(super) fn poll_write(
        &mut self,
        written: usize,
        length: usize,
        cx: &mut Context<'_>,
    ) -> Poll<Next> {
        loop {
            ready!(rest(&mut self.writing, &mut self.injected, cx));
            if let Some((at, bend)) = self.outgoing.front()
                && *at <= written
            {
                match bend {
                    Bend::Open => return Poll::Pending,
                    Bend::Messages(count) if self.messages < *count => return Poll::Pending,
                    _ => {}
                }
                match self.outgoing.pop_front().map(|(_, bend)| bend) {
                    Some(Bend::HalfClose) => {
                        self.closed = true;
                        return Poll::Ready(Next::HalfClose);
                    }
                    Some(Bend::Leave(leave)) => return Poll::Ready(Next::Leave(leave)),
                    Some(bend) => self.writing = bend.rest(),
                    None => {}
                }
                continue;
            }
            if let Some((size, gap)) = self.slice
                && written >= self.piece_end
                && written < length
            {
                self.piece_end = written + size;
                self.writing = Some(Rest::of(gap));
                continue;
            }
            if written >= length {
                return Poll::Ready(Next::Nothing);
            }
            let stop = self.outgoing.front().map_or(length, |(at, _)| *at);
            return Poll::Ready(Next::Write(stop.min(self.piece_end).min(length)));
        }
    }

    /// Notes how many messages came in all; whether something waited for them.
    pub(super) fn came(&mut self, messages: u32) -> bool {
        let is_more = messages > self.messages;
        self.messages = messages;
        is_more && matches!(self.outgoing.front(), Some((_, Bend::Messages(_))))
    }

    /// Whether anything is still to be done once the request is out.
    pub(super) fn is_written(&self) -> bool {
        self.outgoing.is_empty() && self.writing.is_none()
    }

    /// How many octets may be read at once, or how the exchange is left.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, Leave>> {
        loop {
            ready!(rest(&mut self.reading, &mut self.injected, cx));
            let Some((at, _)) = self.incoming.front() else {
                return Poll::Ready(Ok(self.read.map_or(usize::MAX, |(size, _)| size)));
            };
            if *at > self.received {
                let room = usize::try_from(*at - self.received).unwrap_or(usize::MAX);
                return Poll::Ready(Ok(self.read.map_or(room, |(size, _)| size.min(room))));
            }
            match self.incoming.pop_front().map(|(_, bend)| bend) {
                Some(Bend::Leave(leave)) => return Poll::Ready(Err(leave)),
                Some(Bend::HalfClose) => self.outgoing.push_front((0, Bend::HalfClose)),
                Some(bend) => self.reading = bend.rest(),
                None => {}
            }
        }
    }

    /// Whether the connection is as it was before.
    pub(super) fn leaves_open(&self) -> bool {
        self.is_written() && !self.closed
    }

    /// Notes octets of the answer.
    pub(super) fn received(&mut self, octets: usize) {
        self.received += octets as u64;
        if let Some((size, gap)) = self.read {
            let pieces = u32::try_from(octets.div_ceil(size)).unwrap_or(u32::MAX);
            self.reading = Some(Rest::of(gap * pieces));
        }
    }
}

impl Bend {
    fn of(beat: Beat) -> Self {
        match beat {
            Beat::Wait(pause) => Self::Stall(pause),
            Beat::Await(count) => Self::Messages(count),
            Beat::Cancel(code) => Self::Leave(Leave::Cancel(code)),
        }
    }

    /// The silence that it is; `None` for what is none.
    fn rest(self) -> Option<Rest> {
        match self {
            Self::Stall(pause) => Some(Rest::of(pause)),
            Self::Await(latch) => Some(Rest::until(async move {
                opened(latch).await;
            })),
            Self::Release(Release { key, latch, skew, in_one }) => {
                drop(key);
                // What leaves in one piece is behind all the rest anyway.
                let settles = if in_one { Duration::ZERO } else { SETTLES };
                Some(Rest::until(async move {
                    let since = opened(latch).await;
                    if !(settles + skew).is_zero() {
                        sleep_until(since + settles + skew).await;
                    }
                }))
            }
            Self::Turn => Some(Rest::until(yield_now())),
            Self::HalfClose | Self::Leave(_) | Self::Messages(_) | Self::Open => None,
        }
    }
}

/// Ready once a latch is open, or others have been waited for so long that they will not come; gives since when.
async fn opened(latch: Latch) -> Instant {
    timeout(PATIENCE, latch.opened()).await.unwrap_or_else(|_| Instant::now())
}

fn octets(size: u32) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX).max(1)
}

/// Ready once a silence is over, and counted.
fn rest(silence: &mut Option<Rest>, injected: &mut Duration, cx: &mut Context<'_>) -> Poll<()> {
    let Some(rest) = silence else { return Poll::Ready(()) };
    ready!(rest.over.as_mut().poll(cx));
    *injected += rest.since.elapsed();
    *silence = None;
    Poll::Ready(())
}

#[cfg(test)]
mod tests;
