//! A concrete call becomes the request that goes out.
//!
//! Only the call is read, never a document: its facts say what is not usual. Header fields stand in a
//! fixed order: `Accept`, `User-Agent`, `Content-Type`, those of the call, `Cookie`. What the call
//! gives takes the place of what would be added.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use prost_reflect::MessageDescriptor;

use super::body;
use super::error::Error;
use super::facts::{Facts, token};
use super::grpc;
use super::parameter::{self, Loss, Notation};
use super::request::is_token_octet;
use super::{Request, Script, deviation};
use crate::case::{Body, Call};
use crate::spec::Location;
use crate::value::Value;

/// How every request names the tool.
pub const USER_AGENT: &str = concat!("phi-fuzz/", env!("CARGO_PKG_VERSION"));

/// What a path template may hold as it stands; what is percent-encoded already stays so.
const TEMPLATE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A head longer than this, in octets, may be refused by any server: RFC 9110, section 4.1, asks for
/// 8000 for a target, and common servers hold 8 KiB in all. What the transport adds goes on top:
/// `Host`, credentials.
const LONGEST_HEAD: usize = 7 << 10;

/// Octets that the parameters of most calls add to their path template.
const ROOM: usize = 64;

/// Header fields that a call does not give itself, at most.
const ADDED: usize = 4;

/// A request before its deviations, and what of the call cannot be read back from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The request.
    pub request: Request,
    /// Places whose value a receiver cannot tell from another one, with why. A call with any is
    /// neither valid nor invalid.
    pub losses: Vec<(String, Loss)>,
}

/// The request of a concrete call, with its deviations applied in order. `base` is the path that the
/// service's address adds before the operation's: `/api/v1`, or nothing.
///
/// # Errors
/// The call cannot be sent as it is; see [`Error`].
pub fn request(call: &Call, base: &str) -> Result<Request, Error> {
    request_of(call, base, None)
}

/// The same where the contract tells what the message of a call of gRPC is.
///
/// # Errors
/// The call cannot be sent as it is; see [`Error`].
pub fn request_of(
    call: &Call,
    base: &str,
    message: Option<&MessageDescriptor>,
) -> Result<Request, Error> {
    let mut request = plain(call, base)?.request;
    request.message = message.cloned();
    deviation::apply(call, &mut request)?;
    Ok(request)
}

/// The request of a concrete call, without its deviations.
///
/// # Errors
/// The call cannot be sent as it is; see [`Error`].
pub fn plain(call: &Call, base: &str) -> Result<Plain, Error> {
    with_body(call, base, call.body.as_ref())
}

/// What of a concrete call cannot be read back, as [`plain`] tells it. A JSON body loses nothing,
/// unless it is a sequence, and is not written for this; nor are messages of protobuf, of which nothing is known
/// here.
///
/// # Errors
/// The call cannot be sent as it is; see [`Error`].
pub fn losses(call: &Call) -> Result<Vec<(String, Loss)>, Error> {
    let sequence = body::sequence_of(Facts::new(&call.render)).is_some();
    let textual = call.body.as_ref().filter(|body| match body {
        Body::Json(_) => sequence,
        body => !matches!(body, Body::Proto(_) | Body::Wire(_) | Body::Messages(_)),
    });
    // Most calls of gRPC hold nothing else that could be lost.
    let is_bare = [&call.query, &call.headers, &call.cookies].iter().all(|list| list.is_empty());
    if textual.is_none() && is_bare && grpc::is_method(&call.operation) {
        return concrete(call).map(|()| Vec::new());
    }
    with_body(call, "", textual).map(|plain| plain.losses)
}

