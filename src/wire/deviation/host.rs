//! The `Host` field (RFC 9112, section 3.2; RFC 9110, section 7.2).

use super::{Danger, Domain, Parameter, Rule, whole};
use crate::case::Label;
use crate::wire::Host;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "missing_host",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[],
        explain: "an HTTP/1.1 request without Host; the server MUST answer 400",
        places: whole,
        apply: |s| {
            s.request.remove_header("host");
            s.request.head.host = Host::Missing;
            Ok(())
        },
    },
    Rule {
        name: "two_hosts",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[],
        explain: "Host stands twice; the server MUST answer 400",
        places: whole,
        apply: |s| {
            s.request.head.host = Host::Twice;
            Ok(())
        },
    },
    Rule {
        name: "bad_host",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&["a b", "a/b", "a:b", "a@b", "[", "a\"b", "a,b", "a:99999"]),
        }],
        explain: "the value of Host is no host; the server MUST answer 400",
        places: whole,
        apply: |s| {
            let value = s.text("value")?;
            s.request.set_header("Host", value);
            Ok(())
        },
    },
];
