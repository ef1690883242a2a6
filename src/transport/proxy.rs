//! Which proxy a target is reached through, if any, and the tunnel through it.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::stream::Stream;
use super::target::{Parts, split};
use super::{Error, Scheme, Target};
use crate::case::Outcome;
use crate::wire::http1::{Decoder, End, Limits, Progress};

/// Proxies as they were named; the environment is read elsewhere.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// `--proxy`: for every target, whatever the others say.
    pub explicit: Option<String>,
    /// `HTTP_PROXY`: for `http` targets.
    pub http: Option<String>,
    /// `HTTPS_PROXY`: for `https` targets.
    pub https: Option<String>,
    /// `ALL_PROXY`: for targets whose scheme has none of its own.
    pub all: Option<String>,
    /// `NO_PROXY`: targets to reach directly: names (with those below them), addresses, networks
    /// (`10.0.0.0/8`), each with a port or without, or `*`, between commas.
    pub no_proxy: Option<String>,
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &Option<String>| url.as_deref().map(without_credentials);
        f.debug_struct("Proxies")
            .field("explicit", &shown(&self.explicit))
            .field("http", &shown(&self.http))
            .field("https", &shown(&self.https))
            .field("all", &shown(&self.all))
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

impl Proxies {
    /// The proxy for a target. Loopback is reached directly unless `--proxy` says otherwise.
    pub(super) fn choose(&self, target: &Target) -> Result<Option<Proxy>, Error> {
        if let Some(url) = named(self.explicit.as_ref()) {
            return Proxy::parse(url).map(Some);
        }
        let environment = self.of_environment(target).filter(|_| !target.is_loopback());
        environment.map(|(_, url)| Proxy::parse(url)).transpose()
    }

    /// The variable whose proxy is passed over for a target because that is on this machine.
    pub fn passed_over(&self, target: &Target) -> Option<&'static str> {
        let direct = target.is_loopback() && named(self.explicit.as_ref()).is_none();
        self.of_environment(target).filter(|_| direct).map(|(variable, _)| variable)
    }

    /// The proxy that the environment names for a target, and the variable that does.
    fn of_environment(&self, target: &Target) -> Option<(&'static str, &str)> {
        let own = match target.scheme {
            Scheme::Http => ("HTTP_PROXY", &self.http),
            Scheme::Https => ("HTTPS_PROXY", &self.https),
        };
        let set = [own, ("ALL_PROXY", &self.all)];
        let found = set.into_iter().find_map(|(name, url)| Some((name, named(url.as_ref())?)));
        let excepted = self.no_proxy.as_deref().unwrap_or_default();
        found.filter(|_| !excepted.split(',').any(|entry| matches(entry.trim(), target)))
    }
}

/// A proxy that is set to nothing is none.
fn named(url: Option<&String>) -> Option<&str> {
    url.map(|url| url.trim()).filter(|url| !url.is_empty())
}

/// Whether an entry of `NO_PROXY` means a target.
fn matches(entry: &str, target: &Target) -> bool {
    if entry == "*" {
        return true;
    }
    let (entry, port) = match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
        _ => (entry, None),
    };
    if port.is_some_and(|port| port.parse() != Ok(target.port)) {
        return false;
    }
    let entry = entry.trim_matches(['[', ']']).to_ascii_lowercase();
    if let Ok(address) = target.host.parse::<IpAddr>() {
        return within(&entry, address);
    }
    let domain = entry.trim_start_matches("*.").trim_start_matches('.');
    !domain.is_empty()
        && target.host.strip_suffix(domain).is_some_and(|h| h.is_empty() || h.ends_with('.'))
}

/// Whether an address is the one named, or in the network named (RFC 4632).
fn within(entry: &str, address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()) << 96, 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    let (network, length) = match entry.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (entry, Some(128)),
    };
    let (Ok(network), Some(length)) = (network.parse::<IpAddr>(), length) else { return false };
    let ((network, width), (address, other)) = (bits(network), bits(address));
    let mask = u128::MAX.checked_shl(128 - length.min(width)).unwrap_or(0);
    width == other && network & mask == address & mask
}

