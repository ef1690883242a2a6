//! The fields of a message into its JSON mapping.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use foldhash::HashMap;
use prost_reflect::{FieldDescriptor, Kind as Type, MessageDescriptor, OneofDescriptor};

use super::numbers;
use super::well_known::{self, Form};
use super::{at, element};
use crate::value::{Object, Text, Value};
use crate::wire::protobuf::{
    Content, Delimited, Element, Field, Node, Payload, Scalar, Varint, encode, parse, unknown,
};

/// How many messages within each other are read, as parsers in the field do.
pub(super) const DEEPEST: usize = 100;

const TOO_DEEP: &str = "too many messages within each other";
const BROKEN: &str = "octets that are no fields";

/// What came of a field so far.
enum Came {
    One(Value),
    /// The octets of a message; those of one that comes again are merged with it.
    Message(Vec<Bytes>),
    Many(Vec<Value>),
    Pairs(Pairs),
}

/// The entries of a map so far. Of those of one key the last counts.
#[derive(Default)]
struct Pairs {
    all: Vec<(Text, Value)>,
    index: HashMap<Text, usize>,
}

impl Pairs {
    fn set(&mut self, key: Text, value: Value) {
        let index = *self.index.entry(key.clone()).or_insert(self.all.len());
        match self.all.get_mut(index) {
            Some(known) => known.1 = value,
            None => self.all.push((key, value)),
        }
    }
}

/// A message, where so many more may be within it.
pub(super) fn message(
    octets: &Bytes,
    message: &MessageDescriptor,
    room: usize,
) -> Result<Value, String> {
    let form = Form::of(message);
    if matches!(form, Form::Own | Form::Json) {
        return well_known::decode(octets, message);
    }
    let mut all = came(octets, message, room)?;
    if let (Form::Wrapper, Some(only)) = (form, message.fields().next()) {
        return whole(all.remove(&only.number()), &only, room)
            .map(|value| value.unwrap_or(Value::Null));
    }
    let mut members = Object::new();
    for field in message.fields() {
        let value = whole(all.remove(&field.number()), &field, room);
        if let Some(value) = value.map_err(|why| at(&field, &why))? {
            members.push(field.json_name(), value);
        }
    }
    Ok(Value::Object(members))
}

/// What comes of each field, by its number.
fn came(
    octets: &Bytes,
    message: &MessageDescriptor,
    room: usize,
) -> Result<BTreeMap<u32, Came>, String> {
    let tree = parse(octets, &unknown);
    if !tree.is_well_formed() {
        return Err(BROKEN.to_owned());
    }
    let mut all = BTreeMap::new();
    for node in tree.nodes {
        let Node::Field(Field { tag, payload }) = node else { continue };
        let Some(field) = message.get_field(tag.number) else { continue };
        let before = all.remove(&tag.number);
        for other in field.containing_oneof().iter().flat_map(OneofDescriptor::fields) {
            all.remove(&other.number());
        }
        let came = next(before, payload, &field, room).map_err(|why| at(&field, &why))?;
        all.insert(tag.number, came);
    }
    Ok(all)
}

/// What came of a field with what comes of it next.
fn next(
    before: Option<Came>,
    payload: Payload,
    field: &FieldDescriptor,
    room: usize,
) -> Result<Came, String> {
    let kind = field.kind();
    if let (true, Type::Message(entry)) = (field.is_map(), &kind) {
        let mut pairs =
            if let Some(Came::Pairs(pairs)) = before { pairs } else { Pairs::default() };
        let (key, value) = pair(payload, entry, room)?;
        pairs.set(key, value);
        return Ok(Came::Pairs(pairs));
    }
    if field.is_list() {
        let mut values = if let Some(Came::Many(values)) = before { values } else { Vec::new() };
        match (element(&kind), payload) {
            (Some(element), Payload::Delimited(run)) => {
                packed(&content(run), element, &kind, &mut values)?;
            }
            (_, payload) => values.push(one(payload, &kind, room)?),
        }
        return Ok(Came::Many(values));
    }
    if let Type::Message(_) = kind {
        let octets = within(payload).ok_or_else(|| wrong(&kind))?;
        let mut all = if let Some(Came::Message(before)) = before { before } else { Vec::new() };
        all.push(octets);
        return Ok(Came::Message(all));
    }
    one(payload, &kind, room).map(Came::One)
}

