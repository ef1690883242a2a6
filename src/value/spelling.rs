//! How a case file spells values.
//!
//! A file is JSON that every tool reads: an object with exactly one key that begins with `$` is a
//! symbol, and what JSON readers lose (exact numbers, octets, long runs) is spelt as one, too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Fresh, Number, Object, Pointer, Reference, Symbol, Text, Value};

/// A run in a long text shorter than this is written out.
const LONG_RUN: usize = 64;

impl Value {
    /// This value as a case file spells it: JSON only, nothing lost.
    #[must_use]
    pub fn to_file(&self) -> Self {
        let symbol = |name: &str, value: Self| Self::object([(name, value)]);
        match self {
            Self::Number(number) if !is_plain(number) => {
                symbol("$number", Self::text(number.lexeme().as_ref()))
            }
            Self::String(text) => match repeated(text) {
                Some((unit, times)) => symbol(
                    "$repeat",
                    Self::Array(vec![Self::String(unit), Self::int(times as i128)]),
                ),
                None => self.clone(),
            },
            Self::Bytes(bytes) => symbol("$bytes", Self::text(BASE64.encode(bytes))),
            Self::Array(items) => Self::Array(items.iter().map(Self::to_file).collect()),
            Self::Object(object) => {
                let mut keys = object.keys();
                let one_dollar = keys.next().is_some_and(is_dollar) && object.len() == 1;
                let members: Object =
                    object.iter().map(|(key, value)| (key.clone(), value.to_file())).collect();
                if one_dollar || has_repeated_key(object) {
                    literal(members)
                } else {
                    Self::Object(members)
                }
            }
            Self::Symbol(inner) => inner.to_file(),
            _ => self.clone(),
        }
    }

    /// Reads what [`Self::to_file`] spells.
    ///
    /// # Errors
    /// The place, as a pointer into the file's value, and what is wrong with the symbol there.
    pub fn from_file(file: &Self) -> Result<Self, (Pointer, String)> {
        read_file(file, &Pointer::root())
    }
}

impl Symbol {
    fn to_file(&self) -> Value {
        let (name, value) = match self {
            Self::From(from) => ("$from", {
                let at = Value::text(from.to_string());
                match &from.matching {
                    None => at,
                    Some(template) => {
                        Value::object([("at", at), ("match", Value::text(template.as_str()))])
                    }
                }
            }),
            Self::Fresh(fresh) => ("$fresh", {
                let name = Value::text(fresh.name.as_str());
                match &fresh.like {
                    None => name,
                    Some(like) => Value::object([("name", name), ("like", like.to_file())]),
                }
            }),
            Self::Join(parts) => {
                ("$join", Value::Array(parts.iter().map(Value::to_file).collect()))
            }
            Self::Var(name) => ("$var", Value::text(name.as_str())),
            Self::Secret(name) => ("$secret", Value::text(name.as_str())),
            Self::Now(offset) => ("$now", Value::text(offset.as_str())),
        };
        Value::object([(name, value)])
    }
}

fn is_dollar(key: &Text) -> bool {
    key.as_bytes().first() == Some(&b'$')
}

/// Numbers that every JSON reader keeps: integers within ±2^53, floats in shortest form.
fn is_plain(number: &Number) -> bool {
    match number.as_i128() {
        Some(int) => int.unsigned_abs() <= 1 << 53 && int.to_string() == number.lexeme(),
        None => Number::from_f64(number.as_f64()).as_ref() == Some(number),
    }
}

fn has_repeated_key(object: &Object) -> bool {
    object.keys().enumerate().any(|(index, key)| object.keys().take(index).any(|k| k == key))
}

/// `$literal` of an object: as it stands, or a list of pairs where a key is repeated.
fn literal(members: Object) -> Value {
    let pairs = has_repeated_key(&members) || members.len() == 1 && members.contains("$pairs");
    let body = if pairs {
        Value::object([(
            "$pairs",
            Value::Array(
                members
                    .into_iter()
                    .map(|(key, value)| Value::Array(vec![Value::String(key), value]))
                    .collect(),
            ),
        )])
    } else {
        Value::Object(members)
    };
    Value::object([("$literal", body)])
}

/// A short unit that makes up the whole of a long text, and how often.
fn repeated(text: &Text) -> Option<(Text, usize)> {
    let points: Vec<u32> = text.code_points().collect();
    if points.len() < LONG_RUN {
        return None;
    }
    (1..=8).find_map(|width| {
        let whole = points.len().is_multiple_of(width)
            && points.iter().zip(points.iter().skip(width)).all(|(a, b)| a == b);
        let unit = Text::from_code_points(points.iter().take(width).copied());
        // A unit that ends in half a surrogate pair would change when it is put together.
        (whole && !unit.has_lone_surrogate()).then(|| (unit, points.len() / width))
    })
}

fn read_file(file: &Value, at: &Pointer) -> Result<Value, (Pointer, String)> {
    match file {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| read_file(item, &at.index(index)))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        Value::Object(object) => match object.iter().next() {
            Some((key, value)) if object.len() == 1 && is_dollar(key) => {
                read_symbol(&key.lossy(), value, &at.child(key))
            }
            _ => read_members(object, at).map(Value::Object),
        },
        _ => Ok(file.clone()),
    }
}

fn read_members(object: &Object, at: &Pointer) -> Result<Object, (Pointer, String)> {
    object.iter().map(|(key, value)| Ok((key.clone(), read_file(value, &at.child(key))?))).collect()
}

/// The names of all symbols, for the nearest one in an error.
const NAMES: [&str; 10] = [
    "$from", "$fresh", "$join", "$var", "$secret", "$now", "$repeat", "$bytes", "$number",
    "$literal",
];

