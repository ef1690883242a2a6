//! Frames of HTTP/2 as octets (RFC 9113, section 4.1).

use bytes::{Buf as _, Bytes, BytesMut};

/// What a connection begins with (section 3.4).
pub(in crate::transport) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// Types of frames (section 6).
pub(in crate::transport) const DATA: u8 = 0x0;
pub(in crate::transport) const HEADERS: u8 = 0x1;
pub(in crate::transport) const RST_STREAM: u8 = 0x3;
pub(super) const SETTINGS: u8 = 0x4;
pub(super) const PUSH_PROMISE: u8 = 0x5;
pub(super) const PING: u8 = 0x6;
pub(super) const GOAWAY: u8 = 0x7;
pub(super) const WINDOW_UPDATE: u8 = 0x8;
pub(super) const CONTINUATION: u8 = 0x9;

// Flags of frames (section 6).
pub(in crate::transport) const END_STREAM: u8 = 0x1;
pub(super) const ACK: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
pub(super) const PRIORITY: u8 = 0x20;

// Settings (section 6.5.2).
pub(super) const ENABLE_PUSH: u16 = 0x2;
pub(super) const MAX_CONCURRENT_STREAMS: u16 = 0x3;
pub(super) const INITIAL_WINDOW_SIZE: u16 = 0x4;
pub(super) const MAX_FRAME_SIZE: u16 = 0x5;
pub(super) const MAX_HEADER_LIST_SIZE: u16 = 0x6;

/// The least that any endpoint takes as the payload of a frame (section 4.2).
pub(super) const LEAST_MOST: usize = 1 << 14;

/// Octets of what stands before a payload.
pub(in crate::transport) const HEADER: usize = 9;

/// Octets of the fields of PRIORITY in HEADERS (section 6.2).
const PRIORITIES: usize = 5;

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::transport) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    /// The stream; 0 is the connection.
    pub(super) stream: u32,
    pub(super) payload: Bytes,
}

impl Frame {
    pub(in crate::transport) fn new(
        kind: u8,
        flags: u8,
        stream: u32,
        payload: impl Into<Bytes>,
    ) -> Self {
        Self { kind, flags, stream, payload: payload.into() }
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Adds its octets. A payload beyond what 24 bits count is cut off: nothing here makes any.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let length = self.payload.len().min((1 << 24) - 1);
        out.extend_from_slice(&(length as u32).to_be_bytes()[1..]);
        out.extend_from_slice(&[self.kind, self.flags]);
        out.extend_from_slice(&(self.stream & 0x7fff_ffff).to_be_bytes());
        out.extend_from_slice(&self.payload[..length]);
    }

    pub(in crate::transport) fn octets(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER + self.payload.len());
        self.write(&mut out);
        out
    }

    /// The payload of DATA or HEADERS without padding and priority; `None` where it is too short for
    /// them (section 6.1).
    pub(super) fn content(&self) -> Option<Bytes> {
        let mut content = self.payload.clone();
        if self.has(PADDED) {
            let padding = usize::from(content.try_get_u8().ok()?);
            content.truncate(content.len().checked_sub(padding)?);
        }
        if self.kind == HEADERS && self.has(PRIORITY) {
            (content.len() >= PRIORITIES).then(|| content.advance(PRIORITIES))?;
        }
        Some(content)
    }

    /// The number that the payload of RST_STREAM and WINDOW_UPDATE is, and that stands at any place of
    /// another one.
    pub(super) fn number(&self, at: usize) -> Option<u32> {
        let octets = self.payload.get(at..at + 4)?;
        octets.try_into().ok().map(u32::from_be_bytes)
    }

    /// Settings in their order (section 6.5.1); `None` where there is half of one.
    pub(super) fn settings(&self) -> Option<Vec<(u16, u32)>> {
        let (all, rest) = self.payload.as_chunks::<6>();
        let setting = |octets: &[u8; 6]| {
            let [first, second, value @ ..] = *octets;
            (u16::from_be_bytes([first, second]), u32::from_be_bytes(value))
        };
        rest.is_empty().then(|| all.iter().map(setting).collect())
    }
}

/// SETTINGS (section 6.5).
pub(super) fn settings(settings: &[(u16, u32)]) -> Frame {
    let octets = settings.iter().flat_map(|(identifier, value)| {
        identifier.to_be_bytes().into_iter().chain(value.to_be_bytes())
    });
    Frame::new(SETTINGS, 0, 0, octets.collect::<Vec<u8>>())
}

/// PING with its data (section 6.7).
pub(super) fn ping(data: [u8; 8]) -> Frame {
    Frame::new(PING, 0, 0, data.to_vec())
}

/// GOAWAY that admits no stream of the other side (section 6.8).
pub(super) fn go_away(code: u32) -> Frame {
    Frame::new(GOAWAY, 0, 0, [0_u32.to_be_bytes(), code.to_be_bytes()].concat())
}

/// RST_STREAM (section 6.4).
pub(super) fn reset(stream: u32, code: u32) -> Frame {
    Frame::new(RST_STREAM, 0, stream, code.to_be_bytes().to_vec())
}

/// WINDOW_UPDATE (section 6.9).
pub(super) fn window_update(stream: u32, octets: u32) -> Frame {
    Frame::new(WINDOW_UPDATE, 0, stream, octets.to_be_bytes().to_vec())
}

