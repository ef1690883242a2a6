//! Rules in the options of fields: `buf.validate` (protovalidate), its predecessor `validate` (protoc-gen-validate),
//! and `google.api.field_behavior`.
//!
//! Both kinds of validation say nearly the same by the same names. What has no keyword of JSON Schema, expressions
//! above all, stays unread: then no input is known to break it.

mod keywords;
mod measures;
mod options;

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor,
    Value as Told,
};

use crate::value::{Object, Value};
use keywords::{by, with};
use options::{extension, is_set, of_field, part, told};

/// The options that say that one of a `oneof` has to be there.
const ONEOF: [&str; 2] = ["buf.validate.oneof", "validate.required"];

/// The kinds of rules of protoc-gen-validate that say whether a message has to be there.
const MESSAGES: [&str; 4] = ["message", "duration", "timestamp", "any"];

/// `google.api.FieldBehavior`
const REQUIRED: i32 = 2;
const OUTPUT_ONLY: i32 = 3;
const INPUT_ONLY: i32 = 4;

/// Whether a field has to be there; some only have to be `sent` (AIP-203).
pub(super) fn requires(field: &FieldDescriptor, sent: bool) -> bool {
    sent && behaves(field, REQUIRED) && (field.supports_presence() || tells_nothing(field))
        || of_field(field).is_some_and(|rules| {
            let own = |kind: &str| part(&rules, kind).is_some_and(|own| is_set(&own, "required"));
            is_set(&rules, "required") || MESSAGES.into_iter().any(own)
        })
}

/// Whether a field has a behaviour of `google.api.field_behavior`.
fn behaves(field: &FieldDescriptor, behaviour: i32) -> bool {
    let behaviours = extension(&field.options(), &["google.api.field_behavior"]);
    let list = behaviours.as_ref().and_then(Told::as_list).unwrap_or_default();
    list.iter().any(|own| own.as_enum_number() == Some(behaviour))
}

/// Whether what stands for nothing in a field is nothing: of a number or a truth value nobody can tell whether it was
/// meant.
fn tells_nothing(field: &FieldDescriptor) -> bool {
    let is_told = matches!(field.kind(), Kind::String | Kind::Bytes | Kind::Enum(_));
    field.is_list() || field.is_map() || is_told
}

/// The fields of a message that have rules, as JSON calls them.
pub(super) fn ruled(message: &MessageDescriptor) -> Vec<String> {
    let fields =
        message.fields().filter(|field| of_field(field).is_some() || requires(field, true));
    fields.map(|field| field.json_name().to_owned()).collect()
}

/// Whether one member of a `oneof` has to be there.
pub(super) fn requires_one(oneof: &OneofDescriptor) -> bool {
    match extension(&oneof.options(), &ONEOF) {
        Some(Told::Bool(required)) => required,
        Some(Told::Message(rules)) => is_set(&rules, "required"),
        _ => false,
    }
}

/// The schema of a field, narrowed by its rules; some are those of what is `sent` alone.
pub(super) fn narrowed(field: &FieldDescriptor, plain: Value, sent: bool) -> Value {
    let mut narrowed = plain.clone();
    if let Some(rules) = of_field(field) {
        for (own, told) in rules.fields() {
            if let Told::Message(rules) = told {
                narrowed = by(own.name(), rules, narrowed, enumeration_of(field).as_ref());
            }
        }
        if spares_nothing(&rules) && narrowed != plain {
            let nothing = with(plain, vec![nothing(field)]);
            narrowed = Value::object([("anyOf", Value::Array(vec![nothing, narrowed]))]);
        }
        if is_set(&rules, "required") && !field.supports_presence() {
            narrowed = without_nothing(field, narrowed);
        }
    }
    if sent && behaves(field, REQUIRED) && !field.supports_presence() && tells_nothing(field) {
        narrowed = without_nothing(field, narrowed);
    }
    let marks = [(OUTPUT_ONLY, "readOnly"), (INPUT_ONLY, "writeOnly")];
    let marks = marks.into_iter().filter(|(behaviour, _)| behaves(field, *behaviour));
    marks.fold(narrowed, |schema, (_, keyword)| {
        let mut members = match schema {
            // What stands beside a reference counts, too.
            Value::Object(members) => members,
            other => Object::from_iter([("allOf".into(), Value::Array(vec![other]))]),
        };
        members.set(keyword, Value::Bool(true));
        Value::Object(members)
    })
}

/// Whether rules let what stands for nothing be, whatever else they say.
fn spares_nothing(rules: &DynamicMessage) -> bool {
    let set = told(rules, "ignore").and_then(|own| own.as_enum_number()).unwrap_or_default();
    let mut own = rules.fields().filter_map(|(_, told)| told.as_message());
    set != 0 || is_set(rules, "ignore_empty") || own.any(|rules| is_set(rules, "ignore_empty"))
}

/// Whether a field has rules.
pub(super) fn has_any(field: &FieldDescriptor) -> bool {
    of_field(field).is_some() || behaves(field, REQUIRED)
}

/// The value of a field that stands for nothing.
pub(super) fn nothing_in(field: &FieldDescriptor) -> Value {
    match nothing(field) {
        ("maxProperties", _) => Value::Object(Object::new()),
        ("maxItems", _) => Value::Array(Vec::new()),
        (_, own) => own,
    }
}

/// What a field holds that stands for nothing.
fn nothing(field: &FieldDescriptor) -> (&'static str, Value) {
    match () {
        () if field.is_map() => ("maxProperties", Value::int(0)),
        () if field.is_list() => ("maxItems", Value::int(0)),
        () => match field.kind() {
            Kind::String | Kind::Bytes => ("const", Value::text("")),
            Kind::Bool => ("const", Value::Bool(false)),
            Kind::Enum(own) => ("const", Value::text(own.default_value().name())),
            Kind::Message(own) => ("const", nothing_of(&own)),
            _ => ("const", Value::int(0)),
        },
    }
}

/// A message that says nothing, as JSON has it.
fn nothing_of(message: &MessageDescriptor) -> Value {
    match message.full_name() {
        "google.protobuf.Duration" => Value::text("0s"),
        "google.protobuf.Timestamp" => Value::text("1970-01-01T00:00:00Z"),
        _ => Value::Object(Object::new()),
    }
}

/// What a field holds that has to be there: anything but what stands for nothing.
fn without_nothing(field: &FieldDescriptor, schema: Value) -> Value {
    let keyword = match nothing(field) {
        ("maxProperties", _) => ("minProperties", Value::int(1)),
        ("maxItems", _) => ("minItems", Value::int(1)),
        (_, Value::String(_)) if !matches!(field.kind(), Kind::Enum(_)) => {
            ("minLength", Value::int(1))
        }
        (_, Value::Bool(_)) => ("const", Value::Bool(true)),
        (_, own) => ("not", Value::object([("const", own)])),
    };
    with(schema, vec![keyword])
}

/// The enumeration that the values of a field are of.
fn enumeration_of(field: &FieldDescriptor) -> Option<EnumDescriptor> {
    super::messages::value_kind(field).as_enum().cloned()
}
