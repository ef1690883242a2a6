//! Reading files, standard input and URLs, under limits.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rustls::ClientConfig;
use rustls::crypto::ring;
use tokio::io::AsyncReadExt;

use super::{Error, MAX_BYTES, Options, text};
use crate::schema::{Lines, address};
use crate::value::Value;

const NO_FILE: &str = "there is no such file; name a file, a URL, or `-` for standard input";

/// Fetches documents from where the user allowed it.
pub(super) struct Fetcher {
    /// Whether the source is a file, so that it may refer to files.
    files: bool,
    hosts: Vec<String>,
    options: Options,
    client: Option<reqwest::Client>,
}

impl Fetcher {
    pub(super) fn new(source: &str, options: &Options) -> Result<Self, Error> {
        let http = address::is_http(source);
        let mut hosts = options.hosts.clone();
        if http {
            let origin = address::origin(source).ok_or_else(|| Error::Unreadable {
                address: source.to_owned(),
                why: "the URL has no host".to_owned(),
            })?;
            hosts.push(origin);
        }
        Ok(Self { files: !http, hosts, options: options.clone(), client: None })
    }

    /// A document that another refers to.
    ///
    /// # Errors
    /// Why it is not there: a phrase such as `is on a host that was not named …`.
    pub(super) async fn referenced(&mut self, address: &str) -> Result<(Value, Lines), String> {
        let bytes = if address::is_http(address) {
            if !self.allows(address) {
                let host = address::origin(address).unwrap_or_default();
                return Err(format!(
                    "is on a host that was not named; allow {host}, or keep a copy beside the document"
                ));
            }
            let (status, bytes) = self
                .get(address)
                .await
                .map_err(|none| format!("cannot be fetched: {}", none.why))?;
            if !(200..300).contains(&status) {
                return Err(format!("answered {status}"));
            }
            bytes
        } else if let Some(scheme) = address::scheme(address).filter(|scheme| *scheme != "file") {
            return Err(format!("is a `{scheme}:` address, which is not fetched"));
        } else if self.files {
            let path = address.strip_prefix("file://").unwrap_or(address);
            let bytes = match file(Path::new(path)).await {
                // The name may be written with percent-encoding, as references are.
                Err(_) if path.contains('%') => {
                    file(&PathBuf::from(&*percent_decode_str(path).decode_utf8_lossy())).await
                }
                read => read,
            };
            bytes.map_err(|error| match error {
                Error::Unreadable { why, .. } if why == NO_FILE => "does not exist".to_owned(),
                Error::Unreadable { why, .. } => format!("cannot be read: {why}"),
                error => error.to_string(),
            })?
        } else {
            return Err("is a file, which a document from the network may not read".to_owned());
        };
        text::document(address, &bytes).map_err(|error| match error {
            Error::Syntax { format, message, line, column, .. } => {
                format!("is no {format}: {message} at line {line} column {column}")
            }
            error => format!("cannot be used: {error}"),
        })
    }

    /// Whether the user named the host of a URL.
    fn allows(&self, url: &str) -> bool {
        allows(&self.hosts, url)
    }

    /// The status and the body that a URL answers with.
    ///
    /// # Errors
    /// There was no whole answer.
    pub(super) async fn get(&mut self, url: &str) -> Result<(u16, Vec<u8>), NoAnswer> {
        let client = match &self.client {
            Some(client) => client.clone(),
            None => self.client.insert(client(&self.options, &self.hosts)?).clone(),
        };
        let mut request = client
            .get(url)
            .header("accept", "application/json, application/yaml;q=0.9, */*;q=0.5")
            .header("user-agent", concat!("phi-fuzz/", env!("CARGO_PKG_VERSION")));
        for (name, value) in &self.options.headers {
            request = request.header(name, value);
        }
        let mut response = request.send().await?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_BYTES {
                return Err(format!("answers more than {} MiB", MAX_BYTES >> 20).into());
            }
        }
        Ok((status, bytes))
    }
}

/// Why there was no whole answer.
pub(super) struct NoAnswer {
    /// A phrase.
    pub(super) why: String,
    /// Whether nothing takes connections there, which may still come.
    pub(super) is_absent: bool,
}

