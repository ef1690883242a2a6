//! From what the user names (a file, a URL, `-`, a bare service) to a service and its documents.
//!
//! The only place of this floor that reads files and the network. Only hosts that the user named
//! are contacted: those of the source and of [`Options::hosts`]; references to others are refused
//! and become problems of the operations that need them.

mod error;
mod fetch;
mod places;
mod proto;
mod reflection;
mod text;
mod yaml;

pub use error::Error;
pub use text::document;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Service, openapi};
use crate::schema::{Documents, Lines, Location, address};
use crate::value::Value;
use fetch::Fetcher;

/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 100 << 20;

/// How documents are fetched.
#[derive(Clone)]
pub struct Options {
    /// Origins or hosts, besides that of the source, that references may lead to.
    pub hosts: Vec<String>,
    /// Header fields sent to these hosts: names and values.
    pub headers: Vec<(String, String)>,
    /// How TLS is spoken; by default with the roots of this machine.
    pub tls: Option<rustls::ClientConfig>,
    /// A proxy; by default what `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say.
    pub proxy: Option<String>,
    /// The longest that fetching one document may take.
    pub timeout: Duration,
    /// Folders that imports of protobuf are looked for in.
    pub includes: Vec<PathBuf>,
}

impl fmt::Debug for Options {
    /// Without the values of header fields, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("Options")
            .field("hosts", &self.hosts)
            .field("headers", &headers)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            headers: Vec::new(),
            tls: None,
            proxy: None,
            timeout: Duration::from_secs(30),
            includes: Vec::new(),
        }
    }
}

/// A service, and where it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The service.
    pub service: Service,
    /// The documents its schemas stand in.
    pub documents: Arc<Documents>,
    /// The path or URL of the document itself; `-` for standard input.
    pub address: String,
    /// What was tried before, where the source was a bare service.
    pub attempts: Vec<Attempt>,
}

/// One usual place of a document, and what was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The URL.
    pub url: String,
    /// What came, a lower-case phrase: `answered 404`, `is a web page`, …
    pub outcome: String,
}

/// Loads the service that `source` names: a file, a URL of a document or of a service, or `-`.
///
/// # Errors
/// There is no readable OpenAPI document there; the message names the place and the way out.
pub async fn load(source: &str, options: &Options) -> Result<Loaded, Error> {
    if let Some(origin) = reflection::asked(source) {
        return reflection::load(source, &origin, options).await;
    }
    if let Some(kind) = proto::kind(Path::new(source)) {
        return proto::load(source, kind, &options.includes);
    }
    let mut fetcher = Fetcher::new(source, options)?;
    if address::is_http(source) {
        let (address, value, lines, attempts) = places::find(source, &mut fetcher).await?;
        return finish(address, value, lines, attempts, &mut fetcher).await;
    }
    let (address, bytes) = if source == "-" {
        ("-".to_owned(), fetch::stdin().await?)
    } else {
        (source.replace('\\', "/"), fetch::file(Path::new(source)).await?)
    };
    let (value, lines) = document(&address, &bytes)?;
    finish(address, value, lines, Vec::new(), &mut fetcher).await
}

/// Reads the service of one document that is here already, JSON or YAML; `address` is what it is
/// called in messages. Nothing is fetched: what stands in other documents costs the operations that
/// need it.
///
/// # Errors
/// It is no readable OpenAPI document.
pub fn alone(address: &str, octets: &[u8]) -> Result<Loaded, Error> {
    let (value, lines) = document(address, octets)?;
    let mut documents = Documents::new();
    let root = documents.add(address, value, Some(lines));
    while let Some(wanted) = documents.wanted() {
        documents.refuse(&wanted, "only the document itself is read");
    }
    read(address.to_owned(), documents, &root, Vec::new())
}

/// Loads what the document refers to, then reads it.
async fn finish(
    address: String,
    value: Value,
    lines: Lines,
    attempts: Vec<Attempt>,
    fetcher: &mut Fetcher,
) -> Result<Loaded, Error> {
    if let Err(what) = openapi::Version::of(&value) {
        return Err(Error::NotOpenApi { address, what });
    }
    let mut documents = Documents::new();
    let root: Location = documents.add(&address, value, Some(lines));
    while let Some(wanted) = documents.wanted() {
        match fetcher.referenced(&wanted).await {
            Ok((value, lines)) => drop(documents.add(&wanted, value, Some(lines))),
            Err(why) => documents.refuse(&wanted, why),
        }
    }
    read(address, documents, &root, attempts)
}

fn read(
    address: String,
    documents: Documents,
    root: &Location,
    attempts: Vec<Attempt>,
) -> Result<Loaded, Error> {
    let documents = Arc::new(documents);
    match openapi::read(&documents, root) {
        Ok(service) => Ok(Loaded { service, documents, address, attempts }),
        Err(what) => Err(Error::NotOpenApi { address, what }),
    }
}

#[cfg(test)]
mod tests;
