//! What implementations of gRPC are known to do otherwise than the specifications say.

use crate::case::{Answer, Exchange};
use crate::wire::grpc;

/// An implementation of gRPC.
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    /// What it is called in settings.
    pub name: &'static str,
    /// How it refuses a method that is not there: what is said, and in which answer.
    lacks: fn(&str, &Answer) -> bool,
    /// Rules whose breach it overlooks without harm.
    overlooks: &'static [&'static str],
    /// Rules by which what is sent is sound, and refused by it as if it had failed.
    refuses: &'static [&'static str],
}

/// All that are known.
static STACKS: [Stack; 6] = [
    Stack {
        name: "tonic",
        lacks: |said, answer| said.is_empty() && answer.header("date").is_some(),
        // The first message is served, the second never read; a stream that ends right behind the head of a
        // message is taken for one that ended before it.
        overlooks: &["two_messages", "frame_length_past_end", "frame_cut_short"],
        refuses: &[],
    },
    Stack {
        name: "grpc-go",
        lacks: |said, _| said.starts_with("unknown service") || said.starts_with("unknown method"),
        overlooks: &["two_messages"],
        refuses: &[],
    },
    Stack {
        name: "grpc-java",
        lacks: |said, _| said.starts_with("Method not found: "),
        // A second message it refuses: "Too many requests", with INTERNAL. A stream may be over before anyone looks at
        // what its last message begins with; of a length, 32 bits are read.
        overlooks: &[
            "compressed_flag",
            "reserved_flag",
            "frame_length_past_end",
            "greatest_frame_length",
            "frame_cut_short",
            "length_2_63",
        ],
        refuses: &[],
    },
    Stack {
        name: "grpc-js",
        lacks: |said, _| said.starts_with("The server does not implement the method"),
        // Flags mean nothing to it, nor does the begin of a message at the end of a stream. Its parser of messages
        // (protobufjs) replaces what is no UTF-8, does not look how known fields are written, and reads on where a
        // message within another one ends.
        overlooks: &[
            "two_messages",
            "compressed_flag",
            "reserved_flag",
            "frame_length_past_end",
            "frame_cut_short",
            "text_of_no_utf8",
            "field_number_zero",
            "length_2_31",
            "length_2_63",
            "length_past_end",
            "message_cut_short",
            "truncated_packed",
            "truncated_tag",
            "truncated_varint",
            "varint_of_11_octets",
            "wire_type_6",
            "wire_type_7",
            "wrong_end_group",
        ],
        refuses: &["beyond_32_bits", "entry_without_value"],
    },
    Stack {
        name: "grpc-dotnet",
        lacks: |said, _| said == "Service is unimplemented." || said == "Method is unimplemented.",
        overlooks: &["two_messages", "text_of_no_utf8"],
        refuses: &[],
    },
    // C++, Python, Ruby, PHP.
    Stack {
        name: "grpc-core",
        lacks: |said, answer| {
            said == "Method not found!" || said.is_empty() && answer.header("date").is_none()
        },
        // Where no compression is agreed on, its flag means nothing to it, nor do those beside it; a stream that
        // ends within a message is taken for one that ended before it.
        overlooks: &[
            "two_messages",
            "compressed_flag",
            "reserved_flag",
            "unknown_rpc_encoding",
            "frame_length_past_end",
            "frame_cut_short",
        ],
        refuses: &[],
    },
];

impl Stack {
    /// The stack of this name.
    ///
    /// # Errors
    /// There is none: which there are.
    pub fn named(name: &str) -> Result<&'static Self, String> {
        STACKS.iter().find(|stack| stack.name == name).ok_or_else(|| {
            let names: Vec<&str> = STACKS.iter().map(|stack| stack.name).collect();
            format!("`{name}` is no stack; there are {}", names.join(", "))
        })
    }

    /// The stack that refuses a method which is not there like this.
    pub fn detected(exchange: &Exchange) -> Option<&'static Self> {
        let answer = exchange.answer()?;
        let status = grpc::status(answer)?;
        let is_refused = status.code.name() == Some("UNIMPLEMENTED");
        STACKS.iter().find(|stack| is_refused && (stack.lacks)(&status.message, answer))
    }

    /// Whether a stack overlooks the breach of a rule; where it is not known which one it is, whether any does.
    pub fn overlooks(stack: Option<&'static Self>, rule: &str) -> bool {
        Self::any(stack, |stack| stack.overlooks.contains(&rule))
    }

    /// Whether a stack refuses what is sound by a rule; where it is not known which one it is, whether any does.
    pub fn refuses(stack: Option<&'static Self>, rule: &str) -> bool {
        Self::any(stack, |stack| stack.refuses.contains(&rule))
    }

    fn any(stack: Option<&'static Self>, does: impl Fn(&Self) -> bool) -> bool {
        stack.map_or(&STACKS[..], std::slice::from_ref).iter().any(does)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Header;

    fn refused(message: &str, dated: bool) -> Answer {
        let field = |name: &str, value: &str| Header {
            name: name.to_owned(),
            value: value.to_owned().into(),
        };
        let mut headers = vec![field("grpc-status", "12"), field("grpc-message", message)];
        headers.extend(dated.then(|| field("date", "Mon, 01 Jan 2024 00:00:00 GMT")));
        Answer { status: 200, headers, ..Answer::default() }
    }

    #[test]
    fn each_is_known_by_how_it_refuses_and_only_it() {
        for (message, dated, name) in [
            ("", true, "tonic"),
            ("unknown service shop.v1.Orders", false, "grpc-go"),
            ("unknown method X for service shop.v1.Orders", false, "grpc-go"),
            ("Method not found: shop.v1.Orders/X", false, "grpc-java"),
            ("The server does not implement the method /shop.v1.Orders/X", false, "grpc-js"),
            ("Service is unimplemented.", false, "grpc-dotnet"),
            ("Method not found!", false, "grpc-core"),
            ("", false, "grpc-core"),
        ] {
            let answer = refused(message, dated);
            let known: Vec<&str> = STACKS
                .iter()
                .filter(|stack| (stack.lacks)(message, &answer))
                .map(|stack| stack.name)
                .collect();
            assert_eq!(known, [name], "{message}");
        }
    }

    #[test]
    fn what_is_not_known_gets_the_benefit_of_the_doubt() {
        assert!(Stack::overlooks(None, "two_messages"));
        assert!(!Stack::overlooks(None, "unmatched_end_group"));
        assert!(!Stack::overlooks(Stack::named("grpc-go").ok(), "frame_cut_short"));
        assert!(!Stack::overlooks(Stack::named("grpc-java").ok(), "two_messages"));
        assert!(Stack::named("grpc").unwrap_err().contains("grpc-core"));
    }
}
