//! The JSON mapping of a message into its fields.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost_reflect::{FieldDescriptor, Kind as Type, MessageDescriptor};

use super::numbers::{self, wrong};
use super::well_known::{self, Form};
use super::{at, dynamic, element};
use crate::value::{Object, Text, Value};
use crate::wire::protobuf::{
    Content, Field, Node, Packed, Payload, Scalar, Tag, Tree, Varint, Wire, encode,
};

/// With padding or without it.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Either alphabet.
const BASE64: [GeneralPurpose; 2] = [
    GeneralPurpose::new(&alphabet::STANDARD, CONFIG),
    GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG),
];

/// Writes messages, and notes whether they come back as the very values that they were.
#[derive(Debug)]
pub(super) struct Writer {
    /// Whether all that is written is read back as it was, apart from what is not there.
    pub(super) exact: bool,
}

impl Writer {
    pub(super) fn octets(
        &mut self,
        value: &Value,
        message: &MessageDescriptor,
    ) -> Result<Vec<u8>, String> {
        match Form::of(message) {
            Form::Own => self.own(value, message),
            Form::Wrapper | Form::Json | Form::Fields => {
                self.tree(value, message).map(|tree| encode(&tree))
            }
        }
    }

    /// What has a mapping of its own comes back in the usual one of several spellings.
    fn own(&mut self, value: &Value, message: &MessageDescriptor) -> Result<Vec<u8>, String> {
        self.exact = false;
        well_known::encode(value, message)
    }

    /// The fields of a message.
    fn tree(&mut self, value: &Value, message: &MessageDescriptor) -> Result<Tree, String> {
        match (Form::of(message), message.fields().next()) {
            (Form::Json, _) => {
                self.exact = false;
                return dynamic::tree(value, message);
            }
            (Form::Wrapper, Some(only)) => return Ok(Tree { nodes: self.nodes(value, &only)? }),
            _ => {}
        }
        let members = value.as_object().ok_or_else(|| wrong("an object", value))?;
        let mut fields = self.fields(members, message)?;
        fields.sort_by_key(|(field, _)| field.number());
        let mut nodes = Vec::with_capacity(fields.len());
        for (index, (field, value)) in fields.iter().enumerate() {
            let next = fields.get(index + 1);
            // Of those with one name the last counts.
            if next.is_some_and(|(next, _)| next.number() == field.number()) {
                self.exact = false;
            } else {
                nodes.extend(self.nodes(value, field).map_err(|why| at(field, &why))?);
            }
        }
        Ok(Tree { nodes })
    }

