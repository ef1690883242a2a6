//! The fields of a message into its JSON mapping.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use foldhash::HashMap;
use prost_reflect::Kind as Type;

use super::known::is_known;
use super::{at, element, numbers, well_known};
use crate::spec::Layouts;
use crate::spec::layout::{Field, Form, Message, Times};
use crate::value::{Object, Text, Value};
use crate::wire::protobuf::{
    Content, Delimited, Element, Node, Payload, Scalar, Varint, encode, parse, unknown,
};

/// How many messages within each other are read: more than are sent. Most parsers in the field take 100, that of Go
/// 10,000: where it gives back what it was sent, that has to be read.
const DEEPEST: usize = 1_200;

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

/// Reads messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'l> {
    /// The kinds of messages there are.
    kinds: &'l Layouts,
    /// How many more messages may be within the one that is read.
    room: usize,
}

impl<'l> Reader<'l> {
    pub(super) fn new(kinds: &'l Layouts) -> Self {
        Self { kinds, room: DEEPEST }
    }

    /// A message.
    pub(super) fn message(self, octets: &Bytes, message: &'l Message) -> Result<Value, String> {
        if matches!(message.form, Form::Own | Form::Json) {
            return well_known::decode(octets, &message.descriptor);
        }
        let mut all = self.came(octets, message)?.into_iter();
        if let (Form::Wrapper, Some(only)) = (message.form, message.fields.first()) {
            let value = self.whole(all.next().flatten(), only)?;
            return Ok(value.unwrap_or(Value::Null));
        }
        let mut members = Object::with_capacity(message.fields.len());
        for (field, came) in message.fields.iter().zip(all) {
            if let Some(value) = self.whole(came, field).map_err(|why| at(&field.name, &why))? {
                members.push(&field.name, value);
            }
        }
        Ok(Value::Object(members))
    }

    /// What comes of each field, in the order of the fields.
    fn came(self, octets: &Bytes, message: &'l Message) -> Result<Vec<Option<Came>>, String> {
        let tree = parse(octets, &unknown);
        if !tree.is_well_formed() {
            return Err(BROKEN.to_owned());
        }
        let mut all: Vec<Option<Came>> = message.fields.iter().map(|_| None).collect();
        for node in tree.nodes {
            let Node::Field(own) = node else { continue };
            let Some(place) = message.place(own.tag.number) else { continue };
            let field = &message.fields[place];
            let is_many = field.times != Times::Once;
            if !is_known(&own.payload, element(&field.kind), is_many, field.is_group) {
                continue;
            }
            let before = all[place].take();
            if field.choice.is_some() {
                let others = message.fields.iter().zip(&mut all);
                others
                    .filter(|(other, _)| other.choice == field.choice)
                    .for_each(|(_, came)| *came = None);
            }
            let next = self.next(before, own.payload, field);
            all[place] = Some(next.map_err(|why| at(&field.name, &why))?);
        }
        Ok(all)
    }

    /// What came of a field with what comes of it next.
    fn next(
        self,
        before: Option<Came>,
        payload: Payload,
        field: &'l Field,
    ) -> Result<Came, String> {
        if field.times == Times::Map {
            let mut pairs =
                if let Some(Came::Pairs(pairs)) = before { pairs } else { Pairs::default() };
            let (key, value) = self.pair(payload, field)?;
            pairs.set(key, value);
            return Ok(Came::Pairs(pairs));
        }
        if field.times != Times::Once {
            let mut values =
                if let Some(Came::Many(values)) = before { values } else { Vec::new() };
            match (element(&field.kind), payload) {
                (Some(element), Payload::Delimited(run)) => {
                    packed(&content(run), element, &field.kind, &mut values)?;
                }
                (_, payload) => values.push(self.one(payload, field)?),
            }
            return Ok(Came::Many(values));
        }
        if field.message.is_some() {
            let octets = within(payload).ok_or_else(|| wrong(&field.kind))?;
            let mut all =
                if let Some(Came::Message(before)) = before { before } else { Vec::new() };
            all.push(octets);
            return Ok(Came::Message(all));
        }
        self.one(payload, field).map(Came::One)
    }

