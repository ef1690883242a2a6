//! Messages as schemas: what their JSON mapping may be (<https://protobuf.dev/programming-guides/json/>).
//!
//! All messages of a service stand in one document, under their full names, so that a message which holds
//! itself refers to itself.

use std::sync::Arc;

use foldhash::HashMap;
use prost_reflect::{
    EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor, Syntax,
};

use super::{rules, well_known};
use crate::schema::{Dialect, Direction, Documents, Location, Schema};
use crate::value::{Object, Pointer, Value, read};

/// The schemas of messages, each way that they go.
#[derive(Debug)]
pub struct Messages {
    sent: Bundle,
    answered: Bundle,
}

/// The schemas of messages that go one way, in one document.
#[derive(Debug)]
struct Bundle {
    documents: Arc<Documents>,
    root: Location,
}

impl Messages {
    /// The schemas of these messages, and of all that they hold.
    pub fn of(messages: impl IntoIterator<Item = MessageDescriptor>) -> Self {
        let messages: Vec<MessageDescriptor> = messages.into_iter().collect();
        let bundle = |direction| Bundle::of(messages.clone(), direction);
        Self { sent: bundle(Direction::Request), answered: bundle(Direction::Response) }
    }

    /// The schema of a message, that goes this way.
    pub fn schema(&self, message: &MessageDescriptor, direction: Direction) -> Schema {
        self.bundle(direction).schema(message.full_name(), direction)
    }

    /// The schema of all messages of a stream, that go this way.
    pub fn stream(&self, message: &MessageDescriptor, direction: Direction) -> Schema {
        self.bundle(direction).schema(&stream(message), direction)
    }

    fn bundle(&self, direction: Direction) -> &Bundle {
        match direction {
            Direction::Request => &self.sent,
            Direction::Response | Direction::Neither => &self.answered,
        }
    }
}

impl Bundle {
    fn of(messages: Vec<MessageDescriptor>, direction: Direction) -> Self {
        let streams = messages.iter().map(|message| {
            let items = Value::object([("$ref", Value::text(place(message)))]);
            let all = Value::object([("type", Value::text("array")), ("items", items)]);
            (stream(message), all)
        });
        let mut known = Known { schemas: streams.collect(), direction };
        let mut waiting = messages;
        while let Some(message) = waiting.pop() {
            known.add(&message, &mut waiting);
        }
        let mut defs: Vec<(String, Value)> = known.schemas.into_iter().collect();
        defs.sort_by(|(a, _), (b, _)| a.cmp(b));
        let defs: Object = defs.into_iter().map(|(name, schema)| (name.into(), schema)).collect();
        let (documents, root) = Documents::single(Value::object([("$defs", Value::Object(defs))]));
        Self { documents: Arc::new(documents), root }
    }

    fn schema(&self, name: &str, direction: Direction) -> Schema {
        let pointer = Pointer::root().child("$defs").child(name);
        let at = Location { pointer, ..self.root.clone() };
        Schema::new(Arc::clone(&self.documents), at, Dialect::Draft2020, direction)
    }
}

/// What the list of the messages of a stream is called.
fn stream(message: &MessageDescriptor) -> String {
    format!("stream {}", message.full_name())
}

/// Where the schema of a message stands in its document.
fn place(message: &MessageDescriptor) -> String {
    format!("#/$defs/{}", message.full_name())
}

/// Schemas by the full names of their messages.
#[derive(Debug)]
struct Known {
    schemas: HashMap<String, Value>,
    direction: Direction,
}

impl Known {
    /// Adds the schema of a message; what it holds has to be added, too.
    fn add(&mut self, message: &MessageDescriptor, waiting: &mut Vec<MessageDescriptor>) {
        let name = message.full_name();
        if self.schemas.contains_key(name) {
            return;
        }
        self.schemas.insert(name.to_owned(), schema(message, self.direction));
        let needed = well_known::needs(name).iter();
        waiting.extend(needed.filter_map(|name| message.parent_pool().get_message_by_name(name)));
        let held = message.fields().filter_map(|field| value_kind(&field).as_message().cloned());
        waiting.extend(held.filter(|message| !message.is_map_entry()));
    }
}

/// What the values of a field are: of a map those that are mapped to.
pub(super) fn value_kind(field: &FieldDescriptor) -> Kind {
    match field.kind() {
        Kind::Message(entry) if entry.is_map_entry() => entry.map_entry_value_field().kind(),
        kind => kind,
    }
}

