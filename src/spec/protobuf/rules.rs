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

use crate::value::{Number, Object, Value, read};

/// The options that hold rules of a field, and of a `oneof`.
const FIELD: [&str; 2] = ["buf.validate.field", "validate.rules"];
const ONEOF: [&str; 2] = ["buf.validate.oneof", "validate.required"];

/// The options by which a message has no rules, whatever its fields say.
const DISABLED: [&str; 2] = ["validate.disabled", "validate.ignored"];

/// `google.api.FieldBehavior`
const REQUIRED: i32 = 2;
const OUTPUT_ONLY: i32 = 3;
const INPUT_ONLY: i32 = 4;

/// `buf.validate.Ignore`
const IGNORE_ALWAYS: i32 = 3;

/// Whether a field has to be there; some only have to be `sent` (AIP-203).
pub(super) fn requires(field: &FieldDescriptor, sent: bool) -> bool {
    sent && behaves(field, REQUIRED)
        || of_field(field).is_some_and(|rules| {
            is_set(&rules, "required")
                || part(&rules, "message").is_some_and(|message| is_set(&message, "required"))
        })
}

/// Whether a field has a behaviour of `google.api.field_behavior`.
fn behaves(field: &FieldDescriptor, behaviour: i32) -> bool {
    let behaviours = extension(&field.options(), &["google.api.field_behavior"]);
    let list = behaviours.as_ref().and_then(Told::as_list).unwrap_or_default();
    list.iter().any(|own| own.as_enum_number() == Some(behaviour))
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
    // Of a number nobody can tell whether 0 was meant.
    let is_told = field.is_list()
        || field.is_map()
        || matches!(field.kind(), Kind::String | Kind::Bytes | Kind::Enum(_));
    if sent && behaves(field, REQUIRED) && !field.supports_presence() && is_told {
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

/// What a field holds that stands for nothing.
fn nothing(field: &FieldDescriptor) -> (&'static str, Value) {
    match () {
        () if field.is_map() => ("maxProperties", Value::int(0)),
        () if field.is_list() => ("maxItems", Value::int(0)),
        () => match field.kind() {
            Kind::String | Kind::Bytes => ("const", Value::text("")),
            Kind::Bool => ("const", Value::Bool(false)),
            Kind::Enum(own) => ("const", Value::text(own.default_value().name())),
            _ => ("const", Value::int(0)),
        },
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
            let bounds = bounds(rules);
            let refused = not_finite(rules, &bounds);
            let schema = with(schema, refused);
            with(schema, [constant(rules), bounds].concat())
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

/// Which names of what is no finite number a rule of numbers refuses: what is no number lies within no bounds.
fn not_finite(rules: &DynamicMessage, bounds: &[(&str, Value)]) -> Vec<(&'static str, Value)> {
    let has = |end: &str| bounds.iter().any(|(keyword, _)| keyword.ends_with(end));
    let finite = is_set(rules, "finite");
    let refused = [
        ("NaN", finite || !bounds.is_empty()),
        ("Infinity", finite || has("aximum")),
        ("-Infinity", finite || has("inimum")),
    ];
    let refused = refused.into_iter().filter(|(_, refused)| *refused);
    let refused: Vec<Value> = refused.map(|(name, _)| Value::text(name)).collect();
    let refused = (!refused.is_empty()).then(|| Value::object([("enum", Value::Array(refused))]));
    refused.map(|refused| ("not", refused)).into_iter().collect()
}

/// Rules of texts. Lengths in octets have no keyword: what has more code points has more octets, too.
fn texts(rules: &DynamicMessage) -> Vec<(&'static str, Value)> {
    let mut keywords = constant(rules);
    keywords.extend(lengths(rules, ["min_len", "max_len"], ["minLength", "maxLength"]));
    if let Some(Told::U64(length)) = told(rules, "len").as_deref() {
        let length = Value::int(*length);
        keywords.extend([("minLength", length.clone()), ("maxLength", length)]);
    }
    for name in ["max_bytes", "len_bytes"] {
        if let Some(Told::U64(length)) = told(rules, name).as_deref() {
            keywords.push(("maxLength", Value::int(*length)));
        }
    }
    let text = |name: &str| told(rules, name).and_then(|own| own.as_str().map(str::to_owned));
    let escaped = |text: &str| {
        let special = |char: char| r"\.+*?()|[]{}^$/-".contains(char);
        text.chars()
            .flat_map(|char| special(char).then_some('\\').into_iter().chain([char]))
            .collect::<String>()
    };
    let patterns = [
        text("pattern").filter(|pattern| !is_of_re2(pattern)),
        text("prefix").map(|own| format!("^{}", escaped(&own))),
        text("suffix").map(|own| format!("{}$", escaped(&own))),
        text("contains").map(|own| escaped(&own)),
    ];
    let pattern = |pattern: String| Value::object([("pattern", Value::text(pattern))]);
    let without = text("not_contains").map(|own| pattern(escaped(&own)));
    let without = without.map(|own| Value::object([("not", own)]));
    let either = ["ipv4", "ipv6"].map(|name| Value::object([("format", Value::text(name))]));
    let either = Value::object([("anyOf", Value::Array(either.to_vec()))]);
    let either = Some(either).filter(|_| is_set(rules, "ip"));
    let all: Vec<Value> =
        patterns.into_iter().flatten().map(pattern).chain(without).chain(either).collect();
    if !all.is_empty() {
        keywords.push(("allOf", Value::Array(all)));
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

/// Whether a pattern means something else in RE2, whose syntax these are in, than in JSON Schema.
fn is_of_re2(pattern: &str) -> bool {
    let own = ["[[:", r"\s", r"\S", r"\pN", r"\z", r"\A", r"\Q", r"\C", "(?"];
    own.iter().any(|own| pattern.contains(own)) && !pattern.contains("(?:")
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

/// The rules of a field; none where they are said not to count.
fn of_field(field: &FieldDescriptor) -> Option<DynamicMessage> {
    let Told::Message(rules) = extension(&field.options(), &FIELD)? else { return None };
    let ignore = told(&rules, "ignore").and_then(|own| own.as_enum_number());
    let skips = is_set(&rules, "skipped")
        || part(&rules, "message").is_some_and(|message| is_set(&message, "skip"))
        || ignore == Some(IGNORE_ALWAYS)
        || is_unchecked(field.parent_message());
    (!skips).then_some(rules)
}

/// Whether a message says that none of its rules count.
fn is_unchecked(message: &MessageDescriptor) -> bool {
    let options = message.options();
    let off = |told: Told| match told {
        Told::Bool(off) => off,
        Told::Message(rules) => is_set(&rules, "disabled"),
        _ => false,
    };
    let mut names = DISABLED.into_iter().chain(["buf.validate.message"]);
    names.any(|name| extension(&options, &[name]).is_some_and(off))
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
