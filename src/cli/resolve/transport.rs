//! How servers are spoken to.

use std::path::PathBuf;

use super::super::Error;
use super::{Resolved, first, identities};
use crate::config::Config;
use crate::schema::address;
use crate::spec::load;
use crate::transport::{self, Proxies, Settings, Tls, Version};

use super::super::args::{Fetch, Flags};
use super::super::session;

impl Resolved<'_> {
    /// The settings of connections to a service; `here` says that it is on this machine.
    ///
    /// # Errors
    /// A certificate without its key.
    pub(in crate::cli) fn transport(&self, here: bool) -> Result<Settings, Error> {
        let (connect, defaults) = (&self.flags.connect, &self.session.config.defaults);
        let usual = Settings::usual(here);
        let rate = connect.rate.or(defaults.rate).map(|rate| rate.0);
        let workers = self.workers(here);
        Ok(Settings {
            timeout: connect.timeout.or(defaults.timeout).unwrap_or(usual.timeout),
            tls: tls(&self.flags.fetch, &self.session.config)?,
            http: match connect.http.or(defaults.http) {
                Some(1) => Version::Http1,
                Some(2) => Version::Http2,
                _ => Version::Auto,
            },
            proxies: proxies(&self.flags.fetch, &self.session.config),
            // More workers than connections would only wait for each other.
            max_connections: workers.max(usual.max_connections),
            rate: rate.unwrap_or(usual.rate),
            ..usual
        })
    }

    /// How documents are fetched, for a service at this address.
    ///
    /// # Errors
    /// Files for TLS that cannot be used.
    pub(in crate::cli) fn load_options(
        &self,
        spec: &str,
        url: Option<&str>,
    ) -> Result<load::Options, Error> {
        load_options(&self.flags, &self.session.config, spec, url)
    }
}

/// How a document is fetched: as the service itself is spoken to. Header fields, which may be
/// secret, go only where the user named the host: to the document's own host where no other address
/// is named, else only where the two are one.
///
/// # Errors
/// Files for TLS that cannot be used.
pub(in crate::cli) fn load_options(
    flags: &Flags,
    config: &Config,
    spec: &str,
    url: Option<&str>,
) -> Result<load::Options, Error> {
    let tls = tls(&flags.fetch, config)?;
    let special = tls.insecure || tls.ca_file.is_some() || tls.identity.is_some();
    let same = url.is_none_or(|url| address::origin(url) == address::origin(spec));
    Ok(load::Options {
        hosts: url.map(str::to_owned).into_iter().collect(),
        headers: if same { identities::headers(flags, config)? } else { Vec::new() },
        tls: special.then(|| transport::client_config(&tls)).transpose()?,
        proxy: flags.fetch.proxy.clone().or_else(|| config.defaults.proxy.clone()),
        includes: first(&flags.fetch.proto_path, &config.defaults.proto_path).to_vec(),
        ..load::Options::default()
    })
}

fn tls(fetch: &Fetch, config: &Config) -> Result<Tls, Error> {
    let either = |typed: &Option<PathBuf>, configured: &Option<PathBuf>| {
        typed.clone().or_else(|| configured.clone())
    };
    let defaults = &config.defaults;
    let identity = match (either(&fetch.cert, &defaults.cert), either(&fetch.key, &defaults.key)) {
        (Some(cert), Some(key)) => Some((cert, key)),
        // Both may stand in one file.
        (Some(cert), None) => Some((cert.clone(), cert)),
        (None, Some(_)) => {
            return Err(Error::usage("--key is the key of a certificate; name it with --cert"));
        }
        (None, None) => None,
    };
    Ok(Tls {
        ca_file: either(&fetch.cacert, &defaults.cacert),
        identity,
        insecure: fetch.insecure.or(defaults.insecure).unwrap_or_default(),
    })
}

fn proxies(fetch: &Fetch, config: &Config) -> Proxies {
    // Lower case before upper case, as curl has it.
    let env = |name: &str| session::env(&name.to_lowercase()).or_else(|| session::env(name));
    Proxies {
        explicit: fetch.proxy.clone().or_else(|| config.defaults.proxy.clone()),
        http: env("HTTP_PROXY"),
        https: env("HTTPS_PROXY"),
        all: env("ALL_PROXY"),
        no_proxy: env("NO_PROXY"),
    }
}
