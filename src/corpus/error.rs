//! What can go wrong with folders and files.

use std::io;
use std::path::{Path, PathBuf};

/// A folder or file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}{}", .path.display(), advice(.source))]
    Io {
        /// What was tried, a verb.
        doing: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file that is no recorded traffic.
    #[error("{} is no recorded traffic: {why}", .path.display())]
    Traffic {
        /// The file.
        path: PathBuf,
        /// Why, a lower-case fragment with the way out.
        why: String,
    },
    /// Another run writes to the folder.
    #[error(
        "{} is in use by another run{}; wait for it, or choose another folder with --out",
        .path.display(), holder(*.process)
    )]
    Locked {
        /// The folder.
        path: PathBuf,
        /// The process that holds it, where it says so.
        process: Option<u32>,
    },
}

impl Error {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    pub(super) fn traffic(path: &Path, why: impl Into<String>) -> Self {
        Self::Traffic { path: path.to_owned(), why: why.into() }
    }
}

/// The way out, where there is one to name.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space, or choose another folder with --out"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; allow it, or choose another folder with --out"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "; a file is in the way of a folder: move it, or choose another with --out"
        }
        _ => "",
    }
}

fn holder(process: Option<u32>) -> String {
    process.map(|process| format!(" (process {process})")).unwrap_or_default()
}
