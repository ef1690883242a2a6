//! What a call must give, and what came: `want` and `saw`.

use super::members::put;
use super::place::{Place, Read};
use crate::case::{Saw, Want};
use crate::value::{Object, Value};

pub(super) fn read_want(place: &Place<'_>) -> Read<Want> {
    let members = place.object(&["status", "grpc_status"])?;
    let statuses = |place: &Place<'_>| place.list()?.iter().map(status).collect::<Read<Vec<_>>>();
    Ok(Want {
        status: members.map("status", statuses)?.unwrap_or_default(),
        grpc_status: members.map("grpc_status", Place::texts)?.unwrap_or_default(),
    })
}

/// A status code as a number, or a range of them as text.
fn status(place: &Place<'_>) -> Read<String> {
    if place.value.as_text().is_none() {
        return place.whole::<u16>(100, 999).map(|code| code.to_string());
    }
    let text = place.text()?;
    let range = matches!(text.as_bytes(), [b'1'..=b'9', b'X', b'X']) || text == "default";
    if range {
        return Ok(text);
    }
    place.wrong(format!("`{text}` is no range of statuses; write 201, \"2XX\" or \"default\""))
}

pub(super) fn write_want(want: &Want) -> Value {
    let status = |text: &String| match text.parse::<u16>() {
        Ok(code) => Value::int(code),
        Err(_) => Value::text(text.as_str()),
    };
    let mut out = Object::new();
    let list = |items: Vec<Value>| (!items.is_empty()).then_some(Value::Array(items));
    put(&mut out, "status", list(want.status.iter().map(status).collect()));
    let names = want.grpc_status.iter().map(|name| Value::text(name.as_str()));
    put(&mut out, "grpc_status", list(names.collect()));
    Value::Object(out)
}

pub(super) fn read_saw(place: &Place<'_>) -> Read<Saw> {
    let members = place.object(&["status", "grpc_status", "message", "outcome", "value"])?;
    Ok(Saw {
        status: members.map("status", |place| place.whole(0, u16::MAX.into()))?,
        grpc_status: members.map("grpc_status", Place::text)?,
        message: members.map("message", Place::text)?,
        outcome: members.map("outcome", Place::text)?,
        value: members.map("value", Place::value)?,
    })
}

pub(super) fn write_saw(saw: &Saw) -> Value {
    let text = |text: &Option<String>| text.as_deref().map(Value::text);
    let mut out = Object::new();
    put(&mut out, "status", saw.status.map(Value::int));
    put(&mut out, "grpc_status", text(&saw.grpc_status));
    put(&mut out, "message", text(&saw.message));
    put(&mut out, "outcome", text(&saw.outcome));
    put(&mut out, "value", saw.value.as_ref().map(Value::to_file));
    Value::Object(out)
}
