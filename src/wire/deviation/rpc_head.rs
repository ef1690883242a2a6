//! Metadata of a call of gRPC that is unusual or makes no sense (PROTOCOL-HTTP2.md, "Requests").

use super::{Danger, Domain, Parameter, Rule, of_message, of_method};
use crate::case::Label;
use crate::wire::grpc::{TIMEOUT, timeout};

/// The rules that tell another deadline.
pub(super) const DEADLINES: [&str; 2] = ["short_rpc_timeout", "malformed_rpc_timeout"];

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "unknown_rpc_method",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "lacks",
            domain: Domain::Text(&["method", "service", "name"]),
        }],
        explain: "the service has no such method, there is no such service, or the path names none: UNIMPLEMENTED is \
                  the answer (statuscodes.md)",
        places: of_method,
        apply: |s| {
            let target = match &*s.text("lacks")? {
                "service" => "/phi.fuzz.AsksForWhatIsNotThere/Get".to_owned(),
                "name" => "/".to_owned(),
                _ => format!("{}PhiFuzzAsksForWhatIsNotThere", s.request.target),
            };
            s.request.target = target;
            Ok(())
        },
    },
    Rule {
        name: "unknown_rpc_encoding",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "a message is said to be compressed, in an encoding that nobody knows: UNIMPLEMENTED is the answer \
                  (compression.md)",
        places: of_message,
        apply: |s| {
            let mut body = s.request.body.to_vec();
            *body.first_mut().ok_or("the call has no message")? = 1;
            s.set_body(body);
            s.request.set_header("grpc-encoding", "x-phi-fuzz");
            Ok(())
        },
    },
    Rule {
        name: "rpc_content_type",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "type",
            domain: Domain::Text(&[
                "text/plain",
                "application/grpc+json",
                "application/grpc+",
                "application/json",
                "",
            ]),
        }],
        explain: "the content type is not that of gRPC; servers should answer 415, and many do not look",
        places: of_method,
        apply: |s| {
            let kind = s.text("type")?;
            s.request.set_header("Content-Type", kind);
            Ok(())
        },
    },
    Rule {
        name: "no_te",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[],
        explain: "nothing says that trailers are taken, by which proxies in between are found",
        places: of_method,
        apply: |s| {
            s.request.remove_header("TE");
            Ok(())
        },
    },
    Rule {
        name: "short_rpc_timeout",
        label: Label::Valid,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter { name: "value", domain: Domain::Text(&["1m", "1u", "20m"]) }],
        explain: "the call may take no longer than this; what takes longer is given up by both sides",
        places: of_method,
        apply: |s| {
            let value = s.text("value")?;
            timeout(&value)
                .filter(|deadline| !deadline.is_zero())
                .ok_or_else(|| format!("`{value}` is no time; write 1m, 20m, 1u"))?;
            s.request.set_header(TIMEOUT, value);
            Ok(())
        },
    },
    Rule {
        name: "malformed_rpc_timeout",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&["1X", "-1S", "123456789S", "S", "", "1.5S", "0n"]),
        }],
        explain: "a deadline that is none; what becomes of it is not said",
        places: of_method,
        apply: |s| {
            let value = s.text("value")?;
            s.request.set_header(TIMEOUT, value);
            Ok(())
        },
    },
    Rule {
        name: "malformed_binary_metadata",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter { name: "value", domain: Domain::Text(&["!", "AAAAA", "A=A="]) }],
        explain: "metadata that is said to be binary is no base64",
        places: of_method,
        apply: |s| {
            let value = s.text("value")?;
            s.request.set_header("x-phi-fuzz-bin", value);
            Ok(())
        },
    },
    Rule {
        name: "reserved_metadata",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "name",
            domain: Domain::Text(&["grpc-phi-fuzz", "grpc-status", "grpc-message-type"]),
        }],
        explain: "metadata by a name that is kept for gRPC itself",
        places: of_method,
        apply: |s| {
            let name = s.text("name")?;
            s.request.set_header(&name, "0");
            Ok(())
        },
    },
    Rule {
        name: "long_metadata",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: true,
        parameters: &[Parameter {
            name: "octets",
            domain: Domain::Int { simplest: 16_384, min: 1, max: 65_536 },
        }],
        explain: "metadata longer than the 8 KiB that every server takes",
        places: of_method,
        apply: |s| {
            let value = "x".repeat(s.size("octets")?);
            s.request.set_header("x-phi-fuzz", value);
            Ok(())
        },
    },
];
