//! Files in an edition of protobuf, told in the syntax that says the same.
//!
//! An edition sets by features (<https://protobuf.dev/editions/features/>) what a syntax implies. The library
//! knows syntaxes alone, and takes in either what only the other may say; so each feature is resolved and written
//! where that stands.

use std::borrow::Cow;

use prost_reflect::prost::Message as _;
use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};
use prost_reflect::{DescriptorPool, DynamicMessage, Value};

/// What the syntax of a file in an edition is.
const EDITIONS: &str = "editions";

/// `FeatureSet.FieldPresence`
const EXPLICIT: i32 = 1;
const LEGACY_REQUIRED: i32 = 3;

/// `FeatureSet.RepeatedFieldEncoding`
const PACKED: i32 = 1;

/// `FeatureSet.MessageEncoding`
const LENGTH_PREFIXED: i32 = 1;
const DELIMITED: i32 = 2;

/// `FeatureSet.Utf8Validation`
const VERIFY: i32 = 2;
const NONE: i32 = 3;

/// `FieldDescriptorProto.Label`
const OPTIONAL: i32 = 1;
const REQUIRED: i32 = 2;
const REPEATED: i32 = 3;

/// `FieldDescriptorProto.Type`
const STRING: i32 = 9;
const GROUP: i32 = 10;
const MESSAGE: i32 = 11;
const BYTES: i32 = 12;

/// The features of a place.
#[derive(Clone, Copy, Debug)]
struct Features {
    presence: i32,
    repeated: i32,
    messages: i32,
    texts: i32,
}

/// What holds in the editions 2023 and 2024 where nothing else is said.
const USUAL: Features =
    Features { presence: EXPLICIT, repeated: PACKED, messages: LENGTH_PREFIXED, texts: VERIFY };

/// A descriptor set (`google.protobuf.FileDescriptorSet`) without editions; as it is where it has none, or is no
/// such set.
pub(super) fn set(octets: &[u8]) -> Cow<'_, [u8]> {
    let read = FileDescriptorSet::decode(octets);
    if !read.is_ok_and(|set| set.file.iter().any(|file| file.syntax() == EDITIONS)) {
        return octets.into();
    }
    rewritten(octets, "google.protobuf.FileDescriptorSet", |set| each(set, "file", &mut resolve))
}

/// A file (`google.protobuf.FileDescriptorProto`) without editions; as it is where it has none, or is no such file.
pub(super) fn file(octets: &[u8]) -> Cow<'_, [u8]> {
    let read = FileDescriptorProto::decode(octets);
    if !read.is_ok_and(|file| file.syntax() == EDITIONS) {
        return octets.into();
    }
    rewritten(octets, "google.protobuf.FileDescriptorProto", resolve)
}

fn rewritten<'o>(
    octets: &'o [u8],
    name: &str,
    change: impl FnOnce(&mut DynamicMessage),
) -> Cow<'o, [u8]> {
    let known = DescriptorPool::global().get_message_by_name(name);
    let read = known.and_then(|known| DynamicMessage::decode(known, octets).ok());
    match read {
        None => octets.into(),
        Some(mut message) => {
            change(&mut message);
            message.encode_to_vec().into()
        }
    }
}

fn resolve(file: &mut DynamicMessage) {
    if text(file, "syntax") != EDITIONS {
        return;
    }
    let features = USUAL.within(file);
    // What proto3 cannot say is that of proto2; there nothing is without presence.
    let syntax = if is_lax(file, features) { "proto2" } else { "proto3" };
    file.set_field_by_name("syntax", Value::String(syntax.to_owned()));
    file.clear_field_by_name("edition");
    each(file, "extension", &mut |own| field(own, features));
    each(file, "message_type", &mut |own| message(own, features));
}

fn message(own: &mut DynamicMessage, outer: Features) {
    let features = outer.within(own);
    let nested = all(own, "nested_type").into_iter();
    let entries =
        nested.filter(|inner| part(inner, "options").is_some_and(|own| is(&own, "map_entry")));
    let entries: Vec<String> = entries.map(|entry| format!(".{}", text(&entry, "name"))).collect();
    for name in ["field", "extension"] {
        each(own, name, &mut |own| {
            let is_map = entries.iter().any(|entry| text(own, "type_name").ends_with(entry));
            let messages = if is_map { LENGTH_PREFIXED } else { features.messages };
            field(own, Features { messages, ..features });
        });
    }
    each(own, "nested_type", &mut |own| message(own, features));
}

