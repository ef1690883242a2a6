//! One exchange on a connection of its own: frames go out as their script says, the answer is read as far
//! as it comes. Writing never waits for reading, nor reading for writing, but for what we owe the other
//! side; and nothing waits beyond the deadline.

mod incoming;
mod outcome;

use std::future::{Future as _, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::time::{Instant, Sleep, timeout};

use super::answer::Reading;
use super::frame::{self, Frames};
use super::hpack::Decoder;
use super::peer::Peer;
use super::script::{Script, Step};
use crate::transport::deadline::Deadline;
use crate::transport::stream::{ReadEnd, Stream, read_end};
use crate::transport::tls;
use crate::wire::FrameOperation;
use crate::wire::http1::Limits;

/// The window that we grant, per stream and per connection, in octets (RFC 9113, section 6.9).
const WINDOW: u32 = 1 << 20;
/// Octets that are read at once.
const PIECE: usize = 16 << 10;
/// Octets of evidence that are kept.
const KEPT: usize = 4 << 10;
/// Octets that we owe the other side, at most: before it takes them nothing more is read.
const MOST_OWED: usize = 64 << 10;
/// So long a tiny window stays tiny; then the answer may come.
const LONGEST: Duration = Duration::from_secs(3);
/// How long saying good-bye may take.
const GRACE: Duration = Duration::from_millis(200);

/// Why an exchange stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The settings of the other side came, which were waited for.
    Heard,
    Done,
    /// The answer is longer than is read.
    TooLarge,
    Closed,
    Reset,
    /// TLS refused us.
    Refused(String),
    TimedOut,
    /// What came breaks the protocol.
    Garbage(String),
    /// The stream was ended, or never taken, with a code.
    Ended(u32),
}

/// A window that stays tiny for a while.
#[derive(Debug)]
struct Tiny {
    gap: Duration,
    /// Octets that came and are not given back yet.
    owed: u32,
    pause: Option<(Pin<Box<Sleep>>, Instant)>,
}

/// A connection with one exchange on it.
#[derive(Debug)]
pub(super) struct Run {
    stream: Stream,
    input: Box<[u8]>,
    /// The first octets that came.
    first: Vec<u8>,
    frames: Frames,
    decoder: Decoder,
    /// What is being written, how much of it is out, and how much of it is the request's.
    out: Vec<u8>,
    out_at: usize,
    out_counts: usize,
    /// What we owe the other side: acknowledgements and windows.
    owed: Vec<u8>,
    script: Script,
    pub(super) peer: Peer,
    heard: bool,
    /// A block of fields that is not whole: its stream, whether that ends with it, its octets.
    block: Option<(u32, bool, Vec<u8>)>,
    reading: Reading,
    tiny: Option<Tiny>,
    limits: Limits,
    /// The code of a GOAWAY that came.
    go_away: Option<u32>,
    deadline: Deadline,
    /// A write has failed; what was answered may still be read.
    failed: bool,
    written: usize,
    sent: Option<Instant>,
    first_byte: Option<Instant>,
    injected: Duration,
}

impl Run {
    /// Begins HTTP/2 on a stream: nothing is out yet.
    pub(super) fn new(
        stream: Stream,
        operations: &[FrameOperation],
        limits: Limits,
        until: Instant,
    ) -> Self {
        let mut most = frame::LEAST_MOST;
        let mut window = None;
        for operation in operations {
            match *operation {
                FrameOperation::Setting { identifier: frame::MAX_FRAME_SIZE, value } => {
                    most = most.max(value as usize);
                }
                FrameOperation::Window { size, gap } => window = Some((size, gap)),
                _ => {}
            }
        }
        let mut out = frame::PREFACE.to_vec();
        let settings = [
            (frame::ENABLE_PUSH, 0),
            (frame::INITIAL_WINDOW_SIZE, window.map_or(WINDOW, |(size, _)| size)),
            (frame::MAX_HEADER_LIST_SIZE, u32::try_from(limits.head).unwrap_or(u32::MAX)),
        ];
        frame::settings(&settings).write(&mut out);
        frame::window_update(0, WINDOW).write(&mut out);
        Self {
            stream,
            input: vec![0; PIECE].into_boxed_slice(),
            first: Vec::new(),
            frames: Frames::new(most),
            decoder: Decoder::new(),
            out,
            out_at: 0,
            out_counts: 0,
            owed: Vec::new(),
            script: Script::default(),
            peer: Peer::default(),
            heard: false,
            block: None,
            reading: Reading::default(),
            tiny: window.map(|(_, gap)| Tiny { gap, owed: 0, pause: None }),
            limits,
            go_away: None,
            deadline: Deadline::new(until),
            failed: false,
            written: 0,
            sent: None,
            first_byte: None,
            injected: Duration::ZERO,
        }
    }

