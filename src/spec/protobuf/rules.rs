//! Rules in the options of fields: `buf.validate` (protovalidate), its predecessor `validate` (protoc-gen-validate),
//! and `google.api.field_behavior`.
//!
//! Both kinds of validation say nearly the same by the same names. What has no keyword of JSON Schema, expressions
//! above all, stays unread: then no input is known to break it.

use std::borrow::Cow;

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor,
    ReflectMessage as _, Value as Told,
};

use crate::value::{Number, Value, read};

/// The options that hold rules of a field, and of a `oneof`.
const FIELD: [&str; 2] = ["buf.validate.field", "validate.rules"];
const ONEOF: [&str; 2] = ["buf.validate.oneof", "validate.required"];

/// `google.api.FieldBehavior.REQUIRED`.
const REQUIRED: i32 = 2;

/// Whether a field has to be there.
pub(super) fn requires(field: &FieldDescriptor) -> bool {
    let options = field.options();
    let behaves = extension(&options, &["google.api.field_behavior"]);
    let behaves = behaves.is_some_and(|list| {
        list.as_list()
            .is_some_and(|list| list.iter().any(|own| own.as_enum_number() == Some(REQUIRED)))
    });
    behaves
        || of_field(field).is_some_and(|rules| {
            is_set(&rules, "required")
                || part(&rules, "message").is_some_and(|message| is_set(&message, "required"))
        })
}

