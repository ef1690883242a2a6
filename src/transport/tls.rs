//! TLS: whom we trust, who we are, and what went wrong in words.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, InvalidMessage,
    RootCertStore, SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use super::{Error, Tls};

/// What is offered by ALPN (RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    Http1,
    Http2,
    Either,
}

/// One TLS set-up for each offer.
#[derive(Clone, Debug)]
pub(super) struct Configs {
    http1: Arc<ClientConfig>,
    http2: Arc<ClientConfig>,
    either: Arc<ClientConfig>,
}

impl Configs {
    /// Reads the files that the settings name.
    pub(super) fn new(tls: &Tls) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?;
        let builder = if tls.insecure {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(TrustAnyone(provider)))
        } else {
            builder.with_root_certificates(roots(tls.ca_file.as_deref())?)
        };
        let config = match &tls.identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                let octets = read(key)?;
                let missing = || Error::Pem { path: key.clone(), what: "private key" };
                let key = PrivateKeyDer::from_pem_slice(&octets).map_err(|_| missing())?;
                builder.with_client_auth_cert(certificates(chain)?, key)?
            }
        };
        let offering = |protocols: &[&[u8]]| {
            let mut config = config.clone();
            config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
            Arc::new(config)
        };
        Ok(Self {
            http1: offering(&[b"http/1.1"]),
            http2: offering(&[b"h2"]),
            either: offering(&[b"h2", b"http/1.1"]),
        })
    }

    pub(super) fn offering(&self, offer: Offer) -> Arc<ClientConfig> {
        match offer {
            Offer::Http1 => self.http1.clone(),
            Offer::Http2 => self.http2.clone(),
            Offer::Either => self.either.clone(),
        }
    }
}

/// A TLS set-up that offers HTTP/2 and HTTP/1.1, for clients that are not ours.
///
/// # Errors
/// The files that the settings name cannot be used.
pub fn client_config(tls: &Tls) -> Result<ClientConfig, Error> {
    Ok((*Configs::new(tls)?.either).clone())
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::File { path: path.to_owned(), source })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let octets = read(path)?;
    let missing = || Error::Pem { path: path.to_owned(), what: "certificate" };
    let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&octets).collect();
    list.ok().filter(|list| !list.is_empty()).ok_or_else(missing)
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        for certificate in certificates(path)? {
            roots.add(certificate)?;
        }
        return Ok(roots);
    }
    // A system's store may hold certificates that rustls cannot use.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Error::NoRoots);
    }
    Ok(roots)
}

/// Accepts any certificate, as `-k` asks; the handshake's signatures are still checked.
#[derive(Debug)]
struct TrustAnyone(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Why a handshake failed, a lower-case fragment that names the way out.
pub(super) fn reason(error: &io::Error) -> String {
    use rustls::Error as E;
    let Some(cause) = cause(error) else {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                "it closed the connection during the tls handshake".into()
            }
            _ => format!("the tls handshake failed: {error}"),
        };
    };
    match cause {
        E::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate is signed by an unknown authority: name the authority's file with \
             --cacert, or pass -k"
                .into()
        }
        E::InvalidCertificate(flaw) => {
            format!("its certificate is not accepted: {flaw}; pass -k to accept any")
        }
        E::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the port does not speak tls: use http://".into()
        }
        E::AlertReceived(alert) => refusal(*alert)
            .unwrap_or_else(|| format!("it ended the tls handshake with the alert {alert:?}")),
        other => format!("the tls handshake failed: {other}"),
    }
}

/// Why the server refused us after the handshake: in TLS 1.3 a client is not told before it reads
/// (RFC 8446, section 4.4.2.4). `None` where the failure is another.
pub(super) fn refused(error: &io::Error) -> Option<String> {
    match cause(error)? {
        rustls::Error::AlertReceived(alert) => refusal(*alert),
        _ => None,
    }
}

fn refusal(alert: AlertDescription) -> Option<String> {
    use AlertDescription as A;
    match alert {
        A::CertificateRequired => Some("it requires a client certificate".into()),
        A::UnknownCA
        | A::BadCertificate
        | A::UnsupportedCertificate
        | A::CertificateRevoked
        | A::CertificateExpired
        | A::CertificateUnknown
        | A::AccessDenied => Some(format!("it refused our client certificate (alert {alert:?})")),
        A::HandshakeFailure => {
            Some("it refused the handshake (it may require a client certificate)".into())
        }
        A::NoApplicationProtocol => Some("it speaks none of the http versions offered".into()),
        _ => None,
    }
}

fn cause(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}
