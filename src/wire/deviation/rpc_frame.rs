//! Frames of messages that say what is not so (PROTOCOL-HTTP2.md, "Length-Prefixed-Message"; compression.md).

use super::{Danger, Domain, Parameter, Rule, of_message};
use crate::case::Label;
use crate::wire::grpc::frame;

/// Octets of the head of a message.
const HEAD: usize = 5;

/// A field of a number that no descriptor can have, of 4 MiB.
const LONG: &[u8] = b"\xc2\xa3\x09\x80\x80\x80\x02";

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "compressed_flag",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[],
        explain: "a message says that it is compressed where no encoding is named: INTERNAL is the answer \
                  (compression.md, test case 6)",
        places: of_message,
        apply: |s| flagged(s, 1),
    },
    Rule {
        name: "reserved_flag",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "flag",
            domain: Domain::Int { simplest: 2, min: 2, max: 255 },
        }],
        explain: "a message begins with a flag that means nothing; 0 and 1 are all there are",
        places: of_message,
        apply: |s| {
            let flag = u8::try_from(s.int("flag")?).unwrap_or(u8::MAX);
            flagged(s, flag)
        },
    },
    Rule {
        name: "frame_length_past_end",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "by",
            domain: Domain::Int { simplest: 1, min: 1, max: u32::MAX as i64 },
        }],
        explain: "a message is said to be longer than what comes",
        places: of_message,
        apply: |s| {
            let by = s.size("by")?;
            let mut body = s.request.body.to_vec();
            let length = body.len().saturating_sub(HEAD).saturating_add(by);
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            let head = body.get_mut(1..HEAD).ok_or("the call has no message")?;
            head.copy_from_slice(&length.to_be_bytes());
            s.set_body(body);
            Ok(())
        },
    },
    Rule {
        name: "greatest_frame_length",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[],
        explain: "a message is said to have 4 GiB, as many as can be said: who sets that much aside is easy prey",
        places: of_message,
        apply: |s| {
            let mut body = s.request.body.to_vec();
            body.get_mut(1..HEAD).ok_or("the call has no message")?.fill(0xff);
            s.set_body(body);
            Ok(())
        },
    },
    Rule {
        name: "frame_cut_short",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "octets",
            domain: Domain::Int { simplest: 3, min: 1, max: 4 },
        }],
        explain: "the stream ends within the head of a message",
        places: of_message,
        apply: |s| {
            let octets = s.size("octets")?;
            let body = s.request.body.get(..octets).ok_or("the call has no message")?.to_vec();
            s.set_body(body);
            Ok(())
        },
    },
    Rule {
        name: "no_message",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "a call that takes one message comes without any (statuscodes.md: UNIMPLEMENTED)",
        places: of_message,
        apply: |s| {
            s.set_body(Vec::new());
            Ok(())
        },
    },
    Rule {
        name: "two_messages",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "a call that takes one message comes with two (statuscodes.md: UNIMPLEMENTED)",
        places: of_message,
        apply: |s| {
            let body = s.request.body.repeat(2);
            s.set_body(body);
            Ok(())
        },
    },
    Rule {
        name: "long_message",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: true,
        parameters: &[],
        explain: "a message has a field that nobody knows, by which it is longer than the 4 MiB that servers take \
                  by default (RESOURCE_EXHAUSTED)",
        places: of_message,
        apply: |s| {
            let mut message = s.request.body.get(HEAD..).unwrap_or_default().to_vec();
            message.extend_from_slice(LONG);
            message.resize(message.len() + (4 << 20), 0);
            s.set_body(frame(&message));
            Ok(())
        },
    },
];

/// Puts a flag before a message.
fn flagged(s: &mut super::Subject<'_>, flag: u8) -> Result<(), String> {
    let mut body = s.request.body.to_vec();
    *body.first_mut().ok_or("the call has no message")? = flag;
    s.set_body(body);
    Ok(())
}
