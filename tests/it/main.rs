//! Integration tests: the library and the built binary, against services in process.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail where something is not there, and say what they skip"
)]

mod documents;
mod messages;
mod shared;
mod suite;
mod shrink;
mod planted;
mod recorder;
mod safety;
mod sequences;
mod tidy;
mod cli;
