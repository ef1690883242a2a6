//! Deliberate bends of timing, at semantic positions.

use std::fmt;
use std::time::Duration;

/// One bend of timing. Every position and delay comes from the case, none from a clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Perturbation {
    /// `stall`: write nothing from the position on for a while.
    Stall {
        /// Where the silence begins.
        at: Position,
        /// How long it lasts.
        pause: Duration,
    },
    /// `slice`: write in pieces with a gap after each.
    Slice {
        /// Octets of a piece.
        size: u32,
        /// Pause after each piece.
        gap: Duration,
    },
    /// `cut`: end the connection with FIN.
    Cut(Position),
    /// `reset`: end the connection with RST, or the stream with `RST_STREAM`.
    Reset(Position),
    /// `half_close`: end the sending side only.
    HalfClose(Position),
    /// `cancel`: the client goes away.
    Cancel(Duration),
    /// `read`: read the answer in pieces with a gap after each.
    Read {
        /// Octets of a piece.
        size: u32,
        /// Pause after each piece.
        gap: Duration,
    },
    /// `hold`: stop at the position until another step has ended.
    Hold {
        /// Where it stops.
        at: Position,
        /// The id of the step whose end lets it go on.
        until: String,
    },
}

impl Perturbation {
    /// Whether it is a silence in the middle.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::Stall { .. } | Self::Hold { .. })
    }

    /// How long it lasts, or what it consists of does; `None` for what takes no time.
    pub fn length(&self) -> Option<Duration> {
        match self {
            Self::Stall { pause: length, .. }
            | Self::Slice { gap: length, .. }
            | Self::Read { gap: length, .. }
            | Self::Cancel(length) => Some(*length),
            Self::Cut(_) | Self::Reset(_) | Self::HalfClose(_) | Self::Hold { .. } => None,
        }
    }

    /// Whether the request does not go out in whole, or nobody waits for its answer.
    pub fn breaks_off(&self) -> bool {
        matches!(self, Self::Cut(_) | Self::Reset(_) | Self::HalfClose(_) | Self::Cancel(_))
    }
}

/// For a person: `cut at body+1`, `stalled for 500ms at headers`.
impl fmt::Display for Perturbation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stall { at, pause } => write!(f, "stalled for {pause:?} at {at}"),
            Self::Slice { size, gap } => write!(f, "sent in pieces of {size}, {gap:?} apart"),
            Self::Cut(at) => write!(f, "cut at {at}"),
            Self::Reset(at) => write!(f, "reset at {at}"),
            Self::HalfClose(at) => write!(f, "half closed at {at}"),
            Self::Cancel(after) => write!(f, "given up after {after:?}"),
            Self::Read { size, gap } => write!(f, "read in pieces of {size}, {gap:?} apart"),
            Self::Hold { at, until } => write!(f, "held at {at} until {until} has ended"),
        }
    }
}

/// A position in an exchange that means the same however the bytes are framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Position {
    /// `headers`: after the head, before the body.
    Headers,
    /// `body+N`: after N octets of the body.
    Body(u64),
    /// `message K` or `message K+N`: after N octets of the Kth message of a stream.
    Message(u32, u64),
    /// `before_last_byte`
    BeforeLastByte,
    /// `sent`: after the last byte of the request.
    Sent,
    /// `response_first_byte`
    ResponseFirstByte,
    /// `response+N`: after N octets of the answer.
    Response(u64),
}

impl Position {
    /// Reads the form of a case file.
    ///
    /// # Errors
    /// The text names no position.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || {
            format!(
                "`{text}` is no position; write headers, body+N, message K, message K+N, \
                 before_last_byte, sent, response_first_byte or response+N"
            )
        };
        let number = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u64>().ok().filter(|_| digits).ok_or_else(bad)
        };
        Ok(match text {
            "headers" => Self::Headers,
            "before_last_byte" => Self::BeforeLastByte,
            "sent" => Self::Sent,
            "response_first_byte" => Self::ResponseFirstByte,
            _ => {
                if let Some(rest) = text.strip_prefix("body+") {
                    Self::Body(number(rest)?)
                } else if let Some(rest) = text.strip_prefix("response+") {
                    Self::Response(number(rest)?)
                } else if let Some(rest) = text.strip_prefix("message ") {
                    let (index, offset) = rest.split_once('+').unwrap_or((rest, "0"));
                    let index = u32::try_from(number(index)?).map_err(|_| bad())?;
                    Self::Message(index, number(offset)?)
                } else {
                    return Err(bad());
                }
            }
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Headers => f.write_str("headers"),
            Self::Body(offset) => write!(f, "body+{offset}"),
            Self::Message(index, 0) => write!(f, "message {index}"),
            Self::Message(index, offset) => write!(f, "message {index}+{offset}"),
            Self::BeforeLastByte => f.write_str("before_last_byte"),
            Self::Sent => f.write_str("sent"),
            Self::ResponseFirstByte => f.write_str("response_first_byte"),
            Self::Response(offset) => write!(f, "response+{offset}"),
        }
    }
}