/// DATA, padded where that is asked for (section 6.1).
pub(super) fn data(stream: u32, octets: &[u8], padding: Option<u8>, last: bool) -> Frame {
    let end = if last { END_STREAM } else { 0 };
    match padding {
        None => Frame::new(DATA, end, stream, octets.to_vec()),
        Some(length) => {
            let padding = vec![0; usize::from(length)];
            Frame::new(DATA, end | PADDED, stream, [&[length], octets, &padding].concat())
        }
    }
}

/// A block of fields in frames: HEADERS, then CONTINUATION for each further piece (section 4.3).
pub(super) fn head(stream: u32, pieces: &[&[u8]], last: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let kind = if index == 0 { HEADERS } else { CONTINUATION };
        let end = if index == 0 && last { END_STREAM } else { 0 };
        let whole = if index + 1 == pieces.len() { END_HEADERS } else { 0 };
        Frame::new(kind, end | whole, stream, piece.to_vec()).write(&mut out);
    }
    out
}

/// Frames in octets as they come.
#[derive(Debug)]
pub(super) struct Frames {
    octets: BytesMut,
    most: usize,
}

impl Frames {
    /// Frames with payloads of at most so many octets.
    pub(super) fn new(most: usize) -> Self {
        Self { octets: BytesMut::new(), most }
    }

    pub(super) fn feed(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// The next frame, once it is whole.
    ///
    /// # Errors
    /// The length of one that is longer than allowed.
    pub(super) fn take(&mut self) -> Result<Option<Frame>, usize> {
        let Some(header) = self.octets.first_chunk::<HEADER>() else { return Ok(None) };
        let [a, b, c, kind, flags, stream @ ..] = *header;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        let stream = u32::from_be_bytes(stream) & 0x7fff_ffff;
        if length > self.most {
            return Err(length);
        }
        if self.octets.len() < HEADER + length {
            return Ok(None);
        }
        self.octets.advance(HEADER);
        let payload = self.octets.split_to(length).freeze();
        Ok(Some(Frame { kind, flags, stream, payload }))
    }

    /// The octets of a frame that is not whole.
    pub(super) fn rest(&self) -> &[u8] {
        &self.octets
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_have_the_octets_of_the_standard() {
        let told = |frame: &Frame| frame.octets();
        let setting = settings(&[(INITIAL_WINDOW_SIZE, 1)]);
        assert_eq!(told(&setting), [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1]);
        assert_eq!(told(&reset(3, 8)), [0, 0, 4, 3, 0, 0, 0, 0, 3, 0, 0, 0, 8]);
        assert_eq!(told(&window_update(0, 9)), [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
        assert_eq!(told(&go_away(0)), [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(told(&data(1, b"a", Some(2), true)), [0, 0, 4, 0, 9, 0, 0, 0, 1, 2, b'a', 0, 0]);
        let two = head(1, &[b"a", b"b"], true);
        assert_eq!(
            two,
            [0, 0, 1, 1, END_STREAM, 0, 0, 0, 1, b'a', 0, 0, 1, 9, END_HEADERS, 0, 0, 0, 1, b'b']
        );
    }

    #[test]
    fn padding_and_priority_are_no_content() {
        let padded = data(1, b"abc", Some(255), false);
        assert_eq!(padded.content().as_deref(), Some(&b"abc"[..]));
        let head = Frame::new(HEADERS, PADDED | PRIORITY, 1, vec![1, 0, 0, 0, 0, 0, b'x', 0]);
        assert_eq!(head.content().as_deref(), Some(&b"x"[..]));
        for broken in [vec![], vec![3, 0, 0], vec![1, 0, 0, 0, 0, 0]] {
            let flags = PADDED | PRIORITY;
            assert_eq!(Frame::new(HEADERS, flags, 1, broken).content(), None);
        }
    }

    #[test]
    fn half_a_setting_is_none() {
        assert_eq!(settings(&[(1, 2), (3, 4)]).settings(), Some(vec![(1, 2), (3, 4)]));
        assert_eq!(Frame::new(SETTINGS, 0, 0, vec![0; 7]).settings(), None);
        assert_eq!(Frame::new(RST_STREAM, 0, 1, vec![0; 3]).number(0), None);
    }

    #[test]
    fn a_frame_that_is_too_long_is_told_before_it_came() {
        let mut frames = Frames::new(10);
        frames.feed(&[0, 0, 11, 0, 0, 0, 0, 0, 0]);
        assert_eq!(frames.take(), Err(11));
    }

    fn frame() -> impl Strategy<Value = Frame> {
        let payload = prop::collection::vec(any::<u8>(), 0..300);
        (any::<u8>(), any::<u8>(), 0..1_u32 << 31, payload)
            .prop_map(|(kind, flags, stream, payload)| Frame::new(kind, flags, stream, payload))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_whatever_the_pieces(
            all in prop::collection::vec(frame(), 0..6),
            size in 1_usize..400,
        ) {
            let octets: Vec<u8> = all.iter().flat_map(Frame::octets).collect();
            let mut frames = Frames::new(LEAST_MOST);
            let mut read = Vec::new();
            for piece in octets.chunks(size) {
                frames.feed(piece);
                while let Some(frame) = frames.take().unwrap() {
                    read.push(frame);
                }
            }
            prop_assert_eq!(read, all);
            prop_assert!(frames.rest().is_empty());
        }

        #[test]
        fn no_octets_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut frames = Frames::new(64);
            frames.feed(&octets);
            while let Ok(Some(frame)) = frames.take() {
                let _ = (frame.content(), frame.settings(), frame.number(0), frame.number(4));
            }
        }
    }
}
