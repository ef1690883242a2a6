//! What goes out on a connection, in its order.

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;

use super::frame::{self, head, ping, reset};
use super::hpack;
use super::peer::Peer;
use crate::wire::FrameOperation;

/// The code by which we give a stream up: CANCEL (RFC 9113, section 7).
const CANCEL: u32 = 0x8;

/// Streams that are begun and not ended, at most: where a service admits more, it is not asked for more.
const MOST_HELD: usize = 256;

/// In so many pieces the bodies of several streams go out in turn.
const TURNS: usize = 4;

/// The data of the PING whose acknowledgement is waited for.
pub(super) const PINGED: [u8; 8] = *b"phi-fuzz";

/// The name of fields that are there only to be many.
const FILLER: &[u8] = b"x-phi-fuzz";

/// A request in the form that frames carry.
#[derive(Debug)]
pub(super) struct Parts<'p> {
    /// Its fields, encoded.
    pub(super) block: Vec<u8>,
    /// Octets of its fields, uncompressed.
    pub(super) head: usize,
    pub(super) body: Bytes,
    pub(super) operations: &'p [FrameOperation],
}

/// What is to be sent.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) steps: VecDeque<Step>,
    /// The stream of the request.
    pub(super) main: u32,
    /// Streams whose ends are waited for, too.
    pub(super) others: BTreeSet<u32>,
    /// Whether the acknowledgement of a PING is waited for, too.
    pub(super) ping: bool,
    /// Requests that are begun besides.
    pub(super) besides: usize,
}

/// A step of it.
#[derive(Debug)]
pub(super) enum Step {
    /// Octets that no window bounds, so many of them of the request.
    Say(Vec<u8>, usize),
    /// DATA, as far as the windows let it out.
    Data { stream: u32, octets: Bytes, padding: Option<u8>, last: bool },
    /// The request is out.
    Sent,
}

/// What the operations ask for, together.
#[derive(Debug)]
struct Shape {
    padding: Option<u8>,
    pieces: usize,
    streams: usize,
    surplus: usize,
    resets: usize,
    continuations: usize,
    pings: usize,
    trailers: Option<usize>,
    /// What goes out in the middle of the request.
    middle: Vec<u8>,
    ping: bool,
}

impl Shape {
    fn of(operations: &[FrameOperation]) -> Self {
        let mut shape = Self {
            padding: None,
            pieces: 1,
            streams: 1,
            surplus: 0,
            resets: 0,
            continuations: 0,
            pings: 0,
            trailers: None,
            middle: Vec::new(),
            ping: false,
        };
        for operation in operations {
            match *operation {
                FrameOperation::Setting { identifier, value } => {
                    frame::settings(&[(identifier, value)]).write(&mut shape.middle);
                }
                FrameOperation::Padding(octets) => shape.padding = Some(octets),
                FrameOperation::Pieces(pieces) => shape.pieces = pieces.max(1),
                FrameOperation::Streams(streams) => shape.streams = streams.max(1),
                FrameOperation::Surplus(over) => shape.surplus = over,
                FrameOperation::GoAway => frame::go_away(0).write(&mut shape.middle),
                FrameOperation::Ping => {
                    shape.ping = true;
                    ping(PINGED).write(&mut shape.middle);
                }
                FrameOperation::Resets(count) => shape.resets = count,
                FrameOperation::Continuations(count) => shape.continuations = count,
                FrameOperation::Pings(count) => shape.pings = count,
                FrameOperation::Trailers(octets) => shape.trailers = Some(octets),
                // It is for what comes.
                FrameOperation::Window { .. } => {}
            }
        }
        shape
    }
}