fn field(own: &mut DynamicMessage, outer: Features) {
    let features = outer.within(own);
    let (kind, label) = (number(own, "type"), number(own, "label"));
    if kind == MESSAGE && features.messages == DELIMITED {
        own.set_field_by_name("type", Value::EnumNumber(GROUP));
    }
    let is_packable = ![STRING, GROUP, MESSAGE, BYTES].contains(&kind);
    if label == REPEATED && is_packable {
        let packed = Value::Bool(features.repeated == PACKED);
        if let Some(options) = own.get_field_by_name_mut("options").and_then(Value::as_message_mut)
        {
            options.set_field_by_name("packed", packed);
        }
    }
    if label == OPTIONAL && features.presence == LEGACY_REQUIRED {
        own.set_field_by_name("label", Value::EnumNumber(REQUIRED));
    }
    if label == OPTIONAL && features.presence == EXPLICIT && !own.has_field_by_name("oneof_index") {
        own.set_field_by_name("proto3_optional", Value::Bool(true));
    }
}

/// Whether something has an enumeration in it that does not begin at 0, or texts that need not be UTF-8.
fn is_lax(own: &DynamicMessage, features: Features) -> bool {
    let odd = all(own, "enum_type")
        .into_iter()
        .any(|own| all(&own, "value").first().is_some_and(|value| number(value, "number") != 0));
    let lax = |field: &DynamicMessage| features.within(field).texts == NONE;
    let inner = ["message_type", "nested_type"].into_iter().flat_map(|name| all(own, name));
    odd || features.texts == NONE
        || all(own, "field").iter().any(lax)
        || inner.into_iter().any(|own| is_lax(&own, features.within(&own)))
}

impl Features {
    /// Those that hold within what has options of its own.
    fn within(self, own: &DynamicMessage) -> Self {
        let options = part(own, "options");
        let Some(features) = options.and_then(|options| part(&options, "features")) else {
            return self;
        };
        let set = |name, outer| match number(&features, name) {
            0 => outer,
            set => set,
        };
        Self {
            presence: set("field_presence", self.presence),
            repeated: set("repeated_field_encoding", self.repeated),
            messages: set("message_encoding", self.messages),
            texts: set("utf8_validation", self.texts),
        }
    }
}

fn part(own: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let value = own.get_field_by_name(name).filter(|_| own.has_field_by_name(name))?;
    value.as_message().cloned()
}

fn all(own: &DynamicMessage, name: &str) -> Vec<DynamicMessage> {
    let list = own.get_field_by_name(name);
    let list = list.as_ref().and_then(|list| list.as_list()).unwrap_or_default();
    list.iter().filter_map(Value::as_message).cloned().collect()
}

fn number(own: &DynamicMessage, name: &str) -> i32 {
    let value = own.get_field_by_name(name);
    value.and_then(|value| value.as_enum_number().or_else(|| value.as_i32())).unwrap_or_default()
}

fn text(own: &DynamicMessage, name: &str) -> String {
    let value = own.get_field_by_name(name);
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn is(own: &DynamicMessage, name: &str) -> bool {
    own.get_field_by_name(name).is_some_and(|value| value.as_bool() == Some(true))
}

fn each(own: &mut DynamicMessage, name: &str, visit: &mut dyn FnMut(&mut DynamicMessage)) {
    let list = own.get_field_by_name_mut(name).and_then(Value::as_list_mut);
    list.into_iter().flatten().filter_map(Value::as_message_mut).for_each(visit);
}

#[cfg(test)]
mod tests {
    use prost_reflect::{Cardinality, Syntax};

    use super::super::decode;

    /// `edition.proto`, compiled by protoc.
    const SET: &[u8] = include_bytes!("../../../tests/fixtures/edition.binpb");

    #[test]
    fn features_are_what_a_syntax_says() {
        let pool = decode(SET).unwrap();
        let message = pool.get_message_by_name("e.v1.Open").unwrap();
        let field = |name: &str| message.get_field_by_name(name).unwrap();
        assert_eq!(message.parent_file().syntax(), Syntax::Proto3);
        assert!(field("explicit").supports_presence() && !field("implicit").supports_presence());
        assert_eq!(field("needed").cardinality(), Cardinality::Required);
        assert!(field("packed").is_packed() && !field("expanded").is_packed());
        assert!(field("grouped").is_group() && !field("inner").is_group());
        assert!(field("pairs").is_map());
        let closed = pool.get_message_by_name("e.v1.Shut").unwrap();
        assert_eq!(closed.parent_file().syntax(), Syntax::Proto2);
        assert!(pool.get_service_by_name("e.v1.Editions").is_some());
    }

    #[test]
    fn what_has_no_edition_stays_as_it_is() {
        for octets in [&b""[..], b"<html>"] {
            assert_eq!(super::set(octets), octets);
            assert_eq!(super::file(octets), octets);
        }
    }
}
