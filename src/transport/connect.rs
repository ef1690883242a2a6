//! Opening connections: names, proxies, TLS, ALPN.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustls_pki_types::ServerName;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::proxy::Proxy;
use super::stream::Stream;
use super::tls::{self, Configs, Offer};
use super::{Error, Scheme, Settings, Target, Version};
use crate::case::HttpVersion;

/// How long the addresses of a name are remembered.
const REMEMBERED: Duration = Duration::from_secs(30);

/// A smaller buffer would make the kernel wait for its timers (RFC 9293, section 3.8.6.2).
const LEAST_ROOM: u32 = 16 << 10;

/// Opens connections to one target.
#[derive(Debug)]
pub(super) struct Connector {
    target: Target,
    proxy: Option<Proxy>,
    tls: Option<Configs>,
    http: Version,
    patience: Duration,
    addresses: Mutex<Option<(Instant, Vec<SocketAddr>)>>,
}

impl Connector {
    pub(super) fn new(target: &Target, settings: &Settings) -> Result<Self, Error> {
        let proxy = settings.proxies.choose(target)?;
        let first = proxy.as_ref().map(|proxy| proxy.target.scheme);
        let needs_tls = [Some(target.scheme), first].contains(&Some(Scheme::Https));
        Ok(Self {
            target: target.clone(),
            proxy,
            tls: needs_tls.then(|| Configs::new(&settings.tls)).transpose()?,
            http: settings.http,
            patience: settings.connect_timeout,
            addresses: Mutex::new(None),
        })
    }

    /// The proxy that wants HTTP/1.1 requests in absolute form: one that does not tunnel.
    pub(super) fn forwarder(&self) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|_| !self.tunnels(Offer::Http1))
    }

    /// TLS goes through a tunnel, and so does HTTP/2: forwarding proxies speak HTTP/1.1.
    fn tunnels(&self, offer: Offer) -> bool {
        self.target.scheme == Scheme::Https || offer == Offer::Http2
    }

    /// What a connection is to speak, where that is known before it is opened.
    pub(super) fn offer(&self, version: Option<HttpVersion>) -> Offer {
        match version {
            Some(HttpVersion::Http1) => Offer::Http1,
            Some(HttpVersion::Http2) => Offer::Http2,
            None => match (self.http, self.target.scheme) {
                (Version::Http1, _) | (Version::Auto, Scheme::Http) => Offer::Http1,
                (Version::Http2, _) => Offer::Http2,
                (Version::Auto, Scheme::Https) => Offer::Either,
            },
        }
    }

    /// Opens a connection and says what it speaks. `room` is how many octets of answers may wait in it to be
    /// read, where that is to be few.
    ///
    /// # Errors
    /// There is none to be had; a lower-case fragment that names the way out.
    pub(super) async fn open(
        &self,
        offer: Offer,
        room: Option<u32>,
    ) -> Result<(Stream, HttpVersion), String> {
        timeout(self.patience, self.opened(offer, room)).await.unwrap_or_else(|_| {
            Err(format!("no connection to {} within {:?}", self.target.authority, self.patience))
        })
    }

    async fn opened(
        &self,
        offer: Offer,
        room: Option<u32>,
    ) -> Result<(Stream, HttpVersion), String> {
        let first = self.proxy.as_ref().map_or(&self.target, |proxy| &proxy.target);
        let mut stream = Stream::plain(self.dial(first, room).await?);
        if let Some(proxy) = &self.proxy {
            if proxy.target.scheme == Scheme::Https {
                stream = self.secure(stream, &proxy.target, Offer::Http1).await?;
            }
            if self.tunnels(offer) {
                proxy.tunnel(&mut stream, &self.target).await?;
            }
        }
        if self.target.scheme == Scheme::Https {
            stream = self.secure(stream, &self.target, offer).await?;
        }
        let agreed = stream.alpn().map(|protocol| protocol == b"h2");
        let http = match (offer, agreed) {
            (Offer::Http2 | Offer::Either, Some(true)) => HttpVersion::Http2,
            (Offer::Http2, _) if self.target.scheme == Scheme::Http => HttpVersion::Http2,
            (Offer::Http2, _) => {
                return Err(format!("{} did not agree to http/2 by alpn", self.target.authority));
            }
            (Offer::Http1 | Offer::Either, _) => HttpVersion::Http1,
        };
        Ok((stream, http))
    }

    async fn dial(&self, to: &Target, room: Option<u32>) -> Result<TcpStream, String> {
        let addresses = self.resolve(to).await?;
        let share = self.patience / addresses.len().max(1) as u32;
        let mut failure = format!("{} has no address", to.host);
        for address in &addresses {
            match timeout(share, connect(*address, room)).await {
                Ok(Ok(tcp)) => {
                    // Without it small writes wait for acknowledgements (RFC 896).
                    let _ = tcp.set_nodelay(true);
                    self.prefer(*address);
                    return Ok(tcp);
                }
                Ok(Err(error)) => failure = said(&error, *address),
                Err(_) => failure = format!("no connection to {address} within {share:?}"),
            }
        }
        Err(failure)
    }

    async fn resolve(&self, to: &Target) -> Result<Vec<SocketAddr>, String> {
        if let Ok(address) = to.host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, to.port)]);
        }
        let remembered = self.addresses().clone();
        if let Some((_, list)) = remembered.filter(|(since, _)| since.elapsed() < REMEMBERED) {
            return Ok(list);
        }
        let found = tokio::net::lookup_host((&*to.host, to.port)).await;
        let list: Vec<_> =
            found.map_err(|e| format!("cannot look up `{}`: {e}", to.host))?.collect();
        *self.addresses() = Some((Instant::now(), list.clone()));
        Ok(list)
    }

    /// Tries an address that worked first the next time.
    fn prefer(&self, address: SocketAddr) {
        if let Some((_, list)) = &mut *self.addresses()
            && list.first() != Some(&address)
        {
            list.sort_by_key(|known| *known != address);
        }
    }

    fn addresses(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Vec<SocketAddr>)>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn secure(&self, stream: Stream, to: &Target, offer: Offer) -> Result<Stream, String> {
        let Some(configs) = &self.tls else { return Err("tls is not set up".to_owned()) };
        let name = ServerName::try_from(to.host.clone())
            .map_err(|_| format!("`{}` cannot stand in a certificate", to.host))?;
        let connector = TlsConnector::from(configs.offering(offer));
        let failed = |error| format!("{}: {}", to.authority, tls::reason(&error));
        connector.connect(name, stream).await.map(Stream::tls).map_err(failed)
    }
}

/// Connects; with a small buffer for what comes where that is wanted, which has to be set before (RFC 7323,
/// section 2.2).
async fn connect(to: SocketAddr, room: Option<u32>) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    if let Some(room) = room {
        socket.set_recv_buffer_size(room.max(LEAST_ROOM))?;
    }
    socket.connect(to).await
}

fn said(error: &io::Error, address: SocketAddr) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("{address} refused the connection"),
        _ => format!("cannot connect to {address}: {error}"),
    }
}