impl Script {
    /// What is sent to this peer.
    pub(super) fn of(parts: &Parts<'_>, peer: &Peer) -> Self {
        let shape = Shape::of(parts.operations);
        let admitted = peer.max_streams.map_or(usize::MAX, |most| most as usize);
        let filler = hpack::encode([(FILLER, &b"a"[..])]);
        let mut pieces = pieces(&parts.block, shape.pieces, peer.max_frame);
        let plain = pieces.clone();
        pieces.extend(std::iter::repeat_n(&*filler, shape.continuations));
        let say = |octets: Vec<u8>| Step::Say(octets, 0);
        let mut script = Self { ping: shape.ping, ..Self::default() };
        let mut streams = (1_u32..).step_by(2);
        let mut stream = || streams.next().unwrap_or(1);

        let pings = (0..shape.pings as u64).map(|number| say(ping(number.to_be_bytes()).octets()));
        script.steps.extend(pings);
        for _ in 0..shape.resets {
            let stream = stream();
            let mut octets = head(stream, &plain, true);
            reset(stream, CANCEL).write(&mut octets);
            script.steps.push_back(say(octets));
        }
        if shape.surplus > 0 {
            let held = admitted.min(MOST_HELD);
            let begun = held + shape.surplus - 1;
            let begin = |index: usize| say(head(stream(), &plain, index >= held));
            script.steps.extend((0..begun).map(begin));
            script.besides += begun;
        }
        script.besides += shape.resets;

        let all: Vec<u32> = (0..shape.streams.min(admitted).max(1)).map(|_| stream()).collect();
        script.main = all[0];
        script.others = all[1..].iter().copied().collect();
        script.besides += script.others.len();
        let body = &parts.body;
        let is_bare = body.is_empty() && shape.middle.is_empty();
        let ends = is_bare && shape.trailers.is_none();
        for stream in &all {
            let counts = if *stream == script.main { parts.head } else { 0 };
            script.steps.push_back(Step::Say(head(*stream, &pieces, ends), counts));
        }
        let turns = match (all.len(), shape.middle.is_empty()) {
            _ if is_bare => Vec::new(),
            (1, true) => cut(body, 1),
            (1, false) => cut(body, 2),
            _ => cut(body, TURNS),
        };
        let count = turns.len();
        for (index, octets) in turns.into_iter().enumerate() {
            if index == count / 2 && !shape.middle.is_empty() {
                script.steps.push_back(say(shape.middle.clone()));
            }
            let last = index + 1 == count && shape.trailers.is_none();
            let padding = shape.padding;
            script.steps.extend(all.iter().map(|stream| {
                let octets = octets.clone();
                Step::Data { stream: *stream, octets, padding, last }
            }));
        }
        if let Some(octets) = shape.trailers {
            let block = hpack::encode([(FILLER, &*vec![b'a'; octets])]);
            let pieces = self::pieces(&block, 1, peer.max_frame);
            script.steps.extend(all.iter().map(|stream| say(head(*stream, &pieces, true))));
        }
        script.steps.push_back(Step::Sent);
        script
    }
}

/// A block in so many pieces, or more where they would not fit into frames.
fn pieces(block: &[u8], count: usize, most: usize) -> Vec<&[u8]> {
    let size = block.len().div_ceil(count).clamp(1, most);
    block.chunks(size).collect()
}

