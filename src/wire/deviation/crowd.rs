//! Others beside a call: many connections, slow ones, ones that are held. The call itself goes out as
//! usual, and is to be served.

use std::time::Duration;

use super::{Danger, Domain, Parameter, Rule, Subject, whole};
use crate::case::{Label, Perturbation};
use crate::wire::Crowd;

/// The pause between the octets of a slow request or answer.
const SLOW: Duration = Duration::from_millis(100);

/// So long nothing follows the first octet on a connection that is held: it ends with the call.
const HELD: Duration = Duration::from_secs(600);

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "burst",
        label: Label::Unspecified,
        danger: Danger::Disruptive,
        well_framed: true,
        parameters: &[connections(20, 64)],
        explain: "the request comes that many times at once, each over a connection of its own, then \
                  once more; 429 and 503 are legal answers",
        places: whole,
        apply: |s| with(s, Vec::new(), false),
    },
    Rule {
        name: "slow_connections",
        label: Label::Unspecified,
        danger: Danger::Disruptive,
        well_framed: true,
        parameters: &[connections(8, 64)],
        explain: "that many others send the request octet by octet with pauses while it comes as usual",
        places: whole,
        apply: |s| with(s, vec![Perturbation::Slice { size: 1, gap: SLOW }], true),
    },
    Rule {
        name: "long_slow_read",
        label: Label::Unspecified,
        danger: Danger::Disruptive,
        well_framed: true,
        parameters: &[connections(4, 64)],
        explain: "that many others read their answers octet by octet with pauses while the request comes \
                  as usual",
        places: whole,
        apply: |s| with(s, vec![Perturbation::Read { size: 1, gap: SLOW }], true),
    },
    Rule {
        name: "held_connections",
        label: Label::Unspecified,
        danger: Danger::Dangerous,
        well_framed: true,
        parameters: &[connections(32, 256)],
        explain: "that many others have begun a request and hold their connections open while it comes \
                  as usual; a service with one worker for each connection serves nobody",
        places: whole,
        apply: |s| with(s, vec![Perturbation::Slice { size: 1, gap: HELD }], true),
    },
];

/// How many others there are.
const fn connections(simplest: i64, max: i64) -> Parameter {
    Parameter { name: "connections", domain: Domain::Int { simplest, min: 1, max } }
}

/// Sets others beside the request.
fn with(subject: &mut Subject<'_>, perturb: Vec<Perturbation>, stays: bool) -> Result<(), String> {
    let count = subject.size("connections")?;
    let crowd = Box::new(Crowd { count, perturb, stays });
    if subject.request.crowd.replace(crowd).is_some() {
        return Err("others are there already; take one of the two out".to_owned());
    }
    Ok(())
}
