//! Cases in the languages of other tools.
//!
//! Responsible for saying the same requests elsewhere, and for saying where that cannot be done.
//! Sends nothing.

mod curl;
mod grpcurl;
mod http;
mod hurl;
mod lines;
mod markdown;
mod script;
mod shell;
#[cfg(test)]
mod tests;

pub use curl::{Exported, curl};
pub use grpcurl::{grpcurl, grpcurl_line};
pub use http::http;
pub use hurl::hurl;
pub use lines::lines;
pub use markdown::markdown;
pub use script::{Blank, Script, Scripted, script};

use crate::case::{Call, Step};

/// The whole of a finding as lines for a shell: by grpcurl where it calls gRPC, else by curl.
pub fn shell_lines(script: &Script, base: &str) -> String {
    if script.is_rpc() { grpcurl(script, base) } else { lines(script, base) }
}

/// The calls of a step as they are sent: one that repeats another has its input.
pub fn calls(step: &Step) -> Vec<Call> {
    match step {
        Step::Call(call) => vec![call.clone()],
        Step::Together(group) => {
            group.calls.iter().map(|call| group.whole(call).into_owned()).collect()
        }
    }
}
