//! What is done with frames of HTTP/2 besides sending a request, on purpose.

use std::time::Duration;

/// Something that is done with frames besides sending a request (RFC 9113, section 4).
///
/// A request with any goes out on a connection of its own, written frame by frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameOperation {
    /// A setting is changed in the middle of the request (section 6.5).
    Setting {
        /// Which one (section 6.5.2).
        identifier: u16,
        /// Its new value.
        value: u32,
    },
    /// Each DATA frame is padded by so many octets (section 6.1).
    Padding(u8),
    /// The head comes in so many frames: HEADERS, then CONTINUATION (section 6.10).
    Pieces(usize),
    /// The request is sent on so many streams, with their DATA in turn.
    Streams(usize),
    /// As many streams as the service admits are begun and not ended, then so many more (section 5.1.2).
    Surplus(usize),
    /// GOAWAY in the middle of the request (section 6.8).
    GoAway,
    /// A PING with data in the middle of the request; its acknowledgement belongs to the answer
    /// (section 6.7).
    Ping,
    /// The request ends with a trailer field of so many octets (RFC 9113, section 8.1).
    Trailers(usize),
    /// The answer may have so many octets on their way, and more each time that a pause is over
    /// (section 6.9).
    Window {
        /// Octets of the window.
        size: u32,
        /// The pause before each WINDOW_UPDATE.
        gap: Duration,
    },
    /// So many streams are begun and reset at once, before the request (section 6.4).
    Resets(usize),
    /// So many CONTINUATION frames with further fields follow the head.
    Continuations(usize),
    /// So many PING frames, before the request.
    Pings(usize),
}
