//! Which frames of each stream have left: an engine takes octets over and writes them later.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use foldhash::HashMap;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::transport::frames::frame::{DATA, END_STREAM, HEADER, HEADERS, PREFACE, RST_STREAM};
use crate::transport::stream::Stream;

/// A stream of octets whose outgoing frames are followed.
#[derive(Debug)]
pub(super) struct Followed {
    stream: Stream,
    outgoing: Arc<Outgoing>,
}

/// What of each stream has left.
#[derive(Debug, Default)]
pub(super) struct Outgoing(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Octets of the preface that have left.
    preface: usize,
    head: Vec<u8>,
    /// The frame under way.
    frame: Outgone,
    /// Streams that have begun and not ended, by their number.
    open: HashMap<u32, u64>,
    /// The latest stream that has begun.
    latest: u32,
    /// Nothing more will leave.
    over: bool,
    waiting: Vec<Waker>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Outgone {
    kind: u8,
    flags: u8,
    stream: u32,
    /// Octets of its payload that have not left.
    rest: usize,
}

impl Followed {
    pub(super) fn new(stream: Stream) -> (Self, Arc<Outgoing>) {
        let outgoing = Arc::<Outgoing>::default();
        (Self { stream, outgoing: Arc::clone(&outgoing) }, outgoing)
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let mut state = self.outgoing.state();
        state.over = true;
        state.waiting.drain(..).for_each(Waker::wake);
    }
}

impl Outgoing {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ready once the head of a stream has left, with so many octets of its body, and its end where that is
    /// waited for; or where nothing leaves any more.
    pub(super) fn poll_left(
        &self,
        stream: u32,
        octets: u64,
        ended: bool,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let mut state = self.state();
        let has_left = match state.open.get(&stream) {
            Some(left) => *left >= octets && !ended,
            // It has ended, or not begun.
            None => stream <= state.latest,
        };
        if has_left || state.over {
            return Poll::Ready(());
        }
        state.waiting.retain(|waker| !waker.will_wake(cx.waker()));
        state.waiting.push(cx.waker().clone());
        Poll::Pending
    }

    fn note<'o>(&self, parts: impl Iterator<Item = &'o [u8]>, mut octets: usize) {
        let mut state = self.state();
        for part in parts {
            let part = &part[..part.len().min(octets)];
            octets -= part.len();
            state.note(part);
        }
        state.waiting.drain(..).for_each(Waker::wake);
    }
}

impl State {
    fn note(&mut self, mut octets: &[u8]) {
        let skipped = octets.len().min(PREFACE.len() - self.preface);
        self.preface += skipped;
        octets = &octets[skipped..];
        while !octets.is_empty() {
            if self.frame.rest == 0 {
                let (head, rest) = octets.split_at(octets.len().min(HEADER - self.head.len()));
                self.head.extend_from_slice(head);
                octets = rest;
                let [a, b, c, kind, flags, stream @ ..] = &*self.head else { return };
                let Ok(stream) = <[u8; 4]>::try_from(stream) else { return };
                self.frame = Outgone {
                    kind: *kind,
                    flags: *flags,
                    stream: u32::from_be_bytes(stream) & (u32::MAX >> 1),
                    rest: usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c),
                };
                self.head.clear();
            }
            let taken = octets.len().min(self.frame.rest);
            self.frame.rest -= taken;
            octets = &octets[taken..];
            self.left(taken as u64);
        }
    }

    /// Notes octets of the payload of the frame under way, and its end.
    fn left(&mut self, octets: u64) {
        let Outgone { kind, flags, stream, rest } = self.frame;
        let ends = rest == 0;
        match kind {
            HEADERS if ends && stream > self.latest => {
                self.latest = stream;
                self.open.insert(stream, 0);
            }
            DATA => {
                if let Some(left) = self.open.get_mut(&stream) {
                    *left += octets;
                }
            }
            _ => {}
        }
        let is_last = matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0;
        if ends && (is_last || kind == RST_STREAM) {
            self.open.remove(&stream);
        }
    }
}

impl AsyncRead for Followed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Followed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(octets)) = written {
            self.outgoing.note(std::iter::once(buf), octets);
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        if let Poll::Ready(Ok(octets)) = written {
            self.outgoing.note(bufs.iter().map(|buf| &**buf), octets);
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::frames::frame::Frame;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &'static [u8]) -> Vec<u8> {
        Frame::new(kind, flags, stream, payload).octets()
    }

    #[test]
    fn what_has_left_is_known_octet_by_octet_in_whatever_pieces() {
        let all = [
            PREFACE.to_vec(),
            frame(4, 0, 0, &[0; 12]),
            frame(HEADERS, 4, 1, b"head"),
            frame(HEADERS, 5, 3, b"whole"),
            frame(DATA, 0, 1, b"abc"),
            frame(DATA, END_STREAM, 1, b""),
        ]
        .concat();
        let mut cx = Context::from_waker(Waker::noop());
        for size in [1, 2, 7, all.len()] {
            let outgoing = Outgoing::default();
            let mut left = |stream, octets, ended| {
                outgoing.poll_left(stream, octets, ended, &mut cx).is_ready()
            };
            let mut seen = Vec::new();
            for piece in all.chunks(size) {
                outgoing.note(std::iter::once(piece), piece.len());
                let known =
                    [left(1, 0, false), left(1, 2, false), left(1, 3, true), left(3, 9, true)];
                if seen.last() != Some(&known) {
                    seen.push(known);
                }
            }
            let last = [true; 4];
            assert_eq!(seen.last(), Some(&last), "{size}");
            assert!(!left(5, 0, false), "it has not begun");
            if size == 1 {
                let before = [
                    [false; 4],
                    [true, false, false, false],
                    [true, false, false, true],
                    [true, true, false, true],
                ];
                assert_eq!(seen[..4], before);
            }
        }
    }

    #[test]
    fn only_what_was_written_counts() {
        let outgoing = Outgoing::default();
        let mut cx = Context::from_waker(Waker::noop());
        let all = [PREFACE.to_vec(), frame(HEADERS, 4, 1, b"head")].concat();
        let (first, second) = all.split_at(30);
        outgoing.note([first, second].into_iter(), all.len() - 1);
        assert!(outgoing.poll_left(1, 0, false, &mut cx).is_pending());
        outgoing.note(std::iter::once(&b"d"[..]), 1);
        assert!(outgoing.poll_left(1, 0, false, &mut cx).is_ready());
    }
}
