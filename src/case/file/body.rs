//! Bodies and scripted streams.

use super::place::{Members, Place, Read, Wrong};
use crate::case::{Body, Message};
use crate::value::{Value, duration, hex, nearest};

/// The keys of bodies.
pub(super) const KEYS: [&str; 9] =
    ["json", "form", "multipart", "xml", "text", "bytes", "proto", "wire", "messages"];

/// Reads the body of a call, where it has one.
pub(super) fn read(call: &Members<'_>) -> Read<Option<Body>> {
    let mut found = KEYS.iter().filter(|key| call.has(key));
    let Some(key) = found.next() else { return Ok(None) };
    if let Some(second) = found.next() {
        let message = format!("a call has one body, but here are `{key}` and `{second}`");
        return Err(Wrong { at: call.at.child(*second), message });
    }
    let place = call.need(key)?;
    Ok(Some(match *key {
        "json" => Body::Json(place.value()?),
        "form" => Body::Form(place.value()?),
        "multipart" => Body::Multipart(place.value()?),
        "xml" => Body::Xml(place.value()?),
        "text" => Body::Text(place.value()?),
        "bytes" => Body::Bytes(place.value()?),
        "proto" => Body::Proto(place.value()?),
        "wire" => Body::Wire(octets(&place)?),
        _ => Body::Messages(place.list()?.iter().map(message).collect::<Read<_>>()?),
    }))
}

/// Writes a body under its [`Body::part`].
pub(super) fn write(body: &Body) -> Value {
    match body {
        Body::Json(value)
        | Body::Form(value)
        | Body::Multipart(value)
        | Body::Xml(value)
        | Body::Text(value)
        | Body::Bytes(value)
        | Body::Proto(value) => value.to_file(),
        Body::Wire(octets) => Value::String(hex::write(octets).into()),
        Body::Messages(messages) => Value::Array(messages.iter().map(write_message).collect()),
    }
}

const MESSAGE: [&str; 5] = ["proto", "wire", "wait", "await", "cancel"];
const HALF_CLOSE: &str = "half_close";

fn message(place: &Place<'_>) -> Read<Message> {
    if place.value.as_text().is_some() {
        return place.one_of(&[(HALF_CLOSE, ())]).map(|()| Message::HalfClose);
    }
    let (name, inner) = place.any_object()?.single("an item of a stream")?;
    Ok(match &*name {
        "proto" => Message::Proto(inner.value()?),
        "wire" => Message::Wire(octets(&inner)?),
        "wait" => Message::Wait(inner.duration()?),
        "await" => Message::Await(inner.count()?),
        "cancel" => Message::Cancel(inner.count()?),
        _ => {
            let advice = nearest::advice(&name, &MESSAGE);
            return inner.wrong(format!("unknown item `{name}` of a stream; {advice}"));
        }
    })
}

fn write_message(message: &Message) -> Value {
    let (name, inner) = match message {
        Message::Proto(value) => ("proto", value.to_file()),
        Message::Wire(octets) => ("wire", Value::String(hex::write(octets).into())),
        Message::Wait(pause) => ("wait", Value::String(duration::write(*pause).into())),
        Message::Await(count) => ("await", Value::int(*count)),
        Message::HalfClose => return Value::text(HALF_CLOSE),
        Message::Cancel(code) => ("cancel", Value::int(*code)),
    };
    Value::object([(name, inner)])
}

fn octets(place: &Place<'_>) -> Read<Vec<u8>> {
    match hex::parse(&place.text()?) {
        Some(octets) => Ok(octets),
        None => place.wrong("needs octets in hexadecimal, two digits each"),
    }
}
