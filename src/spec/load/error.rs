//! Why no document could be read.

use super::{Attempt, MAX_BYTES};

/// Why a source gave no service. Each names the place and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It cannot be read at all.
    #[error("cannot read `{address}`: {why}")]
    Unreadable {
        /// The path or URL.
        address: String,
        /// What the system, or the server, said.
        why: String,
    },
    /// Where it should be, nothing takes connections.
    #[error("`{address}` cannot be reached: {why}; is the service up, and is this its address?")]
    Absent {
        /// The URL.
        address: String,
        /// What the system said.
        why: String,
    },
    /// There is nothing in it.
    #[error("`{address}` is empty; it should hold an OpenAPI document in JSON or YAML")]
    Empty {
        /// The path or URL.
        address: String,
    },
    /// It is too large.
    #[error("`{address}` is larger than {} MiB; split it, or leave out what is not tested", MAX_BYTES >> 20)]
    TooLarge {
        /// The path or URL.
        address: String,
    },
    /// It is a web page.
    #[error(
        "`{address}` is a web page, not an OpenAPI document; name the document that the page shows (often `/openapi.json` or `/v3/api-docs`)"
    )]
    Page {
        /// The path or URL.
        address: String,
    },
    /// It breaks the grammar of its format.
    #[error("`{address}` is no {format}: {message} at line {line} column {column}")]
    Syntax {
        /// The path or URL.
        address: String,
        /// `JSON` or `YAML`.
        format: &'static str,
        /// What is wrong.
        message: String,
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// It is not encoded in UTF-8.
    #[error("`{address}` is not UTF-8 at byte {offset}; save it as UTF-8")]
    Encoding {
        /// The path or URL.
        address: String,
        /// Offset of the first wrong byte.
        offset: usize,
    },
    /// It is something else than an OpenAPI document.
    #[error("`{address}` {what}")]
    NotOpenApi {
        /// The path or URL.
        address: String,
        /// What it is instead, and the way out.
        what: String,
    },
    /// It tells no service of protobuf.
    #[error("`{address}` {why}")]
    Protobuf {
        /// The path.
        address: String,
        /// What is wrong, and the way out.
        why: String,
    },
    /// A service of gRPC does not tell itself.
    #[error(
        "`{address}` {why}; or name its files: phi-fuzz run service.proto -I FOLDER --url {address}"
    )]
    Reflection {
        /// The address.
        address: String,
        /// What is wrong, and the way out.
        why: String,
    },
    /// No usual place of a bare service has a document.
    #[error("no OpenAPI document found at `{url}`; name its URL or file. Tried:{}", list(.attempts))]
    NotFound {
        /// The URL of the service.
        url: String,
        /// What was tried.
        attempts: Vec<Attempt>,
    },
}

fn list(attempts: &[Attempt]) -> String {
    attempts
        .iter()
        .fold(String::new(), |list, attempt| list + "\n  " + &attempt.url + " " + &attempt.outcome)
}
