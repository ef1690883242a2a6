//! Rules as keywords of JSON Schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost_reflect::{DynamicMessage, EnumDescriptor, Value as Told};

use super::measures;
use super::options::{is_set, part, told};
use crate::value::{Number, Value, read};

/// A schema narrowed by the rules of one kind.
pub(super) fn by(
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
        "bytes" => with(schema, measures::octets(rules)),
        "duration" => with(schema, measures::spans(rules)),
        "timestamp" => with(schema, measures::instants(rules)),
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

pub(super) fn constant(rules: &DynamicMessage) -> Vec<(&'static str, Value)> {
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
        Told::Bytes(own) => Value::text(STANDARD.encode(own)),
        _ => return None,
    })
}

/// A schema with more keywords; those that it has already hold, too.
pub(super) fn with(schema: Value, keywords: Vec<(&'static str, Value)>) -> Value {
    if keywords.is_empty() {
        return schema;
    }
    let more = Value::object(keywords);
    Value::object([("allOf", Value::Array(vec![schema, more]))])
}