/// The fields of a message that have rules, as JSON calls them.
pub(super) fn ruled(message: &MessageDescriptor) -> Vec<String> {
    let fields = message.fields().filter(|field| of_field(field).is_some() || requires(field));
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

/// The schema of a field, narrowed by its rules.
pub(super) fn narrowed(field: &FieldDescriptor, plain: Value) -> Value {
    let Some(rules) = of_field(field) else { return plain };
    let is_needed = is_set(&rules, "required") && !field.supports_presence();
    let mut narrowed = plain;
    for (own, told) in rules.fields() {
        if let Told::Message(rules) = told {
            narrowed = by(own.name(), rules, narrowed, enumeration_of(field).as_ref());
        }
    }
    if is_needed { not_default(field, narrowed) } else { narrowed }
}

/// What a field without presence holds that has to be there: anything but what stands for nothing.
fn not_default(field: &FieldDescriptor, schema: Value) -> Value {
    let keyword = match () {
        () if field.is_map() => ("minProperties", Value::int(1)),
        () if field.is_list() => ("minItems", Value::int(1)),
        () => match field.kind() {
            Kind::String | Kind::Bytes => ("minLength", Value::int(1)),
            Kind::Bool => ("const", Value::Bool(true)),
            Kind::Enum(own) => {
                let first = Value::text(own.default_value().name());
                ("not", Value::object([("const", first)]))
            }
            _ => ("not", Value::object([("const", Value::int(0))])),
        },
    };
    with(schema, vec![keyword])
}

/// A schema narrowed by the rules of one kind.
fn by(
    kind: &str,
    rules: &DynamicMessage,
    schema: Value,
    numbers: Option<&EnumDescriptor>,
) -> Value {
    match kind {
        "repeated" => {
            let mut keywords = lengths(rules, ["min_items", "max_items"], ["minItems", "maxItems"]);
            if is_set(rules, "unique") {
                keywords.push(("uniqueItems", Value::Bool(true)));
            }
            inner(with(schema, keywords), rules, ("items", "items"), numbers)
        }
        "map" => {
            let bounds =
                lengths(rules, ["min_pairs", "max_pairs"], ["minProperties", "maxProperties"]);
            let schema = inner(with(schema, bounds), rules, ("keys", "propertyNames"), None);
            inner(schema, rules, ("values", "additionalProperties"), numbers)
        }
        "string" => with(schema, texts(rules)),
        "bytes" => schema,
        "bool" => with(schema, constant(rules)),
        "enum" => with(schema, numbers.map(|own| enumeration(rules, own)).unwrap_or_default()),
        "double" | "float" | "int32" | "int64" | "uint32" | "uint64" | "sint32" | "sint64"
        | "fixed32" | "fixed64" | "sfixed32" | "sfixed64" => {
            let mut keywords = constant(rules);
            keywords.extend(bounds(rules));
            with(schema, keywords)
        }
        _ => schema,
    }
}

/// A schema in which what stands at a keyword is narrowed by the rules of its values.
fn inner(
    schema: Value,
    rules: &DynamicMessage,
    (name, keyword): (&str, &str),
    numbers: Option<&EnumDescriptor>,
) -> Value {
    let Some(own_rules) = part(rules, name) else { return schema };
    let Value::Object(mut members) = schema else { return schema };
    if let Some(Value::Array(all)) = members.get("allOf").cloned() {
        let mut all = all.into_iter();
        let first = all.next().map(|first| inner(first, rules, (name, keyword), numbers));
        members.set("allOf", Value::Array(first.into_iter().chain(all).collect()));
    } else if let Some(own) = members.get(keyword).cloned() {
        let mut narrowed = own;
        for (kind, told) in own_rules.fields() {
            if let Told::Message(rules) = told {
                narrowed = by(kind.name(), rules, narrowed, numbers);
            }
        }
        members.set(keyword, narrowed);
    }
    Value::Object(members)
}

fn constant(rules: &DynamicMessage) -> Vec<(&'static str, Value)> {
    let mut keywords = Vec::new();
    keywords.extend(told(rules, "const").and_then(|own| scalar(&own)).map(|own| ("const", own)));
    let list = |name: &str| -> Option<Value> {
        let told = told(rules, name)?;
        let all: Vec<Value> = told.as_list()?.iter().filter_map(scalar).collect();
        (!all.is_empty()).then_some(Value::Array(all))
    };
    keywords.extend(list("in").map(|all| ("enum", all)));
    keywords.extend(list("not_in").map(|all| ("not", Value::object([("enum", all)]))));
    keywords
}

/// Bounds of numbers. Where the lower one is above the upper one, what lies between them is forbidden: that stays
/// unread.
fn bounds(rules: &DynamicMessage) -> Vec<(&'static str, Value)> {
    let names = [
        ("gt", "exclusiveMinimum"),
        ("gte", "minimum"),
        ("lt", "exclusiveMaximum"),
        ("lte", "maximum"),
    ];
    let bound = |(name, keyword): (&str, &'static str)| {
        Some((
            keyword,
            scalar(told(rules, name)?.as_ref()).filter(|own| own.as_number().is_some())?,
        ))
    };
    let all: Vec<_> = names.into_iter().filter_map(bound).collect();
    let least = |upper: bool| {
        let mut own = all.iter().filter(|(keyword, _)| keyword.ends_with("aximum") == upper);
        own.next().and_then(|(_, value)| value.as_number()).map(Number::as_f64)
    };
    match (least(false), least(true)) {
        (Some(lower), Some(upper)) if lower > upper => Vec::new(),
        _ => all,
    }
}

/// Rules of texts. Lengths in octets have no keyword: they are those in code points of what is plain.
fn texts(rules: &DynamicMessage) -> Vec<(&'static str, Value)> {
    let mut keywords = constant(rules);
    keywords.extend(lengths(rules, ["min_len", "max_len"], ["minLength", "maxLength"]));
    if let Some(Told::U64(length)) = told(rules, "len").as_deref() {
        let length = Value::int(*length);
        keywords.extend([("minLength", length.clone()), ("maxLength", length)]);
    }
    let text = |name: &str| told(rules, name).and_then(|own| own.as_str().map(str::to_owned));
    let escaped = |text: &str| {
        let special = |char: char| r"\.+*?()|[]{}^$/-".contains(char);
        text.chars()
            .flat_map(|char| special(char).then_some('\\').into_iter().chain([char]))
            .collect::<String>()
    };
    let patterns = [
        text("pattern"),
        text("prefix").map(|own| format!("^{}", escaped(&own))),
        text("suffix").map(|own| format!("{}$", escaped(&own))),
        text("contains").map(|own| escaped(&own)),
    ];
    let patterns: Vec<Value> = patterns
        .into_iter()
        .flatten()
        .map(|pattern| Value::object([("pattern", Value::text(pattern))]))
        .collect();
    if !patterns.is_empty() {
        keywords.push(("allOf", Value::Array(patterns)));
    }
    let formats = [
        ("email", "email"),
        ("hostname", "hostname"),
        ("ipv4", "ipv4"),
        ("ipv6", "ipv6"),
        ("uri", "uri"),
        ("uri_ref", "uri-reference"),
        ("uuid", "uuid"),
    ];
    let format = formats.into_iter().find(|(name, _)| is_set(rules, name));
    keywords.extend(format.map(|(_, format)| ("format", Value::text(format))));
    keywords
}

/// Rules of an enumeration, whose numbers are names in JSON.
fn enumeration(rules: &DynamicMessage, own: &EnumDescriptor) -> Vec<(&'static str, Value)> {
    let name = |number: &Told| {
        let number = number.as_i32().or_else(|| number.as_enum_number())?;
        Some(Value::text(own.get_value(number)?.name()))
    };
    let names = |rule: &str| -> Option<Value> {
        let told = told(rules, rule)?;
        Some(Value::Array(told.as_list()?.iter().filter_map(name).collect()))
    };
    let only = told(rules, "const").and_then(|own| name(&own)).map(|own| ("const", own));
    let some = names("in").map(|names| ("enum", names));
    // Numbers without a name are not defined.
    let defined = is_set(rules, "defined_only").then(|| {
        let all = own.values().map(|own| Value::text(own.name()));
        ("enum", Value::Array(all.collect()))
    });
    let some = some.or(defined);
    let others = names("not_in").map(|names| ("not", Value::object([("enum", names)])));
    only.into_iter().chain(some).chain(others).collect()
}

/// Bounds of a length.
fn lengths(
    rules: &DynamicMessage,
    names: [&str; 2],
    keywords: [&'static str; 2],
) -> Vec<(&'static str, Value)> {
    let bound = |(name, keyword): (&str, &'static str)| match told(rules, name).as_deref() {
        Some(Told::U64(length)) => Some((keyword, Value::int(*length))),
        _ => None,
    };
    names.into_iter().zip(keywords).filter_map(bound).collect()
}

/// The enumeration that the values of a field are of.
fn enumeration_of(field: &FieldDescriptor) -> Option<EnumDescriptor> {
    super::messages::value_kind(field).as_enum().cloned()
}

/// The rules of a field.
fn of_field(field: &FieldDescriptor) -> Option<DynamicMessage> {
    match extension(&field.options(), &FIELD)? {
        Told::Message(rules) => Some(rules),
        _ => None,
    }
}

/// The first of these options that is set, by the full name of its extension.
fn extension(options: &DynamicMessage, names: &[&str]) -> Option<Told> {
    let mut set = options.extensions();
    set.find(|(own, _)| names.contains(&own.full_name())).map(|(_, told)| told.clone())
}

/// What a message says by this name, where it says anything.
fn told<'m>(message: &'m DynamicMessage, name: &str) -> Option<Cow<'m, Told>> {
    let field = message.descriptor().get_field_by_name(name)?;
    message.has_field(&field).then(|| message.get_field(&field))
}

/// The message in another one that has this name, where it is set.
fn part(message: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    told(message, name)?.as_message().cloned()
}

fn is_set(message: &DynamicMessage, name: &str) -> bool {
    told(message, name).is_some_and(|told| told.as_bool() == Some(true))
}

/// A scalar as JSON has it.
fn scalar(told: &Told) -> Option<Value> {
    Some(match told {
        Told::Bool(own) => Value::Bool(*own),
        Told::I32(own) => Value::int(*own),
        Told::I64(own) => Value::int(*own),
        Told::U32(own) => Value::int(*own),
        Told::U64(own) => Value::int(*own),
        Told::F32(own) => read::json(own.to_string().as_bytes()).ok()?,
        Told::F64(own) => read::json(own.to_string().as_bytes()).ok()?,
        Told::String(own) => Value::text(own.as_str()),
        _ => return None,
    })
}

/// A schema with more keywords; those that it has already hold, too.
fn with(schema: Value, keywords: Vec<(&'static str, Value)>) -> Value {
    if keywords.is_empty() {
        return schema;
    }
    let more = Value::object(keywords);
    Value::object([("allOf", Value::Array(vec![schema, more]))])
}