fn with_body(call: &Call, base: &str, body: Option<&Body>) -> Result<Plain, Error> {
    let (method, template) = operation(call)?;
    concrete(call)?;
    let facts = Facts::new(&call.render);
    let mut losses = Vec::new();
    let mut request = Request {
        method: method.to_owned(),
        target: path(call, base, &template, facts, &mut losses)?,
        headers: Vec::with_capacity(ADDED + call.headers.len()),
        perturb: call.perturb.clone(),
        ..Request::default()
    };
    for (index, (name, value)) in call.query.iter().enumerate() {
        let encoded = parameter(Location::Query, name, value, facts, &mut losses)?;
        if let Some(octets) = encoded {
            let text = String::from_utf8_lossy(&octets);
            let others = call.query.iter().enumerate().filter(|(other, _)| *other != index);
            if value.as_object().is_some() && collides(&text, name, others.map(|(_, q)| &*q.0)) {
                losses.push((format!("query/{}", token(name)), Loss::Collision));
            }
            request.push_raw_query(&text);
        }
    }
    let rendered = body.map(|body| body::render(body, facts)).transpose()?;
    headers(
        call,
        rendered.as_ref().map(|body| &*body.media_type),
        facts,
        &mut request,
        &mut losses,
    )?;
    if let (Some(body), Some(rendered)) = (body, rendered) {
        if rendered.media_type.bytes().any(|octet| octet.is_ascii_control()) {
            let message = "a media type holds no control characters".to_owned();
            return Err(Error::Fact { place: body.part().to_owned(), message });
        }
        losses.extend(rendered.loss.map(|loss| (body.part().to_owned(), loss)));
        request.body = rendered.octets.into();
        if let Body::Messages(messages) = body {
            request.script = Script::of(messages).map(|(script, _)| Box::new(script));
        }
    }
    let fields = request.headers.iter().map(|field| field.name.len() + field.value.len() + 4);
    let (line, fields) = (request.target.len(), fields.sum::<usize>());
    if line + fields > LONGEST_HEAD {
        let part = if line > fields { Location::Query } else { Location::Header }.part();
        losses.push((part.to_owned(), Loss::Long));
    }
    Ok(Plain { request, losses })
}

/// The method and path template of a call. A method of gRPC is called by POST, under the path that is its name
/// (PROTOCOL-HTTP2.md, "Path").
pub(super) fn operation(call: &Call) -> Result<(&str, Cow<'_, str>), Error> {
    if grpc::is_method(&call.operation) {
        return Ok(("POST", ["/", &call.operation].concat().into()));
    }
    call.operation
        .split_once(' ')
        .filter(|(method, path)| is_token(method) && path.starts_with('/'))
        .map(|(method, path)| (method, path.into()))
        .ok_or_else(|| Error::Operation(call.operation.clone()))
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_octet)
}

fn concrete(call: &Call) -> Result<(), Error> {
    let lists = [
        ("path", &call.path),
        ("query", &call.query),
        ("headers", &call.headers),
        ("cookies", &call.cookies),
    ];
    for (part, list) in lists {
        if let Some((name, _)) = list.iter().find(|(_, value)| !value.is_concrete()) {
            return Err(Error::Symbolic(format!("{part}/{}", token(name))));
        }
    }
    match call.body.as_ref() {
        Some(body) if body.value().is_some_and(|value| !value.is_concrete()) => {
            Err(Error::Symbolic(body.part().to_owned()))
        }
        _ => Ok(()),
    }
}

/// The octets of one parameter of a call; `None` where nothing is written.
pub(super) fn parameter(
    location: Location,
    name: &str,
    value: &Value,
    facts: Facts<'_>,
    losses: &mut Vec<(String, Loss)>,
) -> Result<Option<Vec<u8>>, Error> {
    let place = || format!("{}/{}", location.part(), token(name));
    let notation = match facts.get_in(location.part(), name) {
        None => Notation::usual(location),
        Some(fact) => Notation::parse(location, fact)
            .map_err(|message| Error::Fact { place: place(), message })?,
    };
    let encoded = parameter::encode(location, name, value, &notation)
        .map_err(|source| Error::Unsendable { place: place(), source })?;
    losses.extend(encoded.loss.map(|loss| (place(), loss)));
    Ok(encoded.octets)
}