    /// The fields that the members of an object are, without those that are not there.
    fn fields<'v>(
        &mut self,
        members: &'v Object,
        message: &MessageDescriptor,
    ) -> Result<Vec<(FieldDescriptor, &'v Value)>, String> {
        let mut fields = Vec::with_capacity(members.len());
        let mut choices = Vec::new();
        for (key, value) in members {
            let name = key.as_str().unwrap_or_default();
            let known = message.get_field_by_json_name(name);
            self.exact &= known.is_some();
            let known = known.or_else(|| message.get_field_by_name(name));
            let field = known.ok_or_else(|| format!("it has no field `{key}`"))?;
            if matches!(value, Value::Null) && !may_be_null(&field) {
                self.exact = false;
                continue;
            }
            if let Some(choice) = field.containing_oneof() {
                let name = choice.full_name().to_owned();
                if choices.contains(&name) {
                    return Err(format!("more than one field of the oneof `{}`", choice.name()));
                }
                choices.push(name);
            }
            fields.push((field, value));
        }
        Ok(fields)
    }

    /// A field as often as its value says.
    fn nodes(&mut self, value: &Value, field: &FieldDescriptor) -> Result<Vec<Node>, String> {
        let kind = field.kind();
        let node = |payload| Node::Field(Field::new(field.number(), payload));
        if let (true, Type::Message(entry)) = (field.is_map(), &kind) {
            let pairs = value.as_object().ok_or_else(|| wrong("an object", value))?;
            let entry = |(key, value): &(Text, Value)| self.entry(key, value, entry).map(node);
            return pairs.iter().map(entry).collect();
        }
        if field.is_list() {
            let values = value.as_array().ok_or_else(|| wrong("an array", value))?;
            if let Some(element) = element(&kind).filter(|_| field.is_packed()) {
                if values.is_empty() {
                    return Ok(Vec::new());
                }
                let scalars = values.iter().filter_map(|value| self.number(value, &kind));
                let scalars = scalars.collect::<Result<_, _>>()?;
                let packed = Packed { element, scalars, tail: bytes::Bytes::new() };
                return Ok(vec![node(Payload::delimited(Content::Packed(packed)))]);
            }
            let one = |value| self.payload(value, &kind, field).map(node);
            return values.iter().map(one).collect();
        }
        let payload = self.payload(value, &kind, field)?;
        // To be there as nothing is the same as not to be there.
        let absent = !field.supports_presence() && is_nothing(&payload);
        Ok(if absent { Vec::new() } else { vec![node(payload)] })
    }

    /// An entry of a map: a message of its key and its value.
    fn entry(
        &mut self,
        key: &Text,
        value: &Value,
        entry: &MessageDescriptor,
    ) -> Result<Payload, String> {
        let (first, second) = (entry.map_entry_key_field(), entry.map_entry_value_field());
        let mut written = |value: Value| {
            let field = Field::new(first.number(), self.payload(&value, &first.kind(), &first)?);
            Ok::<_, String>(field)
        };
        let key = match (first.kind(), key.as_str()) {
            (Type::Bool, Some("true")) => written(Value::Bool(true)),
            (Type::Bool, Some("false")) => written(Value::Bool(false)),
            (Type::String, _) => written(Value::String(key.clone())),
            (_, Some(text)) => match text.parse::<i128>() {
                // Written as it comes back.
                Ok(int) if int.to_string() == text => written(Value::int(int)),
                _ => written(Value::String(key.clone())),
            },
            _ => written(Value::String(key.clone())),
        }?;
        let value = self.payload(value, &second.kind(), &second)?;
        let nodes = vec![Node::Field(key), Node::Field(Field::new(second.number(), value))];
        Ok(Payload::delimited(Content::Message(Tree { nodes })))
    }

    /// A number of a kind; `None` for kinds that are no number.
    fn number(&mut self, value: &Value, kind: &Type) -> Option<Result<Scalar, String>> {
        let written = numbers::written(value, kind)?;
        if let Ok(scalar) = &written {
            self.exact &= numbers::is_exact(value, *scalar, kind);
        }
        Some(written)
    }

    /// One value of a kind.
    fn payload(
        &mut self,
        value: &Value,
        kind: &Type,
        field: &FieldDescriptor,
    ) -> Result<Payload, String> {
        if let Some(scalar) = self.number(value, kind) {
            return scalar.map(Payload::Scalar);
        }
        let content = match (kind, value) {
            (Type::String, Value::String(text)) => {
                let text = text.as_str().ok_or("half of a surrogate pair")?;
                Content::Octets(text.to_owned().into())
            }
            (Type::String, other) => return Err(wrong("a text", other)),
            (Type::Bytes, Value::Bytes(octets)) => Content::Octets(octets.clone().into()),
            (Type::Bytes, Value::String(text)) => {
                let text = text.as_str().unwrap_or_default();
                let read = BASE64.iter().find_map(|engine| engine.decode(text).ok());
                let read = read.ok_or_else(|| format!("{value} is no base64"))?;
                self.exact &= STANDARD.encode(&read) == text;
                Content::Octets(read.into())
            }
            (Type::Message(own), value) if field.is_group() => {
                let end = Some(Tag::new(field.number(), Wire::End));
                return Ok(Payload::Group { tree: self.tree(value, own)?, end });
            }
            (Type::Message(own), value) => match Form::of(own) {
                Form::Own => Content::Octets(self.own(value, own)?.into()),
                _ => Content::Message(self.tree(value, own)?),
            },
            (_, other) => return Err(wrong("octets in base64", other)),
        };
        Ok(Payload::delimited(content))
    }
}

/// Whether `null` is a value of a field, rather than none.
fn may_be_null(field: &FieldDescriptor) -> bool {
    let single = !field.is_list() && !field.is_map();
    single
        && match field.kind() {
            Type::Message(message) => message.full_name() == "google.protobuf.Value",
            Type::Enum(own) => own.full_name() == "google.protobuf.NullValue",
            _ => false,
        }
}

/// Whether a payload is what a field without presence holds where it is not there.
fn is_nothing(payload: &Payload) -> bool {
    match payload {
        Payload::Scalar(Scalar::Varint(Varint { value, .. })) => *value == 0,
        Payload::Scalar(Scalar::Fixed64(bits)) => *bits == 0,
        Payload::Scalar(Scalar::Fixed32(bits)) => *bits == 0,
        Payload::Delimited(delimited) => {
            matches!(&delimited.content, Content::Octets(octets) if octets.is_empty())
        }
        _ => false,
    }
}
