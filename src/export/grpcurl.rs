//! grpcurl: the whole of a finding as lines for a shell, where grpcurl can send it.

use std::fmt::Write as _;

use bytes::Bytes;

use super::lines::{head, one_line};
use super::script::Scripted;
use super::{Script, curl, shell};
use crate::case::{Body, Deviation, Header, HttpVersion, Message};
use crate::schema::address;
use crate::value::{Value, hex};
use crate::wire::{grpc, protobuf};

/// Fields that grpcurl sends by itself.
const OWN: [&str; 4] = ["te", "user-agent", "content-type", "grpc-timeout"];

/// A finding as lines for a shell, comments between them; calls of REST by curl. `base` is where the service is.
pub fn grpcurl(script: &Script, base: &str) -> String {
    let mut out = head(script);
    out.push_str("# where the service does not tell itself by reflection, add -import-path FOLDER -proto FILE\n");
    let several = script.calls.len() > 1;
    for (index, call) in script.calls.iter().enumerate() {
        if several {
            let _ = writeln!(out, "\n# {}: {}", call.id, one_line(&call.operation));
        }
        for blank in script.blanks_of(index) {
            let _ = writeln!(out, "# in the place of {}: {}", blank.name, one_line(&blank.means));
        }
        if !grpc::is_method(&call.operation) {
            let _ = writeln!(out, "{}", curl(base, &call.request, HttpVersion::Http1).line);
            continue;
        }
        for note in notes(call) {
            let _ = writeln!(out, "# {note}");
        }
        let body = call.body.as_ref();
        let _ =
            writeln!(out, "{}", grpcurl_line(base, &call.operation, &call.request.headers, body));
    }
    out
}

/// A call as a line for a shell, without what grpcurl cannot send.
pub fn grpcurl_line(
    base: &str,
    operation: &str,
    headers: &[Header],
    body: Option<&Body>,
) -> String {
    let mut words = vec!["grpcurl".to_owned()];
    if !base.starts_with("grpcs:") && !base.starts_with("https:") {
        words.push("-plaintext".to_owned());
    }
    let told = headers.iter().find(|field| field.name.eq_ignore_ascii_case(grpc::TIMEOUT));
    if let Some(most) = told.and_then(|field| grpc::timeout(field.text()?)) {
        words.extend(["-max-time".to_owned(), most.as_secs_f64().to_string()]);
    }
    for field in headers {
        if !OWN.iter().any(|own| field.name.eq_ignore_ascii_case(own)) {
            let value = [field.name.as_bytes(), b": ", &field.value].concat();
            words.extend(["-H".to_owned(), shell::word(&value)]);
        }
    }
    let messages: Vec<String> =
        body.into_iter().flat_map(Body::values).map(Value::to_string).collect();
    if !messages.is_empty() {
        words.extend(["-d".to_owned(), shell::word(messages.join(" ").as_bytes())]);
    }
    let origin = address::origin(base).unwrap_or_else(|| base.to_owned());
    let authority = origin.split_once("://").map_or(&*origin, |(_, authority)| authority);
    words.extend([authority.to_owned(), operation.to_owned()]);
    words.join(" ")
}

/// What grpcurl cannot send.
fn notes(call: &Scripted) -> Vec<String> {
    let mut notes = Vec::new();
    let beyond = "which grpcurl cannot; use `phi-fuzz replay`";
    if call.deviations.iter().any(is_on_wire) {
        notes.push(format!("what is sent is damaged on the wire, {beyond}"));
    }
    if !call.request.perturb.is_empty() {
        notes.push(format!("the timing of this call is bent, {beyond}"));
    }
    match &call.body {
        Some(Body::Wire(octets)) => {
            notes.push(format!("the message is given in octets, {beyond}: {}", hex::write(octets)));
            let mut tree = protobuf::parse(&Bytes::copy_from_slice(octets), &protobuf::unknown);
            tree.open_plausible();
            notes.extend(protobuf::listing(&tree).lines().map(|line| format!("  {line}")));
        }
        Some(Body::Messages(messages)) => {
            let is_plain =
                |message: &Message| matches!(message, Message::Proto(_) | Message::HalfClose);
            if !messages.iter().all(is_plain) {
                notes.push(format!("the stream waits, or is given up, {beyond}"));
            } else if !messages.contains(&Message::HalfClose) {
                notes.push(format!("the stream is never ended, {beyond}"));
            }
        }
        _ => {}
    }
    notes
}

fn is_on_wire(deviation: &Deviation) -> bool {
    deviation.rule.as_str().and_then(crate::wire::deviation::find).is_some()
}