/// The key and the value of an entry of a map; what it lacks is what it is by default.
fn pair(payload: Payload, entry: &MessageDescriptor, room: usize) -> Result<(Text, Value), String> {
    let room = room.checked_sub(1).ok_or(TOO_DEEP)?;
    let octets = within(payload).ok_or(BROKEN)?;
    let mut all = came(&octets, entry, room)?;
    let [key, value] = [entry.map_entry_key_field(), entry.map_entry_value_field()].map(|field| {
        let came = all.remove(&field.number());
        match (field.kind(), came) {
            (Type::Message(own), None) => message(&Bytes::new(), &own, room),
            (_, None) => Ok(nothing(&field)),
            (_, came) => whole(came, &field, room).map(|value| value.unwrap_or(Value::Null)),
        }
    });
    let key = match key? {
        Value::String(text) => text,
        other => other.to_string().into(),
    };
    Ok((key, value?))
}

/// Numbers one after the other.
fn packed(
    octets: &[u8],
    element: Element,
    kind: &Type,
    values: &mut Vec<Value>,
) -> Result<(), String> {
    let mut at = 0;
    while at < octets.len() {
        let scalar = Scalar::read(element, &octets[at..]).filter(|scalar| scalar.is_well_formed());
        let scalar = scalar.ok_or(BROKEN)?;
        at += scalar.octets();
        values.push(numbers::read(scalar, kind).ok_or_else(|| wrong(kind))?);
    }
    Ok(())
}

/// One value of a kind.
fn one(payload: Payload, kind: &Type, room: usize) -> Result<Value, String> {
    match (kind, payload) {
        (Type::Message(own), payload) => {
            let octets = within(payload).ok_or_else(|| wrong(kind))?;
            message(&octets, own, room.checked_sub(1).ok_or(TOO_DEEP)?)
        }
        (Type::String, Payload::Delimited(text)) => {
            let text = String::from_utf8(content(text).into());
            text.map(Value::text).map_err(|_| "a text that is no UTF-8".to_owned())
        }
        (Type::Bytes, Payload::Delimited(octets)) => {
            Ok(Value::text(BASE64.encode(content(octets))))
        }
        (kind, Payload::Scalar(scalar)) => numbers::read(scalar, kind).ok_or_else(|| wrong(kind)),
        (kind, _) => Err(wrong(kind)),
    }
}

/// The value of a field that is over; `None` where it is not there, and that is another thing than what it is by
/// default.
fn whole(
    came: Option<Came>,
    field: &FieldDescriptor,
    room: usize,
) -> Result<Option<Value>, String> {
    Ok(Some(match (came, field.kind()) {
        (Some(Came::One(value)), _) => value,
        (Some(Came::Many(values)), _) => Value::Array(values),
        (Some(Came::Pairs(pairs)), _) => Value::Object(pairs.all.into_iter().collect()),
        (Some(Came::Message(octets)), Type::Message(own)) => {
            let octets = match &octets[..] {
                [only] => only.clone(),
                all => all.concat().into(),
            };
            message(&octets, &own, room.checked_sub(1).ok_or(TOO_DEEP)?)?
        }
        (None, _) if !field.supports_presence() => nothing(field),
        _ => return Ok(None),
    }))
}

/// What a field is by default.
fn nothing(field: &FieldDescriptor) -> Value {
    let zero = Scalar::Varint(Varint::new(0_u8));
    if field.is_map() {
        return Value::Object(Object::new());
    }
    if field.is_list() {
        return Value::Array(Vec::new());
    }
    match field.kind() {
        Type::String | Type::Bytes => Value::text(""),
        Type::Enum(own) if own.full_name() != "google.protobuf.NullValue" => {
            Value::text(own.default_value().name())
        }
        kind => numbers::read(zero, &kind).unwrap_or_else(|| Value::int(0)),
    }
}

/// The octets of a message, length-delimited or in a group.
fn within(payload: Payload) -> Option<Bytes> {
    match payload {
        Payload::Delimited(delimited) => Some(content(delimited)),
        Payload::Group { tree, .. } => Some(encode(&tree).into()),
        Payload::Scalar(_) | Payload::Unknown(_) => None,
    }
}

/// What stands in length-delimited octets that nobody opened.
fn content(delimited: Delimited) -> Bytes {
    match delimited.content {
        Content::Octets(octets) => octets,
        _ => Bytes::new(),
    }
}

fn wrong(kind: &Type) -> String {
    format!("it is written as no {kind:?}")
}
