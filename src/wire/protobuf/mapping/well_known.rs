//! Messages with a mapping of their own, which a library knows: their octets by way of JSON as text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use prost_reflect::prost::Message as _;
use prost_reflect::{
    DeserializeOptions, DynamicMessage, MessageDescriptor, ReflectMessage as _, SerializeOptions,
};

use super::known::known;
use crate::value::{Object, Value, read};

pub(super) fn encode(value: &Value, message: &MessageDescriptor) -> Result<Vec<u8>, String> {
    // An `Any` with nothing in it.
    if message.full_name() == "google.protobuf.Any"
        && value.as_object().is_some_and(Object::is_empty)
    {
        return Ok(Vec::new());
    }
    let text = value.to_string();
    let mut reader = serde_json::Deserializer::from_str(&text);
    let options = DeserializeOptions::new();
    let message = DynamicMessage::deserialize_with_options(message.clone(), &mut reader, &options)
        .map_err(|error| error.to_string())?;
    Ok(message.encode_to_vec())
}

pub(super) fn decode(octets: &Bytes, message: &MessageDescriptor) -> Result<Value, String> {
    let read = |octets: Bytes| DynamicMessage::decode(message.clone(), octets);
    let message = read(octets.clone())
        .or_else(|error| read(known(octets, message)).map_err(|_| error.to_string()))?;
    json(&message).or_else(|why| unmapped(&message).ok_or(why))
}

/// What has no JSON mapping, and is a message all the same: something in an `Any` that nobody knows, with its
/// octets in base64; paths of a `FieldMask` that camel case does not give back; a `Timestamp` or a `Duration` out of
/// its range, by its fields.
fn unmapped(message: &DynamicMessage) -> Option<Value> {
    let field = |name: &str| message.get_field_by_name(name);
    match message.descriptor().full_name() {
        "google.protobuf.Any" => {
            let (kind, octets) = (field("type_url")?, field("value")?);
            if kind.as_str() == Some("") && octets.as_bytes().is_some_and(Bytes::is_empty) {
                return Some(Value::Object(Object::new()));
            }
            let octets = BASE64.encode(octets.as_bytes()?);
            Some(Value::object([
                ("@type", Value::text(kind.as_str()?)),
                ("value", Value::text(octets)),
            ]))
        }
        "google.protobuf.FieldMask" => {
            let paths = field("paths")?;
            let paths: Option<Vec<&str>> =
                paths.as_list()?.iter().map(|path| path.as_str()).collect();
            Some(Value::text(paths?.join(",")))
        }
        "google.protobuf.Timestamp" | "google.protobuf.Duration" => {
            let (seconds, nanos) = (field("seconds")?.as_i64()?, field("nanos")?.as_i32()?);
            Some(Value::object([("seconds", Value::int(seconds)), ("nanos", Value::int(nanos))]))
        }
        _ => None,
    }
}

fn json(message: &DynamicMessage) -> Result<Value, String> {
    let options =
        SerializeOptions::new().stringify_64_bit_integers(false).skip_default_fields(false);
    let mut text = Vec::new();
    let mut writer = serde_json::Serializer::new(&mut text);
    message.serialize_with_options(&mut writer, &options).map_err(|error| error.to_string())?;
    read::json(&text).map_err(|error| error.to_string())
}
