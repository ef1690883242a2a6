//! What implementations of gRPC are known to do otherwise than the specifications say.

use crate::case::{Answer, Exchange};
use crate::wire::grpc;

/// An implementation of gRPC.
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    /// What it is called in settings.
    pub name: &'static str,
    /// How it refuses a method that is not there: what is said, and in which answer.
    refuses: fn(&str, &Answer) -> bool,
    /// Rules whose breach it overlooks without harm.
    overlooks: &'static [&'static str],
}

/// All that are known.
static STACKS: [Stack; 6] = [
    Stack {
        name: "tonic",
        refuses: |said, answer| said.is_empty() && answer.header("date").is_some(),
        // The first message is served, the second never read; a stream that ends right behind the head of a
        // message is taken for one that ended before it.
        overlooks: &["two_messages", "frame_length_past_end", "frame_cut_short"],
    },
    Stack {
        name: "grpc-go",
        refuses: |said, _| {
            said.starts_with("unknown service") || said.starts_with("unknown method")
        },
        overlooks: &["two_messages"],
    },
    Stack {
        name: "grpc-java",
        refuses: |said, _| said.starts_with("Method not found: "),
        // "Too many requests", with INTERNAL.
        overlooks: &[],
    },
    Stack {
        name: "grpc-js",
        refuses: |said, _| said.starts_with("The server does not implement the method"),
        // Its parser of messages replaces what is no UTF-8.
        overlooks: &["two_messages", "text_of_no_utf8"],
    },
    Stack {
        name: "grpc-dotnet",
        refuses: |said, _| {
            said == "Service is unimplemented." || said == "Method is unimplemented."
        },
        overlooks: &["two_messages", "text_of_no_utf8"],
    },
    // C++, Python, Ruby, PHP.
    Stack {
        name: "grpc-core",
        refuses: |said, answer| {
            said == "Method not found!" || said.is_empty() && answer.header("date").is_none()
        },
        // Where no compression is agreed on, its flag means nothing to it.
        overlooks: &["two_messages", "compressed_flag", "unknown_rpc_encoding"],
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
        STACKS.iter().find(|stack| is_refused && (stack.refuses)(&status.message, answer))
    }

    /// Whether a stack overlooks the breach of a rule; where it is not known which one it is, whether any does.
    pub fn overlooks(stack: Option<&'static Self>, rule: &str) -> bool {
        let all = stack.map_or(&STACKS[..], std::slice::from_ref);
        all.iter().any(|stack| stack.overlooks.contains(&rule))
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
                .filter(|stack| (stack.refuses)(message, &answer))
                .map(|stack| stack.name)
                .collect();
            assert_eq!(known, [name], "{message}");
        }
    }

    #[test]
    fn what_is_not_known_gets_the_benefit_of_the_doubt() {
        assert!(Stack::overlooks(None, "two_messages"));
        assert!(!Stack::overlooks(None, "reserved_flag"));
        assert!(!Stack::overlooks(Stack::named("grpc-go").ok(), "frame_cut_short"));
        assert!(!Stack::overlooks(Stack::named("grpc-java").ok(), "two_messages"));
        assert!(Stack::named("grpc").unwrap_err().contains("grpc-core"));
    }
}
