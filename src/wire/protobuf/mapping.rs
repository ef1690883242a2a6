//! Messages and their JSON mapping (<https://protobuf.dev/programming-guides/json/>).

use prost_reflect::prost::Message as _;
use prost_reflect::{
    DeserializeOptions, DynamicMessage, FieldDescriptor, Kind as Type, MessageDescriptor,
    SerializeOptions,
};

use super::{Element, Kind};
use crate::value::{Value, read};

/// The octets of a message in its JSON mapping; values must be concrete.
///
/// # Errors
/// It is no message of this kind: a lower-case fragment.
pub fn encode(value: &Value, message: &MessageDescriptor) -> Result<Vec<u8>, String> {
    let text = value.to_string();
    let mut reader = serde_json::Deserializer::from_str(&text);
    let options = DeserializeOptions::new();
    let message = DynamicMessage::deserialize_with_options(message.clone(), &mut reader, &options)
        .map_err(|error| error.to_string())?;
    Ok(message.encode_to_vec())
}

/// A message in its JSON mapping. Fields that are not there stand with what they are by default, where that is
/// the same as to be there; integers of 64 bits are numbers.
///
/// # Errors
/// They are no message of this kind: a lower-case fragment.
pub fn decode(octets: &[u8], message: &MessageDescriptor) -> Result<Value, String> {
    let message =
        DynamicMessage::decode(message.clone(), octets).map_err(|error| error.to_string())?;
    let options =
        SerializeOptions::new().stringify_64_bit_integers(false).skip_default_fields(false);
    let mut text = Vec::new();
    let mut writer = serde_json::Serializer::new(&mut text);
    message.serialize_with_options(&mut writer, &options).map_err(|error| error.to_string())?;
    read::json(&text).map_err(|error| error.to_string())
}

/// What the field at a path of numbers holds, from the outermost message on.
pub fn holds(message: &MessageDescriptor, path: &[u32]) -> Kind {
    let Some(field) = field(message, path) else { return Kind::Octets };
    match field.kind() {
        Type::Message(_) => Kind::Message,
        kind if field.is_list() => element(&kind).map_or(Kind::Octets, Kind::Packed),
        _ => Kind::Octets,
    }
}

/// The field at a path of numbers, from the outermost message on.
pub fn field(message: &MessageDescriptor, path: &[u32]) -> Option<FieldDescriptor> {
    let (number, below) = path.split_first()?;
    let own = message.get_field(*number)?;
    match (below, own.kind()) {
        ([], _) => Some(own),
        (below, Type::Message(inner)) => field(&inner, below),
        _ => None,
    }
}

/// How numbers of a kind are written; `None` for what is no number.
fn element(kind: &Type) -> Option<Element> {
    Some(match kind {
        Type::Double | Type::Fixed64 | Type::Sfixed64 => Element::Fixed64,
        Type::Float | Type::Fixed32 | Type::Sfixed32 => Element::Fixed32,
        Type::String | Type::Bytes | Type::Message(_) => return None,
        _ => Element::Varint,
    })
}