    /// Waits for the settings of the other side.
    ///
    /// # Errors
    /// Why they do not come.
    pub(super) async fn hear(&mut self, until: Instant) -> Result<(), Stop> {
        match poll_fn(|cx| self.poll(cx, until)).await {
            Stop::Heard => Ok(()),
            stop => Err(stop),
        }
    }

    /// Does what the script says and reads the answer.
    pub(super) async fn play(&mut self, script: Script, until: Instant) -> Stop {
        self.script = script;
        let stop = poll_fn(|cx| self.poll(cx, until)).await;
        // Whoever is left without a word may hold it against those who come next.
        if matches!(stop, Stop::Done | Stop::TooLarge) {
            let _ = timeout(GRACE, self.leave()).await;
        }
        stop
    }

    async fn leave(&mut self) {
        frame::go_away(0).write(&mut self.owed);
        self.script.steps.clear();
        poll_fn(|cx| {
            self.write(cx);
            let is_out = self.owed.is_empty() && self.out.is_empty();
            if is_out || self.failed { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        // It ends with an error at worst, and it ends.
        let _ = poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx)).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>, until: Instant) -> Poll<Stop> {
        loop {
            self.write(cx);
            let read = self.read(cx);
            if let Poll::Ready(Some(stop)) = read {
                return Poll::Ready(stop);
            }
            self.deadline.set(until + self.planned());
            // A fast and endless answer must not keep the timer from its turn.
            if self.deadline.passed() {
                return Poll::Ready(Stop::TimedOut);
            }
            // What came may let more go out.
            if read.is_pending() && self.poll_pause(cx).is_pending() {
                return self.deadline.poll(cx).map(|()| Stop::TimedOut);
            }
        }
    }

    /// How long we keep the service waiting, until the pause that is under way is over.
    fn planned(&self) -> Duration {
        let pause = self.tiny.as_ref().filter(|tiny| tiny.pause.is_some());
        self.injected + pause.map(|tiny| tiny.gap).unwrap_or_default()
    }

    /// Ready once more of an answer may come by a tiny window.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(tiny) = &mut self.tiny else { return Poll::Pending };
        let Some((pause, since)) = &mut tiny.pause else { return Poll::Pending };
        ready!(pause.as_mut().poll(cx));
        self.injected += since.elapsed();
        tiny.pause = None;
        let owed = std::mem::take(&mut tiny.owed);
        let is_over = self.injected >= LONGEST;
        let octets = if is_over { WINDOW } else { owed };
        frame::window_update(self.script.main, octets).write(&mut self.owed);
        if is_over {
            self.tiny = None;
        }
        Poll::Ready(())
    }

    /// Writes as far as it goes.
    fn write(&mut self, cx: &mut Context<'_>) {
        while !self.failed {
            let rest = &self.out[self.out_at..];
            if !rest.is_empty() {
                match Pin::new(&mut self.stream).poll_write(cx, rest) {
                    Poll::Pending => return,
                    Poll::Ready(Ok(0) | Err(_)) => self.failed = true,
                    Poll::Ready(Ok(count)) => self.out_at += count,
                }
                continue;
            }
            match Pin::new(&mut self.stream).poll_flush(cx) {
                Poll::Pending => return,
                Poll::Ready(Err(_)) => self.failed = true,
                Poll::Ready(Ok(())) => {}
            }
            self.written += std::mem::take(&mut self.out_counts);
            self.out.clear();
            self.out_at = 0;
            if !self.owed.is_empty() {
                std::mem::swap(&mut self.out, &mut self.owed);
            } else if !self.step() {
                return;
            }
        }
    }