fn read_symbol(name: &str, value: &Value, at: &Pointer) -> Result<Value, (Pointer, String)> {
    let bad = |message: String| (at.clone(), message);
    let text =
        || value.as_str().map(str::to_owned).ok_or_else(|| bad(format!("`{name}` needs a text")));
    let symbol = |symbol| Ok(Value::Symbol(Box::new(symbol)));
    match name {
        "$from" => {
            let (place, matching) = match value.as_object() {
                None => (text()?, None),
                Some(object) => {
                    known_keys(object, &["at", "match"], name).map_err(bad)?;
                    let member = |key| object.get(key).and_then(Value::as_str).map(str::to_owned);
                    let place = member("at").ok_or_else(|| bad("`$from` needs `at`".to_owned()))?;
                    (place, member("match"))
                }
            };
            let from = Reference::parse(&place).map_err(bad)?;
            symbol(Symbol::From(Reference { matching, ..from }))
        }
        "$fresh" => match value.as_object() {
            None => symbol(Symbol::Fresh(Fresh { name: text()?, like: None })),
            Some(object) => {
                known_keys(object, &["name", "like"], name).map_err(bad)?;
                let fresh = object.get("name").and_then(Value::as_str).map(str::to_owned);
                let fresh = fresh.ok_or_else(|| bad("`$fresh` needs `name`".to_owned()))?;
                let like =
                    object.get("like").map(|l| read_file(l, &at.child("like"))).transpose()?;
                symbol(Symbol::Fresh(Fresh { name: fresh, like }))
            }
        },
        "$join" => {
            let parts = value.as_array().ok_or_else(|| bad("`$join` needs a list".to_owned()))?;
            let parts =
                parts.iter().enumerate().map(|(index, part)| read_file(part, &at.index(index)));
            symbol(Symbol::Join(parts.collect::<Result<_, _>>()?))
        }
        "$var" => symbol(Symbol::Var(text()?)),
        "$secret" => symbol(Symbol::Secret(text()?)),
        "$now" => symbol(Symbol::Now(text()?)),
        "$repeat" => {
            let parts = value.as_array().unwrap_or_default();
            let (Some(unit), Some(times), 2) = (
                parts.first().and_then(Value::as_text),
                parts.get(1).and_then(Value::as_i64),
                parts.len(),
            ) else {
                return Err(bad("`$repeat` needs a text and a count".to_owned()));
            };
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            if unit.as_bytes().len().saturating_mul(times) > 256 << 20 {
                return Err(bad("`$repeat` makes more than 256 MiB".to_owned()));
            }
            let points = (0..times).flat_map(|_| unit.code_points());
            Ok(Value::String(Text::from_code_points(points)))
        }
        "$bytes" => BASE64
            .decode(text()?)
            .map(Value::Bytes)
            .map_err(|error| bad(format!("`$bytes` is not base64: {error}"))),
        "$number" => Number::parse(&text()?)
            .map(Value::Number)
            .ok_or_else(|| bad("`$number` is not a JSON number".to_owned())),
        "$literal" => match value {
            Value::Object(object) => match (object.len(), object.get("$pairs")) {
                (1, Some(Value::Array(pairs))) => read_pairs(pairs, &at.child("$pairs")),
                _ => read_members(object, at).map(Value::Object),
            },
            value => Ok(value.clone()),
        },
        _ => Err(bad(format!(
            "unknown symbol `{name}`; {} (data goes into `$literal`)",
            super::nearest::advice(name, &NAMES)
        ))),
    }
}

fn read_pairs(pairs: &[Value], at: &Pointer) -> Result<Value, (Pointer, String)> {
    pairs
        .iter()
        .enumerate()
        .map(|(index, pair)| match pair.as_array() {
            Some([Value::String(key), value]) => {
                Ok((key.clone(), read_file(value, &at.index(index).index(1))?))
            }
            _ => Err((at.index(index), "a pair is a key and a value".to_owned())),
        })
        .collect::<Result<_, _>>()
        .map(Value::Object)
}

fn known_keys(object: &Object, known: &[&str], name: &str) -> Result<(), String> {
    match object.keys().find(|key| !known.iter().any(|known| *key == known)) {
        None => Ok(()),
        Some(key) => Err(format!("`{name}` has no `{key}`; known are {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn value(text: &str) -> Value {
        read::json(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_a_file_spells_is_read_back() {
        let long = "ab".repeat(5000);
        for original in [
            value(r#"{"$x":1}"#),
            value(r#"{"a":1,"a":{"$y":2}}"#),
            value(r#"{"$literal":{"$from":"x"}}"#),
            value(r#"{"$pairs":[["a",1]]}"#),
            value(r#"[9223372036854775808,1e400,1.0,-0,0.1,"\ud800"]"#),
            Value::text(long.as_str()),
            Value::Bytes(vec![0, 255]),
            Value::Symbol(Box::new(Symbol::Join(vec![Value::text("a/"), Value::int(1)]))),
        ] {
            let file = original.to_file();
            assert_eq!(Value::from_file(&file).unwrap(), original, "{file}");
        }
    }

    #[test]
    fn the_documented_forms_are_written() {
        assert_eq!(
            value("9223372036854775808").to_file().to_string(),
            r#"{"$number":"9223372036854775808"}"#
        );
        assert_eq!(
            Value::text("a".repeat(65536).as_str()).to_file().to_string(),
            r#"{"$repeat":["a",65536]}"#
        );
        assert_eq!(value("9007199254740992").to_file().to_string(), "9007199254740992");
    }

    #[test]
    fn an_unknown_symbol_names_its_place() {
        let (at, message) = Value::from_file(&value(r#"{"a":[{"$frm":"x"}]}"#)).unwrap_err();
        assert_eq!(at.to_string(), "/a/0/$frm");
        assert!(message.contains("$from"), "{message}");
    }
}
