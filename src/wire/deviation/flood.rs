//! Floods of HTTP/2 frames: cheap to send, and dear to those who do not bound them (RFC 9113,
//! section 10.5). Their numbers are bounded here.

use super::frames::add;
use super::{Danger, Domain, Parameter, Rule, whole};
use crate::case::Label;
use crate::wire::FrameOperation;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "rapid_reset",
        label: Label::Unspecified,
        danger: Danger::Dangerous,
        well_framed: false,
        parameters: &[count(100, 1_000)],
        explain: "that many streams are begun and reset at once, then the request comes; a service that \
                  does not bound them works for nobody (CVE-2023-44487), one that does ends the \
                  connection or serves on",
        places: whole,
        apply: |s| {
            let count = s.size("count")?;
            add(s, FrameOperation::Resets(count))
        },
    },
    Rule {
        name: "continuation_flood",
        label: Label::Unspecified,
        danger: Danger::Dangerous,
        well_framed: false,
        parameters: &[count(1_000, 10_000)],
        explain: "that many CONTINUATION frames with a field each follow the head; a service that does \
                  not bound them runs out of memory (CVE-2024-27316), one that does answers 431 or ends \
                  the connection",
        places: whole,
        apply: |s| {
            let count = s.size("count")?;
            add(s, FrameOperation::Continuations(count))
        },
    },
    Rule {
        name: "ping_flood",
        label: Label::Unspecified,
        danger: Danger::Dangerous,
        well_framed: false,
        parameters: &[count(1_000, 10_000)],
        explain: "that many PING frames come before the request, each to be acknowledged \
                  (CVE-2019-9512); a service may serve on or end the connection",
        places: whole,
        apply: |s| {
            let count = s.size("count")?;
            add(s, FrameOperation::Pings(count))
        },
    },
];

/// How many frames.
const fn count(simplest: i64, max: i64) -> Parameter {
    Parameter { name: "count", domain: Domain::Int { simplest, min: 1, max } }
}