/// A proxy.
#[derive(Clone)]
pub(super) struct Proxy {
    /// How the proxy itself is spoken to.
    pub(super) target: Target,
    /// The value of `Proxy-Authorization`.
    pub(super) authorization: Option<String>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Proxy {
    fn parse(url: &str) -> Result<Self, Error> {
        let bad = |reason| Error::Proxy { text: without_credentials(url), reason };
        let full = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let Parts { scheme, user, host, port } = split(&full).map_err(bad)?;
        let scheme = match &*scheme {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(bad("only http and https proxies are spoken")),
        };
        let authorization = user.map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((&user, ""));
            let mut plain: Vec<u8> = percent_decode_str(name).collect();
            plain.push(b':');
            plain.extend(percent_decode_str(password));
            format!("Basic {}", STANDARD.encode(plain))
        });
        let usual = if scheme == Scheme::Http { 8080 } else { 443 };
        Ok(Self { target: Target::new(scheme, &host, port.unwrap_or(usual)), authorization })
    }

    /// Opens a tunnel to a target through a stream to the proxy (RFC 9110, section 9.3.6).
    ///
    /// # Errors
    /// The proxy refuses, or does not speak HTTP; a lower-case fragment.
    pub(super) async fn tunnel(&self, stream: &mut Stream, to: &Target) -> Result<(), String> {
        let host = if to.host.contains(':') { format!("[{}]", to.host) } else { to.host.clone() };
        let place = format!("{host}:{}", to.port);
        let credentials = self.authorization.as_ref();
        let credentials = credentials.map(|value| format!("Proxy-Authorization: {value}\r\n"));
        let head = format!(
            "CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{}\r\n",
            credentials.unwrap_or_default()
        );
        let name = &self.target.authority;
        let failed = |error| format!("the proxy {name} ended the connection: {error}");
        stream.write_all(head.as_bytes()).await.map_err(failed)?;
        stream.flush().await.map_err(failed)?;

        let mut decoder = Decoder::new("CONNECT", Limits::default());
        let mut piece = [0; 4096];
        while decoder.progress() == Progress::Head {
            match stream.read(&mut piece).await.map_err(failed)? {
                0 => break,
                count => decoder.feed(&piece[..count]),
            };
        }
        let ended = decoder.end(End::Closed);
        match ended.outcome {
            Outcome::Answered(answer) if (200..300).contains(&answer.status) => {
                let silent = ended.surplus.is_empty();
                silent.then_some(()).ok_or_else(|| format!("{place} spoke before TLS began"))
            }
            Outcome::Answered(answer) => Err(match answer.status {
                407 => format!(
                    "the proxy {name} wants credentials (407): write user:password@ into its address"
                ),
                status => format!("the proxy {name} refused a tunnel to {place} with {status}"),
            }),
            Outcome::Garbage { reason, .. } => {
                Err(format!("the proxy {name} answered with what is no HTTP/1.1: {reason}"))
            }
            _ => Err(format!("the proxy {name} closed the connection without an answer")),
        }
    }
}

fn without_credentials(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((before, rest)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            let colon = if scheme.is_empty() { "" } else { "://" };
            format!("{scheme}{colon}{rest}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(proxies: &Proxies, url: &str) -> Option<String> {
        let proxy = proxies.choose(&Target::parse(url).unwrap()).unwrap()?;
        Some(proxy.target.authority)
    }

    #[test]
    fn the_schemes_own_proxy_comes_before_that_for_all() {
        let proxies = Proxies {
            http: Some("http://h:1".to_owned()),
            all: Some("a:2".to_owned()),
            ..Proxies::default()
        };
        assert_eq!(chosen(&proxies, "http://shop").unwrap(), "h:1");
        assert_eq!(chosen(&proxies, "https://shop").unwrap(), "a:2");
        assert_eq!(chosen(&proxies, "http://localhost:8080"), None);
        let empty = Proxies { http: Some(" ".to_owned()), ..Proxies::default() };
        assert_eq!(chosen(&empty, "http://shop"), None);
    }

    #[test]
    fn the_one_named_by_flag_is_always_used() {
        let proxies = Proxies {
            explicit: Some("p".to_owned()),
            no_proxy: Some("*".to_owned()),
            ..Proxies::default()
        };
        assert_eq!(chosen(&proxies, "http://localhost").unwrap(), "p:8080");
    }

    #[test]
    fn exceptions_are_names_addresses_and_networks() {
        let no_proxy =
            Some("shop.test, .api.test,10.1.0.0/16, [fd00::1],ports.test:81,fd11::/16".to_owned());
        let proxies = Proxies { all: Some("p:3128".to_owned()), no_proxy, ..Proxies::default() };
        for (url, direct) in [
            ("http://shop.test", true),
            ("http://a.shop.test", true),
            ("http://workshop.test", false),
            ("http://x.api.test", true),
            ("http://10.1.255.3", true),
            ("http://10.2.0.1", false),
            ("http://[fd00::1]:9", true),
            ("http://[fd11:2::3]", true),
            ("http://[fd12::3]", false),
            ("http://ports.test:81", true),
            ("http://ports.test", false),
        ] {
            assert_eq!(chosen(&proxies, url).is_none(), direct, "{url}");
        }
    }

    #[test]
    fn credentials_are_decoded_sent_and_never_shown() {
        let proxy = Proxy::parse("http://me:p%40ss@proxy.test:3128").unwrap();
        assert_eq!(proxy.authorization.as_deref(), Some("Basic bWU6cEBzcw=="));
        let proxies =
            Proxies { all: Some("http://me:p%40ss@proxy.test".to_owned()), ..Proxies::default() };
        assert!(!format!("{proxies:?} {proxy:?}").contains("p%40ss"), "{proxies:?} {proxy:?}");
        let error = Proxy::parse("socks5://me:secret@proxy.test").unwrap_err().to_string();
        assert!(error.contains("`socks5://proxy.test`") && !error.contains("secret"), "{error}");
    }
}