    /// Makes the next step ready to be written; `false` where there is none, or it has to wait.
    fn step(&mut self) -> bool {
        match self.script.steps.pop_front() {
            None => false,
            Some(Step::Say(octets, counts)) => {
                (self.out, self.out_counts) = (octets, counts);
                self.join();
                true
            }
            Some(Step::Sent) => {
                self.sent = Some(Instant::now());
                true
            }
            Some(Step::Data { stream, octets, padding, last }) => {
                self.data(stream, octets, padding, last)
            }
        }
    }

    /// Lets what follows leave in the same piece: many small frames come at once then.
    fn join(&mut self) {
        while let Some(Step::Say(octets, counts)) = self.script.steps.front()
            && self.out.len() < PIECE
        {
            self.out.extend_from_slice(octets);
            self.out_counts += counts;
            self.script.steps.pop_front();
        }
    }

    /// As much of a piece of DATA as the windows let out in one frame; the rest stays.
    fn data(&mut self, stream: u32, mut octets: Bytes, padding: Option<u8>, last: bool) -> bool {
        let room = self.peer.room(stream);
        // Padding takes one octet more for its length; what has no room for it goes without.
        let free = room.saturating_sub(1 + usize::from(!octets.is_empty()));
        let padded = padding.filter(|_| free > 0);
        let padded = padded.map(|octets| octets.min(u8::try_from(free).unwrap_or(u8::MAX)));
        let besides = padded.map_or(0, |octets| 1 + usize::from(octets));
        let piece = octets.split_to(octets.len().min(room.saturating_sub(besides)));
        let is_stuck = piece.is_empty() && !octets.is_empty();
        if !is_stuck {
            let ends = last && octets.is_empty();
            self.out = frame::data(stream, &piece, padded, ends).octets();
            self.out_counts = if stream == self.script.main { piece.len() } else { 0 };
            self.peer.spend(stream, piece.len() + besides);
        }
        if !octets.is_empty() {
            self.script.steps.push_front(Step::Data { stream, octets, padding, last });
        }
        !is_stuck
    }

    /// Reads a piece, and gives why to stop, where there is a reason.
    fn read(&mut self, cx: &mut Context<'_>) -> Poll<Option<Stop>> {
        if self.owed.len() > MOST_OWED && !self.failed {
            // Writing goes on first: it wakes us.
            return Poll::Pending;
        }
        if let Some(stop) = self.drain() {
            return Poll::Ready(Some(stop));
        }
        let mut buffer = ReadBuf::new(&mut self.input);
        match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)) {
            Err(error) => return Poll::Ready(Some(ended(&error))),
            Ok(()) if buffer.filled().is_empty() => return Poll::Ready(Some(Stop::Closed)),
            Ok(()) => {}
        }
        let came = buffer.filled();
        let kept = KEPT.saturating_sub(self.first.len()).min(came.len());
        self.first.extend_from_slice(&came[..kept]);
        self.frames.feed(came);
        Poll::Ready(self.drain())
    }

    /// Takes the frames over that are whole.
    fn drain(&mut self) -> Option<Stop> {
        loop {
            let stop = match self.frames.take() {
                Ok(None) => return None,
                Ok(Some(frame)) => self.take(&frame).unwrap_or_else(|why| Some(Stop::Garbage(why))),
                Err(length) => Some(Stop::Garbage(format!("a frame of {length} octets came"))),
            };
            if stop.is_some() {
                return stop;
            }
        }
    }
}

/// What a failure to read means.
fn ended(error: &io::Error) -> Stop {
    match tls::refused(error) {
        Some(reason) => Stop::Refused(reason),
        None if read_end(error) == ReadEnd::Closed => Stop::Closed,
        None => Stop::Reset,
    }
}
