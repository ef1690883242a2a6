//! Frames of HTTP/2 in an unusual order, size or number (RFC 9113). HTTP/1.1 has none, and cannot carry
//! these.

use std::mem::discriminant;
use std::time::Duration;

use super::{Danger, Domain, Parameter, Rule, Subject, whole, with_body};
use crate::case::Label;
use crate::wire::FrameOperation;

/// Settings that are changed in the middle of a request, each with its identifier and a value that every
/// server has to take (RFC 9113, section 6.5.2).
const SETTINGS: [(&str, u16, u32); 3] = [
    ("initial_window_size", 0x4, 1_024),
    ("max_frame_size", 0x5, 1 << 20),
    ("header_table_size", 0x1, 0),
];

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "settings_in_request",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "setting",
            domain: Domain::Text(&["initial_window_size", "max_frame_size", "header_table_size"]),
        }],
        explain: "a setting of the connection is changed while the request is on its way; it holds from \
                  then on, and the request is served as usual (RFC 9113, section 6.5.3)",
        places: whole,
        apply: |s| {
            let name = s.text("setting")?;
            let known = SETTINGS.iter().find(|(known, ..)| *known == name);
            let Some((_, identifier, value)) = known else {
                let names: Vec<_> = SETTINGS.iter().map(|(name, ..)| *name).collect();
                return Err(format!("`setting` is none that is known: {}", names.join(", ")));
            };
            add(s, FrameOperation::Setting { identifier: *identifier, value: *value })
        },
    },
    Rule {
        name: "padded_data",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "octets",
            domain: Domain::Int { simplest: 255, min: 0, max: 255 },
        }],
        explain: "each DATA frame is padded by that many octets, which count for the windows and for \
                  nothing else (RFC 9113, section 6.1)",
        places: with_body,
        apply: |s| {
            let octets = u8::try_from(s.int("octets")?).unwrap_or(u8::MAX);
            add(s, FrameOperation::Padding(octets))
        },
    },
    Rule {
        name: "split_head",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "frames",
            // More of them may be taken for a flood.
            domain: Domain::Int { simplest: 2, min: 2, max: 5 },
        }],
        explain: "the head comes in that many frames, HEADERS and CONTINUATION, cut anywhere (RFC 9113, \
                  section 4.3)",
        places: whole,
        apply: |s| {
            let frames = s.size("frames")?;
            add(s, FrameOperation::Pieces(frames))
        },
    },
    Rule {
        name: "interleaved_streams",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "streams",
            domain: Domain::Int { simplest: 3, min: 2, max: 20 },
        }],
        explain: "the request is sent on that many streams of one connection, with their DATA frames in \
                  turn; each is a request of its own (RFC 9113, section 5)",
        places: whole,
        apply: |s| {
            let streams = s.size("streams")?;
            add(s, FrameOperation::Streams(streams))
        },
    },
    Rule {
        name: "surplus_streams",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "over",
            domain: Domain::Int { simplest: 1, min: 1, max: 8 },
        }],
        explain: "as many streams as the service admits are begun and not ended, then that many more; \
                  the last one is refused by REFUSED_STREAM or PROTOCOL_ERROR, or served (RFC 9113, \
                  section 5.1.2)",
        places: whole,
        apply: |s| {
            let over = s.size("over")?;
            add(s, FrameOperation::Surplus(over))
        },
    },
    Rule {
        name: "goaway_in_request",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "GOAWAY comes in the middle of the request: no stream follows, and this one is served \
                  to its end (RFC 9113, section 6.8)",
        places: whole,
        apply: |s| add(s, FrameOperation::GoAway),
    },
    Rule {
        name: "ping_in_request",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "PING comes in the middle of the request and MUST be acknowledged with the same data; \
                  without that the answer is not whole (RFC 9113, section 6.7)",
        places: whole,
        apply: |s| add(s, FrameOperation::Ping),
    },
    Rule {
        name: "trailers_in_request",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "octets",
            domain: Domain::Int { simplest: 1, min: 0, max: 4_096 },
        }],
        explain: "the request ends with a trailer field that has a value of that many octets, which says \
                  nothing to anyone (RFC 9113, section 8.1)",
        places: whole,
        apply: |s| {
            let octets = s.size("octets")?;
            add(s, FrameOperation::Trailers(octets))
        },
    },
    Rule {
        name: "tiny_window",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: true,
        parameters: &[
            Parameter { name: "octets", domain: Domain::Int { simplest: 16, min: 1, max: 65_535 } },
            Parameter { name: "gap", domain: Domain::Int { simplest: 20, min: 1, max: 1_000 } },
        ],
        explain: "the answer may have only that many octets on their way, and that many more after each \
                  gap (in ms); after a few seconds it may all come (RFC 9113, section 6.9.2)",
        places: whole,
        apply: |s| {
            let size = u32::try_from(s.size("octets")?).unwrap_or(1);
            let gap = Duration::from_millis(s.size("gap")? as u64);
            add(s, FrameOperation::Window { size, gap })
        },
    },
];

/// Adds something that is done with frames, once of each kind.
pub(super) fn add(subject: &mut Subject<'_>, operation: FrameOperation) -> Result<(), String> {
    let frames = &mut subject.request.frames;
    if frames.iter().any(|known| discriminant(known) == discriminant(&operation)) {
        return Err("is there already; take one of the two out".to_owned());
    }
    frames.push(operation);
    Ok(())
}