/// Whether one of these pairs has the name of another parameter.
fn collides<'n>(pairs: &str, own: &str, mut others: impl Iterator<Item = &'n str>) -> bool {
    others.any(|other| {
        let other_name = super::percent::text(other.as_bytes());
        other != own && pairs.split('&').any(|pair| pair.split('=').next() == Some(&*other_name))
    })
}

fn path(
    call: &Call,
    base: &str,
    template: &str,
    facts: Facts<'_>,
    losses: &mut Vec<(String, Loss)>,
) -> Result<String, Error> {
    let base = base.trim_end_matches('/');
    let own = base.len();
    let mut target = String::with_capacity(own + template.len() + ROOM);
    target.push_str(base);
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => target.push_str(&literal(text)),
            Piece::Name(name) => {
                let value = call.path.iter().find(|(key, _)| key == name).map(|(_, value)| value);
                let value = value.ok_or_else(|| Error::MissingPath(token(name).into_owned()))?;
                let octets = parameter(Location::Path, name, value, facts, losses)?;
                target.push_str(&String::from_utf8_lossy(&octets.unwrap_or_default()));
            }
        }
    }
    // A dot segment would be removed on the way (RFC 3986, section 5.2.4), and the route with it.
    if target.as_bytes()[own..].windows(2).any(|two| two == b"/.") {
        let kept: Vec<String> = target[own..]
            .split('/')
            .map(|segment| match segment {
                "." | ".." => segment.replace('.', "%2E"),
                segment => segment.to_owned(),
            })
            .collect();
        target.truncate(own);
        target.push_str(&kept.join("/"));
    }
    Ok(target)
}

/// The text of a template as it stands in a path.
pub(super) fn literal(text: &str) -> std::borrow::Cow<'_, str> {
    utf8_percent_encode(text, TEMPLATE).into()
}

/// A piece of a path template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Text as it stands in the document.
    Text(&'t str),
    /// `{name}`
    Name(&'t str),
}

/// The pieces of a path template in order. A brace without its partner is text.
pub(super) fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let open = rest.find('{');
        let close = open.and_then(|open| rest[open..].find('}').map(|length| open + length));
        let (piece, after) = match (open, close) {
            (Some(0), Some(close)) => (Piece::Name(&rest[1..close]), close + 1),
            (Some(open), Some(_)) => (Piece::Text(&rest[..open]), open),
            _ => (Piece::Text(rest), rest.len()),
        };
        rest = &rest[after..];
        Some(piece)
    })
}

fn headers(
    call: &Call,
    media_type: Option<&str>,
    facts: Facts<'_>,
    request: &mut Request,
    losses: &mut Vec<(String, Loss)>,
) -> Result<(), Error> {
    let given = |name: &str| call.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let media_type = media_type.map(|media_type| Bytes::copy_from_slice(media_type.as_bytes()));
    let is_rpc = grpc::is_method(&call.operation);
    let added = [
        ("Accept", Some(Bytes::from_static(b"*/*")).filter(|_| !is_rpc)),
        ("TE", Some(Bytes::from_static(b"trailers")).filter(|_| is_rpc)),
        ("User-Agent", Some(Bytes::from_static(USER_AGENT.as_bytes()))),
        ("Content-Type", media_type),
    ];
    for (name, value) in added {
        if let Some(value) = value.filter(|_| !given(name)) {
            request.push_header(name, value);
        }
    }
    for (name, value) in &call.headers {
        if !is_token(name) {
            return Err(Error::HeaderName(token(name).into_owned()));
        }
        let octets = parameter(Location::Header, name, value, facts, losses)?;
        request.push_header(name.clone(), octets.unwrap_or_default());
    }
    let mut cookies: Vec<u8> = Vec::new();
    for (name, value) in &call.cookies {
        if let Some(octets) = parameter(Location::Cookie, name, value, facts, losses)? {
            if !cookies.is_empty() {
                cookies.extend_from_slice(b"; ");
            }
            cookies.extend_from_slice(&octets);
        }
    }
    if !cookies.is_empty() {
        request.push_header("Cookie", cookies);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
