//! TLS: who is trusted, who is refused, and in which words.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use super::server::{Act, OK, Server, say};
use super::*;
use crate::case::{
    Ending,
    HttpVersion::{self, Http1, Http2},
};
use crate::transport::{Error, Proxies, Tls, Version};

/// An authority with one server and one client certificate.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: rcgen::Certificate,
    pem: NamedTempFile,
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

impl Authority {
    fn new() -> Self {
        Self::named("authority")
    }

    fn named(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).unwrap();
        let pem = file(&root.pem());
        Self { issuer: Issuer::new(params, key), root, pem }
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    fn path(&self) -> PathBuf {
        self.pem.path().to_owned()
    }

    /// Accepts for `localhost`; may require certificates of the same authority.
    fn acceptor(&self, protocols: &[&str], strict: bool) -> TlsAcceptor {
        let (certificate, key) = self.issue("localhost");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if strict {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(self.root.der().clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut config = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }

    async fn serve(&self, protocols: &[&str], strict: bool) -> Server {
        let acceptor = self.acceptor(protocols, strict);
        Server::doing(move |tcp, _| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut tls) = acceptor.accept(tcp).await else { return };
                if tls.get_ref().1.alpn_protocol() == Some(b"h2") {
                    let mut h2 = h2::server::handshake(tls).await.unwrap();
                    while let Some(Ok((_, mut respond))) = h2.accept().await {
                        respond.send_response(http::Response::new(()), true).unwrap();
                    }
                    return;
                }
                let mut head = Vec::new();
                while let Ok(octet) = tls.read_u8().await {
                    head.push(octet);
                    if head.ends_with(b"\r\n\r\n") {
                        if head.starts_with(b"GET /cut") {
                            tls.write_all(b"HTTP/1.1 200 OK\r\n\r\ncut").await.unwrap();
                            tls.flush().await.unwrap();
                            return;
                        }
                        tls.write_all(OK.as_bytes()).await.unwrap();
                        tls.flush().await.unwrap();
                        head.clear();
                    }
                }
            }
        })
        .await
    }
}

fn client_of(server: &Server, tls: Tls) -> Client {
    client_speaking(server, tls, Version::Auto)
}

fn client_speaking(server: &Server, tls: Tls, http: Version) -> Client {
    let target = Target::new(Scheme::Https, "localhost", server.port());
    Client::new(target, Settings { tls, http, ..Settings::default() }).unwrap()
}

fn trusting(authority: &Authority) -> Tls {
    Tls { ca_file: Some(authority.path()), ..Tls::default() }
}

