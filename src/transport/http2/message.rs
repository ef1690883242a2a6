//! A request in the form that HTTP/2 carries.

use http::header::{HeaderName, HeaderValue};

use crate::case::Header;
use crate::transport::Target;
use crate::wire::{Framing, Request};

/// Octets of a field section, uncompressed (RFC 9113, section 6.5.2, without its overhead).
pub(in crate::transport) fn size(message: &http::Request<()>) -> usize {
    let fields = message.headers().iter().map(|(n, v)| n.as_str().len() + v.len()).sum::<usize>();
    let target = message.uri().path_and_query().map_or(0, |target| target.as_str().len());
    message.method().as_str().len() + target + fields
}

/// The request as HTTP/2 carries it; `None` where only HTTP/1.1 can say it.
pub(in crate::transport) fn message(
    request: &Request,
    target: &Target,
) -> Option<http::Request<()>> {
    if request.needs_http1() {
        return None;
    }
    let method = http::Method::from_bytes(request.method.as_bytes()).ok()?;
    let mut hosts = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("host"));
    let authority = match (hosts.next(), hosts.next()) {
        (None, _) => &target.authority,
        (Some(host), None) => host.text()?,
        (Some(_), Some(_)) => return None,
    };
    let uri = http::Uri::builder()
        .scheme(target.scheme.name())
        .authority(authority)
        .path_and_query(&*request.target)
        .build()
        .ok()
        .filter(|uri| uri.path_and_query().is_some_and(|t| t.as_str() == request.target))?;
    let mut message = http::Request::builder().method(method).uri(uri).body(()).ok()?;
    *message.version_mut() = http::Version::HTTP_2;
    let fields = message.headers_mut();
    for Header { name, value } in &request.headers {
        if name.eq_ignore_ascii_case("host") {
            continue;
        }
        if name.eq_ignore_ascii_case("te") && &value[..] != b"trailers" {
            return None;
        }
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_maybe_shared(value.clone()).ok()?;
        fields.try_append(name, value).ok()?;
    }
    let usual = matches!(&*request.method, "POST" | "PUT" | "PATCH");
    let announced = fields.contains_key(http::header::CONTENT_LENGTH);
    if request.framing == Framing::Length && !announced && (usual || !request.body.is_empty()) {
        fields.insert(http::header::CONTENT_LENGTH, request.body.len().into());
    }
    Some(message)
}
