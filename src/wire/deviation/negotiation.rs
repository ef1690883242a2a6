//! What the client says it takes and expects (RFC 9110, sections 10.1.1 and 12.5).

use super::{Danger, Domain, Parameter, Rule, Subject, whole};
use crate::case::Label;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "bad_accept",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&[
                "application/x-phi-fuzz",
                "*/*;q=0",
                "text/html",
                "",
                ",",
                "x",
                "*/json",
                "a/b;q=x",
                "application/json;q=2",
            ]),
        }],
        explain: "the answer is asked for in a type nobody has, or in none; a service may answer 406 \
                  or ignore it (RFC 9110, section 12.4.1)",
        places: whole,
        apply: |s| set(s, "Accept"),
    },
    Rule {
        name: "bad_accept_encoding",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&["x-phi-fuzz", "identity;q=0", "*;q=0", "gzip;q=x"]),
        }],
        explain: "the answer is asked for in a content coding nobody has (RFC 9110, section 12.5.3)",
        places: whole,
        apply: |s| set(s, "Accept-Encoding"),
    },
    Rule {
        name: "bad_accept_language",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&["xx-PHI", "*", "-", "en;q=x", "../../etc/passwd"]),
        }],
        explain: "the answer is asked for in a language nobody has (RFC 9110, section 12.5.4)",
        places: whole,
        apply: |s| set(s, "Accept-Language"),
    },
    Rule {
        name: "expect",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&["100-continue", "x-phi-fuzz"]),
        }],
        explain: "the client expects something: an interim answer, though it does not wait for it, \
                  or what nobody knows, for which 417 is an answer (RFC 9110, section 10.1.1)",
        places: whole,
        apply: |s| set(s, "Expect"),
    },
    Rule {
        name: "range",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&[
                "bytes=0-0",
                "bytes=-1",
                "bytes=9999999999-",
                "bytes=5-1",
                "bytes=0-0,0-0,0-0",
                "bytes=18446744073709551616-",
                "x=1-2",
            ]),
        }],
        explain: "a part of the answer is asked for; it may be ignored, or refused with 416 (RFC \
                  9110, section 14.2)",
        places: whole,
        apply: |s| set(s, "Range"),
    },
    Rule {
        name: "precondition",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[
            Parameter {
                name: "header",
                domain: Domain::Text(&[
                    "If-Match",
                    "If-None-Match",
                    "If-Modified-Since",
                    "If-Unmodified-Since",
                ]),
            },
            Parameter {
                name: "value",
                domain: Domain::Text(&["\"x\"", "*", "x", "Thu, 32 Foo 2024 25:00:00 GMT", ""]),
            },
        ],
        explain: "a condition that cannot hold or is none; it may be ignored, or refused with 412 \
                  (RFC 9110, section 13)",
        places: whole,
        apply: |s| {
            let header = s.text("header")?;
            set(s, &header)
        },
    },
];

fn set(subject: &mut Subject<'_>, header: &str) -> Result<(), String> {
    let value = subject.text("value")?;
    subject.request.set_header(header, value);
    Ok(())
}