#[tokio::test]
async fn a_named_authority_is_trusted_and_connections_are_kept() {
    let authority = Authority::new();
    let server = authority.serve(&[], false).await;
    let client = client_of(&server, trusting(&authority));
    for fresh in [true, false, false] {
        let reply = pooled(&client, &get()).await;
        assert_eq!((answer(&reply).status, reply.fresh_connection), (200, fresh));
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_the_way_out_unless_any_is_trusted() {
    let (authority, other) = (Authority::new(), Authority::named("other"));
    let server = authority.serve(&[], false).await;
    let reply = fresh(&client_of(&server, trusting(&other)), &get()).await;
    let why = unreachable(&reply);
    assert!(why.contains("unknown authority") && why.contains("--cacert") && why.contains("-k"));
    let insecure = Tls { insecure: true, ..Tls::default() };
    let reply = fresh(&client_of(&server, insecure), &get()).await;
    assert_eq!(answer(&reply).status, 200);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let server = authority.serve(&[], false).await;
    let target = Target::new(Scheme::Https, "127.0.0.1", server.port());
    let settings = Settings { tls: trusting(&authority), ..Settings::default() };
    let reply = fresh(&Client::new(target, settings).unwrap(), &get()).await;
    assert!(unreachable(&reply).contains("certificate is not accepted"), "{reply:?}");
}

#[tokio::test]
async fn a_client_certificate_that_is_required_is_sent_or_missed_by_name() {
    let authority = Authority::new();
    let server = authority.serve(&[], true).await;
    for _ in 0..5 {
        let reply = fresh(&client_of(&server, trusting(&authority)), &get()).await;
        assert!(unreachable(&reply).contains("requires a client certificate"), "{reply:?}");
    }
    let (certificate, key) = authority.issue("me");
    let (chain, key) = (file(&certificate.pem()), file(&key.serialize_pem()));
    let identity = Some((chain.path().to_owned(), key.path().to_owned()));
    let tls = Tls { identity, ..trusting(&authority) };
    assert_eq!(answer(&fresh(&client_of(&server, tls), &get()).await).status, 200);
}

#[tokio::test]
async fn the_version_is_what_alpn_agrees_on() {
    let authority = Authority::new();
    for (offered, wanted, spoken) in [
        (&["h2", "http/1.1"][..], Version::Auto, Some(HttpVersion::Http2)),
        (&["h2", "http/1.1"], Version::Http1, Some(HttpVersion::Http1)),
        (&["http/1.1"], Version::Auto, Some(HttpVersion::Http1)),
        (&[], Version::Auto, Some(HttpVersion::Http1)),
        (&["h2"], Version::Http2, Some(HttpVersion::Http2)),
        (&[], Version::Http2, None),
        (&["http/1.1"], Version::Http2, None),
    ] {
        let server = authority.serve(offered, false).await;
        let client = client_speaking(&server, trusting(&authority), wanted);
        for _ in 0..2 {
            let reply = pooled(&client, &get()).await;
            match spoken {
                Some(version) => {
                    assert_eq!((answer(&reply).status, reply.http), (200, version));
                }
                None => assert!(!unreachable(&reply).is_empty()),
            }
        }
    }
}

#[tokio::test]
async fn what_only_http_1_can_say_is_said_in_http_1() {
    let authority = Authority::new();
    let server = authority.serve(&["h2", "http/1.1"], false).await;
    let client = client_of(&server, trusting(&authority));
    let mut odd = get();
    odd.push_header("Connection", "x");
    let mut spoken = Vec::new();
    for request in [&odd, &get(), &odd, &get()] {
        let reply = pooled(&client, request).await;
        assert_eq!(answer(&reply).status, 200);
        spoken.push(reply.http);
    }
    assert_eq!(spoken, [Http1, Http2, Http1, Http2]);
}

#[tokio::test]
async fn plain_text_and_tls_mistaken_for_each_other_are_named() {
    let plain = Server::new([Act::ReadHead, say(OK)]).await;
    let rude = Server::new([Act::Wait(std::time::Duration::from_millis(20)), say(OK)]).await;
    let insecure = Tls { insecure: true, ..Tls::default() };
    let reply = fresh(&client_of(&rude, insecure.clone()), &get()).await;
    assert!(unreachable(&reply).contains("use http://"), "{reply:?}");
    let target = Target::new(Scheme::Https, "localhost", plain.port());
    let connect_timeout = std::time::Duration::from_millis(100);
    let settings = Settings { tls: insecure, connect_timeout, ..Settings::default() };
    let reply = fresh(&Client::new(target, settings).unwrap(), &get()).await;
    assert!(unreachable(&reply).contains("no connection"), "{reply:?}");

    let authority = Authority::new();
    let secure = authority.serve(&[], false).await;
    let reply = fresh(&super::client(&secure), &get()).await;
    let Outcome::Garbage { reason, .. } = &reply.outcome else { panic!("{reply:?}") };
    assert!(reason.contains("use https://"), "{reason}");
}

#[tokio::test]
async fn a_body_without_an_end_needs_the_close_alert() {
    let authority = Authority::new();
    let server = authority.serve(&[], false).await;
    let client = client_of(&server, trusting(&authority));
    let reply = fresh(&client, &Request { target: "/cut".into(), ..get() }).await;
    assert_eq!(answer(&reply).ending, Ending::Truncated);
}

#[tokio::test]
async fn tls_goes_through_a_tunnel() {
    let authority = Authority::new();
    let server = authority.serve(&["h2"], false).await;
    let proxy = super::proxy::tunneling().await;
    let url = format!("me:p%40ss@127.0.0.1:{}", proxy.port());
    let proxies = Proxies { explicit: Some(url), ..Proxies::default() };
    let settings = Settings { tls: trusting(&authority), proxies, ..Settings::default() };
    let target = Target::new(Scheme::Https, "localhost", server.port());
    let reply = fresh(&Client::new(target, settings).unwrap(), &get()).await;
    assert_eq!((answer(&reply).status, reply.http), (200, HttpVersion::Http2));
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn tls_goes_through_tls_to_the_proxy() {
    let authority = Authority::new();
    let server = authority.serve(&[], false).await;
    let acceptor = authority.acceptor(&["http/1.1"], false);
    let proxy = Server::doing(move |tcp, _| {
        let acceptor = acceptor.clone();
        async move { super::proxy::tunnel(acceptor.accept(tcp).await.unwrap()).await }
    })
    .await;
    let url = format!("https://me:p%40ss@localhost:{}", proxy.port());
    let proxies = Proxies { explicit: Some(url), ..Proxies::default() };
    let settings = Settings { tls: trusting(&authority), proxies, ..Settings::default() };
    let target = Target::new(Scheme::Https, "localhost", server.port());
    let client = Client::new(target, settings).unwrap();
    for fresh in [true, false] {
        let reply = pooled(&client, &get()).await;
        assert_eq!(answer(&reply).status, 200);
        assert_eq!(reply.fresh_connection, fresh);
    }
    assert_eq!(proxy.connections(), 1);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let target = || Target::new(Scheme::Https, "localhost", 1);
    let with = |tls| {
        let settings = Settings { tls, ..Settings::default() };
        Client::new(target(), settings).err().unwrap()
    };
    let missing = Some(PathBuf::from("/nowhere/ca.pem"));
    let error = with(Tls { ca_file: missing, ..Tls::default() });
    assert!(matches!(error, Error::File { .. }) && error.to_string().contains("/nowhere/ca.pem"));
    let empty = file("no pem");
    let error = with(Tls { ca_file: Some(empty.path().to_owned()), ..Tls::default() });
    assert!(error.to_string().contains("holds no certificate in PEM form"), "{error}");
    let authority = Authority::new();
    let identity = Some((authority.path(), empty.path().to_owned()));
    let error = with(Tls { identity, ..trusting(&authority) });
    assert!(error.to_string().contains("holds no private key in PEM form"), "{error}");
}
