//! Cases in the languages of other tools.
//!
//! Responsible for saying the same request elsewhere, and for saying where that cannot be done.
//! Sends nothing.

mod curl;
mod shell;

pub use curl::{Exported, curl};
