//! What can be wrong with the settings of a client, before anything is sent.

use std::io;
use std::path::PathBuf;

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address that is none.
    #[error("`{text}` is no address of a service: {reason}; write http://host:port")]
    Address {
        /// As it was given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An address of a proxy that is none.
    #[error("`{text}` is no address of a proxy: {reason}; write http://[user:password@]host:port")]
    Proxy {
        /// As it was given, without its credentials.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file without the PEM section it should have (RFC 7468).
    #[error("{} holds no {what} in PEM form", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// No authorities to trust.
    #[error(
        "no trusted certificates were found on this system; name a file with --cacert or pass -k"
    )]
    NoRoots,
    /// Certificates or keys that TLS refuses.
    #[error("tls cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}