    /// The key and the value of an entry of a map; what it lacks is what it is by default.
    fn pair(self, payload: Payload, field: &'l Field) -> Result<(Text, Value), String> {
        let (reader, entry) = self.below(field)?;
        let octets = within(payload).ok_or(BROKEN)?;
        let all = reader.came(&octets, entry)?.into_iter();
        let mut parts = entry.fields.iter().zip(all).map(|(field, came)| match came {
            None if field.message.is_some() => {
                reader.message(&Bytes::new(), reader.kind_of(field)?)
            }
            None => Ok(nothing(field)),
            came => Ok(reader.whole(came, field)?.unwrap_or(Value::Null)),
        });
        let (Some(key), Some(value)) = (parts.next(), parts.next()) else {
            return Err(BROKEN.to_owned());
        };
        let key = match key? {
            Value::String(text) => text,
            other => other.to_string().into(),
        };
        Ok((key, value?))
    }

    /// The reader of what a field holds, and the kind that is.
    fn below(self, field: &Field) -> Result<(Self, &'l Message), String> {
        let room = self.room.checked_sub(1).ok_or(TOO_DEEP)?;
        Ok((Self { room, ..self }, self.kind_of(field)?))
    }

    /// The kind of message that a field holds.
    fn kind_of(self, field: &Field) -> Result<&'l Message, String> {
        let own = field.message.and_then(|own| self.kinds.message(own));
        own.ok_or_else(|| wrong(&field.kind))
    }

    /// One value of a field.
    fn one(self, payload: Payload, field: &'l Field) -> Result<Value, String> {
        match (&field.kind, payload) {
            (Type::Message(_), payload) => {
                let octets = within(payload).ok_or_else(|| wrong(&field.kind))?;
                let (reader, own) = self.below(field)?;
                reader.message(&octets, own)
            }
            (Type::String, Payload::Delimited(text)) => {
                let octets = content(text);
                let text = std::str::from_utf8(&octets);
                text.map(Value::text).map_err(|_| "a text that is no UTF-8".to_owned())
            }
            (Type::Bytes, Payload::Delimited(octets)) => {
                Ok(Value::text(BASE64.encode(content(octets))))
            }
            (kind, Payload::Scalar(scalar)) => {
                numbers::read(scalar, kind).ok_or_else(|| wrong(kind))
            }
            (kind, _) => Err(wrong(kind)),
        }
    }

    /// The value of a field that is over; `None` where it is not there, and that is another thing than what it is
    /// by default.
    fn whole(self, came: Option<Came>, field: &'l Field) -> Result<Option<Value>, String> {
        Ok(Some(match came {
            Some(Came::One(value)) => value,
            Some(Came::Many(values)) => Value::Array(values),
            Some(Came::Pairs(pairs)) => Value::Object(pairs.all.into_iter().collect()),
            Some(Came::Message(octets)) => {
                let octets = match &octets[..] {
                    [only] => only.clone(),
                    all => all.concat().into(),
                };
                let (reader, own) = self.below(field)?;
                reader.message(&octets, own)?
            }
            None if !field.has_presence => nothing(field),
            None => return Ok(None),
        }))
    }
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

/// What a field is by default.
fn nothing(field: &Field) -> Value {
    let zero = Scalar::Varint(Varint::new(0_u8));
    match (field.times, &field.kind) {
        (Times::Map, _) => Value::Object(Object::new()),
        (Times::Many | Times::Packed, _) => Value::Array(Vec::new()),
        (_, Type::String | Type::Bytes) => Value::text(""),
        (_, Type::Enum(own)) if own.full_name() != "google.protobuf.NullValue" => {
            Value::text(own.default_value().name())
        }
        (_, kind) => numbers::read(zero, kind).unwrap_or_else(|| Value::int(0)),
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
