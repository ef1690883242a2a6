//! Why a configuration file cannot be used, and where.

use std::path::PathBuf;

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot read {}: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is no TOML.
    #[error("{}:{line}:{column}: not TOML: {message}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1 in characters.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It is TOML, but says what no configuration can say.
    #[error("{}:{line}: {key}: {message}", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The key, with those of the sections around it: `services.shop.url`.
        key: String,
        /// What is wrong and the way out, a lower-case fragment.
        message: String,
    },
}
