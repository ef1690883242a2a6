//! Where requests go.

use std::net::IpAddr;

use super::Error;

/// The scheme of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain text.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    /// As it stands in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port where an address names none.
    pub fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The origin that requests go to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Plain text or TLS.
    pub scheme: Scheme,
    /// Name or IP address, without brackets, in lower case.
    pub host: String,
    /// The port.
    pub port: u16,
    /// As in `Host` and `:authority`: the port only where it is not the scheme's own.
    pub authority: String,
    /// Whether it was named as a service of gRPC (`grpc://`, `grpcs://`), which is spoken over HTTP/2.
    pub is_rpc: bool,
}

impl Target {
    /// The origin of these parts.
    pub fn new(scheme: Scheme, host: &str, port: u16) -> Self {
        let host = host.to_ascii_lowercase();
        let shown = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let authority = if port == scheme.port() { shown } else { format!("{shown}:{port}") };
        Self { scheme, host, port, authority, is_rpc: false }
    }

    /// As a person would type it: `http://shop.test:8080`, `grpcs://shop.test`.
    pub fn origin(&self) -> String {
        let scheme = match (self.is_rpc, self.scheme) {
            (false, scheme) => scheme.name(),
            (true, Scheme::Http) => "grpc",
            (true, Scheme::Https) => "grpcs",
        };
        format!("{scheme}://{}", self.authority)
    }

    /// The origin of a URL; its path, query and fragment are passed over.
    ///
    /// # Errors
    /// The text is no URL of HTTP or gRPC, or carries credentials.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let bad = |reason| Error::Address { text: url.to_owned(), reason };
        let Parts { scheme, user, host, port } = split(url).map_err(bad)?;
        let (scheme, is_rpc) = match &*scheme {
            "http" => (Scheme::Http, false),
            "https" => (Scheme::Https, false),
            "grpc" => (Scheme::Http, true),
            "grpcs" => (Scheme::Https, true),
            _ => return Err(bad("its scheme is neither http nor https, nor grpc or grpcs")),
        };
        if user.is_some() {
            return Err(bad("it carries credentials, which belong to --auth"));
        }
        Ok(Self { is_rpc, ..Self::new(scheme, &host, port.unwrap_or(scheme.port())) })
    }

    /// Whether it is this machine: a loopback address or `localhost` (RFC 6761, section 6.3).
    pub fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }
}

/// The authority part of a URL, taken to pieces (RFC 3986, section 3.2).
pub(super) struct Parts {
    pub(super) scheme: String,
    pub(super) user: Option<String>,
    pub(super) host: String,
    pub(super) port: Option<u16>,
}

pub(super) fn split(url: &str) -> Result<Parts, &'static str> {
    let (scheme, rest) = url.split_once("://").ok_or("it has no scheme")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, place) = match authority.rsplit_once('@') {
        Some((user, place)) => (Some(user.to_owned()), place),
        None => (None, authority),
    };
    let (host, port) = match place.strip_prefix('[') {
        Some(inner) => {
            let (host, rest) = inner.split_once(']').ok_or("its `[` is not closed")?;
            host.parse::<std::net::Ipv6Addr>()
                .map_err(|_| "what stands in [] is no IPv6 address")?;
            (host, if rest.is_empty() { None } else { rest.strip_prefix(':').or(Some("?")) })
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let unfit = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
    if host.is_empty() || host.contains(unfit) {
        return Err("it has no proper host");
    }
    let port = match port {
        None | Some("") => None,
        Some(text) => {
            let digits = text.bytes().all(|octet| octet.is_ascii_digit());
            Some(text.parse().ok().filter(|_| digits).ok_or("its port is no number up to 65535")?)
        }
    };
    Ok(Parts { scheme: scheme.to_ascii_lowercase(), user, host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_names_the_port_only_where_it_is_not_the_usual_one() {
        for (url, authority, port) in [
            ("http://Shop.test/api?x#y", "shop.test", 80),
            ("https://shop.test", "shop.test", 443),
            ("http://shop.test:443", "shop.test:443", 443),
            ("HTTPS://[::1]:8443/", "[::1]:8443", 8443),
            ("http://127.0.0.1:80", "127.0.0.1", 80),
            ("http://shop:", "shop", 80),
        ] {
            let target = Target::parse(url).unwrap();
            assert_eq!((&*target.authority, target.port), (authority, port), "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        for (url, reason) in [
            ("shop.test:80", "no scheme"),
            ("ftp://shop", "neither"),
            ("http://", "host"),
            ("http://a b", "host"),
            ("http://a:70000", "port"),
            ("http://a:+8", "port"),
            ("http://[::1", "closed"),
            ("http://[::1]x", "port"),
            ("http://[shop]", "IPv6"),
            ("http://me:secret@shop", "--auth"),
        ] {
            let error = Target::parse(url).unwrap_err().to_string();
            assert!(error.contains(reason), "{url}: {error}");
        }
    }

    #[test]
    fn a_service_of_grpc_keeps_its_scheme_for_people_alone() {
        for (url, scheme, authority) in
            [("grpc://shop:50051", "http", "shop:50051"), ("GRPCS://shop", "https", "shop")]
        {
            let target = Target::parse(url).unwrap();
            assert_eq!((target.scheme.name(), &*target.authority), (scheme, authority));
            assert_eq!(target.origin(), url.to_lowercase());
        }
    }

    #[test]
    fn loopback_is_told_from_the_rest() {
        for (host, is) in [
            ("localhost", true),
            ("api.localhost", true),
            ("127.8.9.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false),
            ("localhost.test", false),
        ] {
            assert_eq!(Target::new(Scheme::Http, host, 1).is_loopback(), is, "{host}");
        }
    }
}