/// The schema of a message that goes this way.
fn schema(message: &MessageDescriptor, direction: Direction) -> Value {
    if let Some(schema) = well_known::schema(message, direction) {
        return schema;
    }
    if well_known::is_wrapper(message.full_name())
        && let Some(value) = message.fields().next()
    {
        return kind(&value.kind());
    }
    let sent = direction == Direction::Request;
    let properties = message.fields().map(|own| (own.json_name().to_owned(), field(&own, sent)));
    let mut members = vec![
        ("type", Value::text("object")),
        ("properties", Value::object(properties)),
        // Extensions stand among the fields, under names in brackets.
        ("additionalProperties", Value::Bool(message.extension_ranges().len() > 0)),
    ];
    let needs = |own: &FieldDescriptor| {
        own.is_required() || rules::requires(own, sent) || sent && refuses_nothing(own)
    };
    let required = message.fields().filter(needs);
    let required: Vec<Value> = required.map(|field| Value::text(field.json_name())).collect();
    if !required.is_empty() {
        members.push(("required", Value::Array(required)));
    }
    let choices = message.oneofs().filter(|oneof| !oneof.is_synthetic());
    let choices: Vec<Value> = choices.map(|oneof| choice(&oneof)).collect();
    if !choices.is_empty() {
        members.push(("allOf", Value::Array(choices)));
    }
    Value::object(members)
}

/// Whether the rules of a field forbid what it stands for where it is not there.
fn refuses_nothing(own: &FieldDescriptor) -> bool {
    let is_ruled = !own.supports_presence() && rules::has_any(own);
    let rules = || Schema::of(rules::narrowed(own, Value::Bool(true), true));
    is_ruled && !rules().accepts(&rules::nothing_in(own))
}

/// One member of a `oneof` at most; one, where its rules say so.
fn choice(oneof: &OneofDescriptor) -> Value {
    let names: Vec<String> = oneof.fields().map(|field| field.json_name().to_owned()).collect();
    let only = |own: Option<&String>| {
        let others = names.iter().filter(|name| Some(*name) != own);
        let absent = Value::object(others.map(|name| (name.as_str(), Value::Bool(false))));
        let mut members = vec![("properties", absent)];
        members.extend(own.map(|own| ("required", Value::Array(vec![Value::text(own.as_str())]))));
        Value::object(members)
    };
    let none = (!rules::requires_one(oneof)).then(|| only(None));
    Value::object([(
        "anyOf",
        Value::Array(none.into_iter().chain(names.iter().map(|name| only(Some(name)))).collect()),
    )])
}

/// The schema of a field, with the rules in its options; some are those of what is `sent` alone.
fn field(field: &FieldDescriptor, sent: bool) -> Value {
    let plain = match field.kind() {
        Kind::Message(entry) if field.is_map() => Value::object([
            ("type", Value::text("object")),
            ("propertyNames", key(&entry.map_entry_key_field().kind())),
            ("additionalProperties", kind(&entry.map_entry_value_field().kind())),
        ]),
        own if field.is_list() => {
            Value::object([("type", Value::text("array")), ("items", kind(&own))])
        }
        own => kind(&own),
    };
    rules::narrowed(field, plain, sent)
}

/// The schema of one value of a kind.
fn kind(kind: &Kind) -> Value {
    let real = |most| {
        let names = ["NaN", "Infinity", "-Infinity"].map(Value::text);
        let names = Value::object([("enum", Value::Array(names.to_vec()))]);
        Value::object([("anyOf", Value::Array(vec![finite(most), names]))])
    };
    match kind {
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => integer(i32::MIN.into(), i32::MAX.into()),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => integer(i64::MIN.into(), i64::MAX.into()),
        Kind::Uint32 | Kind::Fixed32 => integer(0, u32::MAX.into()),
        Kind::Uint64 | Kind::Fixed64 => integer(0, u64::MAX.into()),
        Kind::Double => real(f64::MAX),
        Kind::Float => real(f32::MAX.into()),
        Kind::Bool => Value::object([("type", Value::text("boolean"))]),
        Kind::String => Value::object([("type", Value::text("string"))]),
        Kind::Bytes => {
            Value::object([("type", Value::text("string")), ("format", Value::text("byte"))])
        }
        Kind::Enum(own) => enumeration(own),
        Kind::Message(message) => Value::object([("$ref", Value::text(place(message)))]),
    }
}

