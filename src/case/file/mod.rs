//! The case file, format 1: one finding as one file of pretty JSON.
//!
//! Responsible for writing and reading it. [`write()`] is canonical: keys in the order of the format,
//! two spaces, LF, a final newline, defaults left out; so what is read and written again is the same
//! octet for octet, if it was canonical before. [`read()`] is strict: what it does not know is an
//! error that names the place, never skipped. Values are spelt by [`Value::to_file`].
//!
//! `specs/case.schema.json` describes the same format for other programs. The files of every
//! released version stay readable.
//!
//! [`Value::to_file`]: crate::value::Value::to_file

mod body;
mod call;
mod identity;
mod members;
mod perturbation;
mod place;
mod read;
mod references;
mod saw;
mod write;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod schema;

pub use identity::is_reserved as is_reserved_identity;
pub use read::read;
pub use write::{steps, write};

use crate::value::{self, Pointer};

/// The version of the format that is written.
pub const FORMAT: u32 = 1;

/// Fewest and most calls of a group.
pub const GROUP: std::ops::RangeInclusive<usize> = 2..=8;

/// Why a file is no case file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(#[from] value::read::Error),
    /// It is JSON, but not of the format.
    #[error("line {line}, {}: {message}", place_for_people(.at))]
    Content {
        /// The place in the file.
        at: Pointer,
        /// Its line, counted from 1.
        line: usize,
        /// What is wrong and the way out, a lower-case fragment.
        message: String,
    },
}

fn place_for_people(at: &Pointer) -> String {
    if at.tokens().is_empty() { "the whole file".to_owned() } else { at.to_string() }
}
