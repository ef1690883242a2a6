//! Messages and their JSON mapping (<https://protobuf.dev/programming-guides/json/>).

mod dynamic;
mod known;
mod numbers;
mod octets;
mod reader;
mod well_known;
mod writer;

use bytes::Bytes;
use prost_reflect::{FieldDescriptor, Kind as Type, MessageDescriptor};

use super::{Element, Kind};
use crate::spec::Layout;
use crate::spec::layout::Message;
use crate::value::{Text, Value};
use reader::Reader;
use writer::Writer;

/// The octets of a message in its JSON mapping, its fields in the order of their numbers; values must be
/// concrete.
///
/// # Errors
/// It is no message of this kind: a lower-case fragment.
pub fn encode(value: &Value, layout: &Layout) -> Result<Vec<u8>, String> {
    encode_told(value, layout).map(|(octets, _)| octets)
}

/// The same, and whether all that was given comes back as the very value that it was.
///
/// # Errors
/// As [`encode`].
pub fn encode_told(value: &Value, layout: &Layout) -> Result<(Vec<u8>, bool), String> {
    let mut writer = Writer::new(layout.kinds());
    writer.message(value, message(layout)?)?;
    Ok((writer.out.into_vec(), writer.exact))
}

/// A message in its JSON mapping. Fields that are not there stand with what they are by default, where that is
/// the same as to be there; integers of 64 bits are numbers. Fields that nobody knows are left out.
///
/// # Errors
/// They are no message of this kind: a lower-case fragment.
pub fn decode(octets: &[u8], layout: &Layout) -> Result<Value, String> {
    let reader = Reader::new(layout.kinds());
    reader.message(&Bytes::copy_from_slice(octets), message(layout)?)
}

fn message(layout: &Layout) -> Result<&Message, String> {
    layout.message().ok_or_else(|| format!("{} is not among the kinds there are", layout.name()))
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

/// Where it is wrong, and why: the names of fields from the outermost on.
fn at(name: &Text, why: &str) -> String {
    match why.strip_prefix('`') {
        Some(below) => format!("`{name}.{below}"),
        None => format!("`{name}`: {why}"),
    }
}

#[cfg(test)]
mod tests;