impl From<String> for NoAnswer {
    fn from(why: String) -> Self {
        Self { why, is_absent: false }
    }
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        // What speaks TLS otherwise, or not at all, is there.
        let is_absent = error.is_connect() && !innermost(&error).is::<rustls::Error>();
        Self { why: reason(&error), is_absent }
    }
}

/// Whether `url` is on one of `hosts`, each an origin or a host with or without its port.
fn allows(hosts: &[String], url: &str) -> bool {
    let Some(origin) = address::origin(url) else { return false };
    let authority = origin.split_once("://").map_or(&*origin, |(_, authority)| authority);
    let name = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
    hosts.iter().any(|host| match address::origin(host) {
        Some(named) => named == origin,
        None => host.eq_ignore_ascii_case(authority) || host.eq_ignore_ascii_case(name),
    })
}

fn client(options: &Options, hosts: &[String]) -> Result<reqwest::Client, String> {
    let tls = match &options.tls {
        Some(tls) => tls.clone(),
        None => tls().map_err(|error| error.to_string())?,
    };
    let named = hosts.to_vec();
    let redirects = reqwest::redirect::Policy::custom(move |attempt| {
        if attempt.previous().len() > 10 {
            attempt.error("redirects more than 10 times")
        } else if allows(&named, attempt.url().as_str()) {
            attempt.follow()
        } else {
            let host = attempt.url().host_str().unwrap_or_default().to_owned();
            attempt.error(format!("redirects to {host}, a host that was not named"))
        }
    });
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirects)
        .timeout(options.timeout);
    if let Some(proxy) = &options.proxy {
        let proxy = reqwest::Proxy::all(proxy).map_err(|error| reason(&error))?;
        builder = builder.proxy(proxy);
    } else if hosts.iter().all(|host| address::is_loopback(host)) {
        // No proxy reaches this machine's own loopback.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| reason(&error))
}

/// A client of a service of gRPC: HTTP/2 alone, without TLS by prior knowledge.
///
/// # Errors
/// The settings cannot be used: a lower-case fragment.
pub(super) fn rpc_client(origin: &str, options: &Options) -> Result<reqwest::Client, String> {
    let mut tls = match &options.tls {
        Some(tls) => tls.clone(),
        None => tls().map_err(|error| error.to_string())?,
    };
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .http2_prior_knowledge()
        .timeout(options.timeout);
    if let Some(proxy) = &options.proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(|error| reason(&error))?);
    } else if address::is_loopback(origin) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| reason(&error))
}

/// TLS with the roots of this machine.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Why there was no whole answer, a phrase.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "there was no whole answer in time".to_owned();
    }
    innermost(error).to_string()
}

/// The innermost cause, which says most.
fn innermost(error: &reqwest::Error) -> &(dyn std::error::Error + 'static) {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    loop {
        // An error of reading or writing gives as its source what stands behind the error in it.
        let held = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match held.map(|held| held as _).or_else(|| cause.source()) {
            Some(source) => source,
            None => return cause,
        };
    }
}

/// The bytes of a file.
pub(super) async fn file(path: &Path) -> Result<Vec<u8>, Error> {
    let address = path.display().to_string();
    let unreadable = |why: String| Error::Unreadable { address: address.clone(), why };
    let file = match tokio::fs::File::open(path).await {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(unreadable(NO_FILE.to_owned()));
        }
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let metadata = file.metadata().await.map_err(|error| unreadable(error.to_string()))?;
    if metadata.is_dir() {
        return Err(unreadable("it is a folder; name the document in it".to_owned()));
    }
    let mut bytes = Vec::new();
    match file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).await {
        Err(error) => Err(unreadable(error.to_string())),
        Ok(_) if bytes.len() > MAX_BYTES => Err(Error::TooLarge { address }),
        Ok(_) => Ok(bytes),
    }
}

/// The bytes of standard input.
pub(super) async fn stdin() -> Result<Vec<u8>, Error> {
    let read = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        let stdin = io::stdin().lock();
        stdin.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    match read.await.map_err(io::Error::other).flatten() {
        Ok(bytes) if bytes.len() > MAX_BYTES => Err(Error::TooLarge { address: "-".to_owned() }),
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(Error::Unreadable { address: "-".to_owned(), why: error.to_string() }),
    }
}