/// The names of an enumeration; of an open one any number besides, which parsers keep.
fn enumeration(own: &EnumDescriptor) -> Value {
    if own.full_name() == "google.protobuf.NullValue" {
        return Value::object([("type", Value::text("null"))]);
    }
    let names = own.values().map(|value| Value::text(value.name())).collect();
    let names = Value::object([("enum", Value::Array(names))]);
    if own.parent_file().syntax() != Syntax::Proto3 {
        return names;
    }
    Value::object([("anyOf", Value::Array(vec![names, integer(i32::MIN.into(), i32::MAX.into())]))])
}

/// Any number that is no greater than this, either way.
fn finite(most: f64) -> Value {
    let bound = |bound: f64| read::json(format!("{bound:e}").as_bytes()).unwrap_or(Value::Null);
    Value::object([
        ("type", Value::text("number")),
        ("minimum", bound(-most)),
        ("maximum", bound(most)),
    ])
}

/// Any integer within bounds.
fn integer(least: i128, most: i128) -> Value {
    Value::object([
        ("type", Value::text("integer")),
        ("minimum", Value::int(least)),
        ("maximum", Value::int(most)),
    ])
}

/// The schema of the keys of a map, which JSON writes as texts.
fn key(kind: &Kind) -> Value {
    let numbers = |least: u64, most: u64| {
        let negative = if least == 0 { String::new() } else { format!("|-({})", counts(least)) };
        let pattern = format!("^(0|{}{negative})$", counts(most));
        Value::object([("type", Value::text("string")), ("pattern", Value::text(pattern))])
    };
    match kind {
        Kind::Bool => {
            Value::object([("enum", Value::Array(vec![Value::text("false"), Value::text("true")]))])
        }
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => numbers(1 << 31, (1 << 31) - 1),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => numbers(1 << 63, (1 << 63) - 1),
        Kind::Uint32 | Kind::Fixed32 => numbers(0, u32::MAX.into()),
        Kind::Uint64 | Kind::Fixed64 => numbers(0, u64::MAX),
        _ => Value::object([("type", Value::text("string"))]),
    }
}

/// A pattern of the numbers from 1 to the most, as they are written.
fn counts(most: u64) -> String {
    let most = most.to_string();
    let shorter = most.len() - 1;
    let mut ways = Vec::new();
    if shorter > 0 {
        ways.push(format!("[1-9][0-9]{{0,{}}}", shorter - 1));
    }
    for (at, digit) in most.char_indices() {
        // The same up to here, and one that is less.
        let least = if at == 0 { '1' } else { '0' };
        let below = char::from_digit(digit.to_digit(10).unwrap_or(0).saturating_sub(1), 10);
        if let Some(below) = below.filter(|below| digit > least && *below >= least) {
            let rest = shorter - at;
            ways.push(format!("{}[{least}-{below}][0-9]{{{rest}}}", &most[..at]));
        }
    }
    ways.push(most);
    ways.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::pattern::Pattern;

    #[test]
    fn keys_are_all_the_numbers_of_a_kind_and_no_others() {
        let matches = |kind: &Kind, text: &str| {
            let schema = key(kind);
            let pattern = schema.get("pattern").and_then(Value::as_str).unwrap().to_owned();
            Pattern::new(&pattern).unwrap().matches(&text.into())
        };
        for (kind, within, beyond) in [
            (
                Kind::Int32,
                vec!["0", "7", "2000000008", "2147483647", "-1", "-2147483648", "-2100000000"],
                vec!["", "-0", "01", "2147483648", "-2147483649", "3000000000", "1.0", "+1"],
            ),
            (
                Kind::Int64,
                vec!["1234567890123456789", "9223372036854775807", "-9223372036854775808"],
                vec!["9223372036854775808", "-9223372036854775809", "10000000000000000000"],
            ),
            (Kind::Uint32, vec!["0", "4294967295", "4000000000"], vec!["-1", "4294967296"]),
            (
                Kind::Uint64,
                vec!["18446744073709551615", "17446744073709551616", "10000000000000000000"],
                vec!["18446744073709551616", "20000000000000000000", "-1"],
            ),
        ] {
            for text in within {
                assert!(matches(&kind, text), "{kind:?}: {text}");
            }
            for text in beyond {
                assert!(!matches(&kind, text), "{kind:?}: {text}");
            }
        }
    }
}
