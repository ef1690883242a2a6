//! `phi-fuzz generate`: cases as lines of JSON; sends nothing.

use std::time::Duration;

use super::super::args::{Flags, Generate};
use super::super::resolve::Resolved;
use super::super::session::Session;
use super::super::{Error, Exit, connect, launch};
use super::planned::{self, Source, Tried};
use crate::campaign;
use crate::case::{Case, file};
use crate::spec::{Operation, Service, base};
use crate::value::{Object, Value, write};
use crate::wire::{self, Request, http1};

/// How many cases where nothing else is said.
const COUNT: usize = 100;

pub(in crate::cli) fn run(session: &Session, generate: &Generate) -> Result<Exit, Error> {
    let flags = Flags {
        fetch: generate.fetch.clone(),
        select: generate.select.clone(),
        ..Flags::default()
    };
    let resolved = Resolved::new(session, flags)?;
    let seed = generate.seed.unwrap_or_default();
    for named in resolved.services(&generate.specs, &[])? {
        let document = launch::block_on(connect::load(&resolved, &named, Duration::ZERO))?;
        let service = &document.service;
        let url = connect::address(&document.config, service);
        let bases = base::candidates(service, &document.address, url.as_deref()).bases;
        let (prefix, authority) = match bases.first() {
            Some(base) => (
                campaign::path_of(base),
                crate::transport::Target::parse(base).map(|target| target.authority).ok(),
            ),
            None => ("", None),
        };
        let authority = authority.unwrap_or_else(|| "localhost".to_owned());
        let picks = |operation: &Operation| resolved.picks(operation);
        planned::impossible(service, &picks).for_each(|note| session.console.note(&note));
        let tried =
            planned::in_turn(service, &Source::ALL, generate.label, seed, &picks, &|_, _| true);
        for tried in tried.take(generate.count.unwrap_or(COUNT)) {
            if let Some(line) = line(service, tried, prefix, &authority) {
                session.console.result(&line)?;
            }
        }
    }
    Ok(Exit::WHOLE)
}

/// A case and its requests; `None` where it cannot be rendered, which is then not sent either.
fn line(service: &Service, tried: Tried, prefix: &str, authority: &str) -> Option<String> {
    let request = wire::render::request(&tried.call, prefix).ok()?;
    let mut out = Object::new();
    out.push("operation", Value::text(tried.call.operation.as_str()));
    out.push("label", Value::text(tried.call.label.name()));
    out.push("class", Value::text(tried.class));
    let call = tried.call.id.clone();
    let case = Case::of(service.name.clone(), tried.call);
    out.push("service", Value::text(service.name.as_str()));
    out.push("steps", file::steps(&case));
    out.push("requests", Value::Array(vec![outgoing(&call, &request, authority)]));
    Some(write::compact(&Value::Object(out)))
}

/// A request as it would go out; with the octets of HTTP/1.1 where only those can tell.
fn outgoing(call: &str, request: &Request, authority: &str) -> Value {
    let octets = |octets: &[u8]| match std::str::from_utf8(octets) {
        Ok(text) => Value::text(text),
        Err(_) => Value::Bytes(octets.to_vec()),
    };
    let field = |header: &crate::case::Header| {
        Value::Array(vec![Value::text(header.name.as_str()), octets(&header.value)])
    };
    let mut out = Object::new();
    out.push("call", Value::text(call));
    out.push("method", Value::text(request.method.as_str()));
    out.push("target", Value::text(request.target.as_str()));
    out.push("headers", Value::Array(request.headers.iter().map(field).collect()));
    if !request.body.is_empty() {
        out.push("body", octets(&request.body));
    }
    if request.needs_http1() {
        let encoded = http1::encode(request, authority);
        out.push("http1", octets(&[&encoded.head[..], &encoded.body].concat()));
    }
    Value::Object(out).to_file()
}
