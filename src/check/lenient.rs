//! What lenient services make of a value: coercion that is legal, and no proof of a missing check.

use crate::schema::Schema;
use crate::value::{Number, Object, Pointer, Text, Value};

/// Whether the schema accepts the value once the place `at` is read as a lenient service reads it:
/// trimmed, in another case, as the number or the boolean that a text spells, as a list of one, as not
/// given at all.
///
/// What passes so is not proof that the service does not check: it may have coerced first.
pub(super) fn accepts(schema: &Schema, value: &Value, at: &Pointer, coercion: Coercion) -> bool {
    is_tolerable(value, at, coercion, &|candidate| schema.accepts(candidate))
}

/// How far a lenient service may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coercion {
    /// The type stays. A broken bound must not be read away by reading a number as text, which a
    /// schema without `type` would accept.
    Within,
    /// To another scalar type.
    Across,
    /// To another type, lists out of separated text included: what arrives as text.
    FromText,
}

/// [`accepts`] over any judge.
fn is_tolerable(
    value: &Value,
    at: &Pointer,
    coercion: Coercion,
    judge: &dyn Fn(&Value) -> bool,
) -> bool {
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
    readings(here, coercion).into_iter().any(replaced)
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
fn readings(value: &Value, coercion: Coercion) -> Vec<Value> {
    match value {
        Value::String(string) => of_text(string, coercion),
        Value::Number(number) if coercion >= Coercion::Across => of_number(number),
        Value::Bool(bool) if coercion >= Coercion::Across => {
            vec![Value::text(bool.to_string()), Value::int(i128::from(*bool))]
        }
        Value::Array(items) if coercion == Coercion::FromText && items.len() == 1 => items.clone(),
        _ => Vec::new(),
    }
}

fn of_text(text: &Text, coercion: Coercion) -> Vec<Value> {
    let Some(text) = text.as_str() else { return Vec::new() };
    let trimmed = text.trim();
    let lower = trimmed.to_lowercase();
    let mut readings: Vec<Value> = [trimmed.to_owned(), lower.clone(), trimmed.to_uppercase()]
        .into_iter()
        .filter(|reading| reading != text)
        .map(Value::text)
        .collect();
    if coercion >= Coercion::Across {
        readings.extend(number_in(trimmed).map(Value::Number));
        readings.extend(bool_in(&lower).map(Value::Bool));
        if lower == "null" {
            readings.push(Value::Null);
        }
    }
    if coercion == Coercion::FromText {
        let typed = |part: &str| number_in(part).map_or_else(|| Value::text(part), Value::Number);
        let parts = |separator: char| Value::Array(text.split(separator).map(typed).collect());
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

    use Coercion::{Across, FromText, Within};

    fn tolerable(value: &str, at: &str, coercion: Coercion, wanted: &str) -> bool {
        let value = read::json(value.as_bytes()).unwrap();
        let wanted = read::json(wanted.as_bytes()).unwrap();
        is_tolerable(&value, &Pointer::parse(at).unwrap(), coercion, &|reading| {
            reading.same(&wanted)
        })
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
            assert!(tolerable(sent, "", Across, read), "{sent} reads as {read}");
        }
    }

    #[test]
    fn lists_are_read_from_text_only() {
        assert!(tolerable("\"a,b\"", "", FromText, "[\"a\",\"b\"]"));
        assert!(tolerable("\"1|2\"", "", FromText, "[1,2]"));
        assert!(!tolerable("\"a,b\"", "", Across, "[\"a\",\"b\"]"));
    }

    #[test]
    fn nothing_may_be_read_as_not_given() {
        assert!(tolerable(r#"{"a":null,"b":1}"#, "/a", Within, r#"{"b":1}"#));
        assert!(tolerable(r#"{"a":"","b":1}"#, "/a", Within, r#"{"b":1}"#));
        assert!(!tolerable(r#"{"a":0,"b":1}"#, "/a", Within, r#"{"b":1}"#));
    }

    #[test]
    fn a_broken_bound_cannot_be_read_away() {
        for (sent, wanted) in [("1001", "1000"), ("\"abc\"", "5"), ("{}", "5"), ("[5]", "5")] {
            assert!(!tolerable(sent, "", Across, wanted), "{sent}");
        }
        assert!(!tolerable("1001", "", Within, "\"1001\""));
        assert!(tolerable("\"abc \"", "", Within, "\"abc\""));
    }
}
