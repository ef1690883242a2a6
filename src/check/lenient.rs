//! What lenient services make of a value: coercion that is legal, and no proof of a missing check.

use crate::schema::Schema;
use crate::value::{Number, Object, Pointer, Text, Value};

/// Whether the schema accepts the value once the place `at` is read as a lenient service reads it:
/// trimmed, in another case, as the number or the boolean that a text spells, as a list of one, as not
/// given at all.
///
/// What passes so is not proof that the service does not check: it may have coerced first.
pub(super) fn accepts(schema: &Schema, value: &Value, at: &Pointer, text: bool) -> bool {
    is_tolerable(value, at, text, &|candidate| schema.accepts(candidate))
}

/// [`accepts`] over any judge. `text` says that the value travels as text, so that lists and objects
/// are read from separators as well.
fn is_tolerable(value: &Value, at: &Pointer, text: bool, judge: &dyn Fn(&Value) -> bool) -> bool {
    let Some(here) = at.find(value) else { return false };
    let replaced = |reading: Value| {
        let mut copy = value.clone();
        match at.find_mut(&mut copy) {
            Some(place) => {
                *place = reading;
                judge(&copy)
            }
            None => false,
        }
    };
    readings(here, text).into_iter().any(replaced)
        || is_empty(here) && without(value, at).is_some_and(|copy| judge(&copy))
}

/// Nothing, however spelt: many services read it as not given.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => {
            text.as_str().is_some_and(|text| text.trim().is_empty() || text == "null")
        }
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The value without the member at `at`; `None` where it is no member of an object.
fn without(value: &Value, at: &Pointer) -> Option<Value> {
    let mut parent = at.clone();
    let key = parent.pop()?;
    let mut copy = value.clone();
    let Value::Object(object) = parent.find_mut(&mut copy)? else { return None };
    let kept: Object = object.iter().filter(|(name, _)| *name != key).cloned().collect();
    *object = kept;
    Some(copy)
}

/// What lenient services read a value as.
fn readings(value: &Value, text: bool) -> Vec<Value> {
    match value {
        Value::String(string) => of_text(string, text),
        Value::Number(number) => of_number(number),
        Value::Bool(bool) => {
            vec![Value::text(bool.to_string()), Value::int(i128::from(*bool))]
        }
        Value::Null => vec![Value::text("null"), Value::text("")],
        Value::Array(items) if text && items.len() == 1 => items.clone(),
        _ => Vec::new(),
    }
}

fn of_text(text: &Text, as_text: bool) -> Vec<Value> {
    let Some(text) = text.as_str() else { return Vec::new() };
    let trimmed = text.trim();
    let lower = trimmed.to_lowercase();
    let mut readings: Vec<Value> = [trimmed.to_owned(), lower.clone(), trimmed.to_uppercase()]
        .into_iter()
        .filter(|reading| reading != text)
        .map(Value::text)
        .collect();
    readings.extend(number_in(trimmed).map(Value::Number));
    readings.extend(bool_in(&lower).map(Value::Bool));
    if lower == "null" {
        readings.push(Value::Null);
    }
    if as_text {
        let parts = |separator: char| {
            let parts = text.split(separator);
            Value::Array(
                parts
                    .map(|part| number_in(part).map_or_else(|| Value::text(part), Value::Number))
                    .collect(),
            )
        };
        readings.push(Value::Array(vec![Value::text(text)]));
        readings.push(Value::Array(text.split(',').map(Value::text).collect()));
        readings.extend([',', '|', ' '].map(parts));
    }
    readings
}

/// The number a text spells, as programming languages read them: with a plus, with leading zeros.
fn number_in(text: &str) -> Option<Number> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let significant = digits.trim_start_matches('0');
    let zero = !significant.starts_with(|char: char| char.is_ascii_digit());
    let padded = if zero && significant.len() < digits.len() || significant.starts_with('.') {
        format!("{sign}0{significant}")
    } else {
        format!("{sign}{significant}")
    };
    Number::parse(&padded)
}

fn bool_in(lower: &str) -> Option<bool> {
    match lower {
        "true" | "1" | "yes" | "on" | "t" | "y" => Some(true),
        "false" | "0" | "no" | "off" | "f" | "n" => Some(false),
        _ => None,
    }
}

fn of_number(number: &Number) -> Vec<Value> {
    let mut readings = vec![Value::text(number.to_string())];
    if let Some(decimal) = number.decimal() {
        if !decimal.is_integer() {
            readings.extend([Value::int(decimal.floor()), Value::int(decimal.ceil())]);
        }
        match decimal.as_i128() {
            Some(0) => readings.push(Value::Bool(false)),
            Some(1) => readings.push(Value::Bool(true)),
            _ => {}
        }
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn tolerable(value: &str, at: &str, text: bool, wanted: &str) -> bool {
        let value = read::json(value.as_bytes()).unwrap();
        let wanted = read::json(wanted.as_bytes()).unwrap();
        is_tolerable(&value, &Pointer::parse(at).unwrap(), text, &|reading| reading.same(&wanted))
    }

    #[test]
    fn coercion_is_tolerable() {
        for (sent, read) in [
            ("\"5\"", "5"),
            ("\" 5 \"", "5"),
            ("\"+007\"", "7"),
            ("\"1.50\"", "1.5"),
            ("\".5\"", "0.5"),
            ("\"0\"", "0"),
            ("\"TRUE\"", "true"),
            ("\"off\"", "false"),
            ("\"RED\"", "\"red\""),
            ("\" red\"", "\"red\""),
            ("5", "\"5\""),
            ("1.5", "1"),
            ("1", "true"),
            ("true", "\"true\""),
            ("\"null\"", "null"),
        ] {
            assert!(tolerable(sent, "", false, read), "{sent} reads as {read}");
        }
    }

    #[test]
    fn lists_are_read_from_text_only() {
        assert!(tolerable("\"a,b\"", "", true, "[\"a\",\"b\"]"));
        assert!(tolerable("\"1|2\"", "", true, "[1,2]"));
        assert!(!tolerable("\"a,b\"", "", false, "[\"a\",\"b\"]"));
    }

    #[test]
    fn nothing_may_be_read_as_not_given() {
        assert!(tolerable(r#"{"a":null,"b":1}"#, "/a", false, r#"{"b":1}"#));
        assert!(tolerable(r#"{"a":"","b":1}"#, "/a", false, r#"{"b":1}"#));
        assert!(!tolerable(r#"{"a":0,"b":1}"#, "/a", false, r#"{"b":1}"#));
    }

    #[test]
    fn a_broken_bound_cannot_be_read_away() {
        for (sent, wanted) in [("1001", "1000"), ("\"abc\"", "5"), ("{}", "5"), ("[5]", "5")] {
            assert!(!tolerable(sent, "", false, wanted), "{sent}");
        }
    }
}