/// A body in so many pieces, or fewer where it has not as many octets; at least one, which may be empty.
fn cut(body: &Bytes, count: usize) -> Vec<Bytes> {
    let size = body.len().div_ceil(count).max(1);
    let starts = (0..body.len().max(1)).step_by(size);
    starts.map(|start| body.slice(start..body.len().min(start + size))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::frames::frame::{
        CONTINUATION, DATA, END_HEADERS, END_STREAM, Frame, Frames, HEADERS, PING, RST_STREAM,
        SETTINGS,
    };

    fn script(body: &'static str, operations: &[FrameOperation], admitted: Option<u32>) -> Script {
        let block = hpack::encode([(&b":method"[..], &b"GET"[..])]);
        let parts =
            Parts { block, head: 10, body: Bytes::from_static(body.as_bytes()), operations };
        let mut peer = Peer::default();
        peer.max_streams = admitted;
        Script::of(&parts, &peer)
    }

    /// The frames of a script, windows being wide.
    fn frames(script: &Script) -> Vec<Frame> {
        let mut frames = Frames::new(1 << 20);
        for step in &script.steps {
            match step {
                Step::Say(octets, _) => frames.feed(octets),
                Step::Data { stream, octets, padding, last } => {
                    frames.feed(&frame::data(*stream, octets, *padding, *last).octets());
                }
                Step::Sent => {}
            }
        }
        std::iter::from_fn(|| frames.take().unwrap()).collect()
    }

    fn told(script: &Script) -> Vec<(u8, u32)> {
        frames(script).iter().map(|frame| (frame.kind, frame.stream)).collect()
    }

    #[test]
    fn a_request_ends_with_its_head_or_its_body() {
        let bare = frames(&script("", &[], None));
        assert!(bare.len() == 1 && bare[0].has(END_STREAM) && bare[0].has(END_HEADERS));
        let two = frames(&script("ab", &[FrameOperation::Pieces(2)], None));
        let kinds: Vec<u8> = two.iter().map(|frame| frame.kind).collect();
        assert_eq!(kinds, [HEADERS, CONTINUATION, DATA]);
        assert!(!two[0].has(END_STREAM) && !two[0].has(END_HEADERS) && two[1].has(END_HEADERS));
        assert!(two[2].has(END_STREAM));
    }

    #[test]
    fn what_comes_in_the_middle_does_so_with_a_body_and_without() {
        let setting = FrameOperation::Setting { identifier: 4, value: 1 };
        assert_eq!(told(&script("", &[setting], None)), [(HEADERS, 1), (SETTINGS, 0), (DATA, 1)]);
        let ping = script("abc", &[FrameOperation::Ping], None);
        assert_eq!(told(&ping), [(HEADERS, 1), (DATA, 1), (PING, 0), (DATA, 1)]);
        assert!(ping.ping && frames(&ping)[3].has(END_STREAM) && !frames(&ping)[1].has(END_STREAM));
    }

    #[test]
    fn trailers_end_a_request_with_a_body_and_without() {
        let trailers = [FrameOperation::Trailers(1)];
        for (body, expected) in [("", &[HEADERS, HEADERS][..]), ("ab", &[HEADERS, DATA, HEADERS])] {
            let frames = frames(&script(body, &trailers, None));
            let kinds: Vec<u8> = frames.iter().map(|frame| frame.kind).collect();
            assert_eq!(kinds, expected);
            let ends: Vec<bool> = frames.iter().map(|frame| frame.has(END_STREAM)).collect();
            assert_eq!(ends.iter().filter(|ends| **ends).count(), 1);
            assert!(ends.last() == Some(&true));
        }
    }

    #[test]
    fn several_streams_take_turns_and_are_no_more_than_admitted() {
        let streams = [FrameOperation::Streams(3)];
        let three = script("ab", &streams, None);
        let data = [(DATA, 1), (DATA, 3), (DATA, 5)];
        let heads = [(HEADERS, 1), (HEADERS, 3), (HEADERS, 5)];
        assert_eq!(told(&three), [heads, data, data].concat());
        assert_eq!((three.main, three.besides), (1, 2));
        assert_eq!(script("ab", &streams, Some(2)).others, BTreeSet::from([3]));
    }

    #[test]
    fn as_many_as_admitted_are_begun_and_one_more_is_whole() {
        let over = script("", &[FrameOperation::Surplus(1)], Some(3));
        let ends: Vec<bool> = frames(&over).iter().map(|frame| frame.has(END_STREAM)).collect();
        assert_eq!((ends, over.main), (vec![false, false, false, true], 7));
        let many = script("", &[FrameOperation::Surplus(1)], None);
        assert_eq!(many.besides, MOST_HELD);
    }

    #[test]
    fn floods_have_as_many_frames_as_they_say() {
        let reset = script("", &[FrameOperation::Resets(2)], None);
        let one = |stream| [(HEADERS, stream), (RST_STREAM, stream)];
        assert_eq!(told(&reset), [&one(1)[..], &one(3), &[(HEADERS, 5)]].concat());
        assert_eq!((reset.main, reset.besides), (5, 2));
        let pings = told(&script("", &[FrameOperation::Pings(3)], None));
        assert_eq!(pings, [(PING, 0), (PING, 0), (PING, 0), (HEADERS, 1)]);
        let flood = frames(&script("", &[FrameOperation::Continuations(4)], None));
        assert_eq!(flood.iter().filter(|frame| frame.kind == CONTINUATION).count(), 4);
        assert_eq!(flood.iter().filter(|frame| frame.has(END_HEADERS)).count(), 1);
    }
}
