//! Whether what is shown is what was written, as services may keep it.
//!
//! Normalising is legal: text loses blanks at its ends and characters that no one sees, changes its
//! case or its Unicode normalisation form (UAX #15), is escaped for HTML; numbers are rounded to the
//! precision that the service keeps (RFC 8259, section 6), times are told for another offset, lists
//! that are sets in another order, and what is empty not at all.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::value::{Number, Text, Value};

/// Below this every integer is a float of its own (RFC 8259, section 6).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Fractions may be rounded to hundredths, as amounts of money are.
const ROUNDING: f64 = 0.005;

/// Other numbers may lose what 32-bit floats cannot tell apart.
const PRECISION: f64 = 1e-6;

/// Of lists longer than this the order counts.
const LONGEST_SET: usize = 64;

/// Entities of text that is escaped for HTML.
const ENTITIES: [(&str, &str); 6] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&amp;", "&"),
];

/// Whether two values are akin, and neither has more than the other.
pub(super) fn alike(one: &Value, other: Option<&Value>) -> bool {
    akin(one, other) && other.is_none_or(|other| akin(other, Some(one)))
}

/// Whether a value that is shown is the one that was written, normalised at most. An object and a list
/// may have more than was written.
pub(super) fn akin(written: &Value, shown: Option<&Value>) -> bool {
    let Some(shown) = shown.filter(|shown| **shown != Value::Null) else {
        return is_nothing(written) || is_zero(written);
    };
    match (written, shown) {
        (Value::Number(written), Value::Number(shown)) => numbers(written, shown),
        (Value::String(written), Value::String(shown)) => texts(written, shown),
        (Value::String(text), Value::Number(number))
        | (Value::Number(number), Value::String(text)) => {
            let spelt = text.as_str().and_then(|text| Number::parse(text.trim()));
            spelt.is_some_and(|spelt| numbers(&spelt, number))
        }
        (Value::String(text), Value::Bool(bool)) | (Value::Bool(bool), Value::String(text)) => {
            text.as_str().is_some_and(|text| text.eq_ignore_ascii_case(&bool.to_string()))
        }
        (Value::Array(written), Value::Array(shown)) => lists(written, shown),
        (Value::Object(written), Value::Object(shown)) => written.iter().all(|(key, value)| {
            let twin = shown.iter().rev().find(|(other, _)| other == key);
            akin(value, twin.map(|(_, twin)| twin))
        }),
        (written, shown) => written.same(shown) || is_nothing(written) && is_nothing(shown),
    }
}

/// Whether a value tells nothing: not to show it is not to lose it.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.as_str().is_some_and(|text| normal(text).is_empty()),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Bytes(_) | Value::Symbol(_) => false,
    }
}

/// Whether a value is what many services leave out because it is so anyway: as the JSON mapping of
/// protobuf does.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Bool(bool) => !bool,
        Value::Number(number) => number.as_f64() == 0.0,
        _ => false,
    }
}

/// Whether a value is a date, with a time of day or without.
pub(super) fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| instant(text).is_some())
}

fn numbers(written: &Number, shown: &Number) -> bool {
    if written.same(shown) {
        return true;
    }
    let (a, b) = (written.as_f64(), shown.as_f64());
    if written.is_integer() && a.abs() < EXACT {
        return false;
    }
    // What is beyond all floats cannot be kept.
    !a.is_finite() || (a - b).abs() <= (a.abs() * PRECISION).max(ROUNDING)
}

fn lists(written: &[Value], shown: &[Value]) -> bool {
    if written.len() > shown.len() || written.is_empty() != shown.is_empty() {
        return false;
    }
    if written.iter().zip(shown).all(|(a, b)| akin(a, Some(b))) {
        return true;
    }
    let mut left: Vec<&Value> = shown.iter().collect();
    let mut takes = |value: &Value| {
        let at = left.iter().position(|other| akin(value, Some(other)));
        at.map(|at| left.swap_remove(at)).is_some()
    };
    written.len() <= LONGEST_SET && written.iter().all(&mut takes)
}

fn texts(written: &Text, shown: &Text) -> bool {
    if written == shown {
        return true;
    }
    // What is no Unicode cannot be kept as such (RFC 8259, section 8.2).
    let (Some(a), Some(b)) = (written.as_str(), shown.as_str()) else { return true };
    if let (Some(a), Some(b)) = (instant(a), instant(b)) {
        // A leap second, or a fraction that is rounded.
        return a.abs_diff(b) <= 1;
    }
    normal(a) == normal(b) || normal(&unescaped(a)) == normal(&unescaped(b))
}

/// A text with all taken out that normalising may change.
fn normal(text: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    // There and back, so that `ß` is `ss`, too.
    let folded = composed.to_uppercase().to_lowercase();
    let seen: String = folded
        .chars()
        .map(|char| if char.is_whitespace() { ' ' } else { char })
        .filter(|char| !is_unseen(*char))
        .collect();
    seen.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether no one sees a character: controls, marks of direction and joining, what stands for what
/// could not be read, and what is no character.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffd}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(char) & 0xfffe == 0xfffe
}

/// A text as HTML shows it: without tags, entities read.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&']) {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        plain.push_str(before);
        match tag.split_once('>') {
            Some((_, after)) => rest = after,
            None => {
                plain.push('<');
                rest = tag;
            }
        }
    }
    plain.push_str(rest);
    ENTITIES.iter().fold(plain, |text, (entity, char)| text.replace(entity, char)).into()
}

/// Seconds from 0000-03-01 to what a text tells by the forms of RFC 3339, section 5.6, and those that
/// databases print: a date alone, a blank for the `T`, no offset.
fn instant(text: &str) -> Option<i64> {
    let (date, clock) = text.trim().split_at_checked(10)?;
    let [year, month, day] = fields(date, '-')?;
    // Counted from March, so that the leap day ends a year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
        - 1;
    let midnight = days * 86_400;
    let Some(clock) = clock.strip_prefix(['T', 't', ' ']) else {
        return clock.is_empty().then_some(midnight);
    };
    let at = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (time, offset) = clock.split_at_checked(at)?;
    let whole = time.split(['.', ',']).next()?;
    let [hours, minutes, seconds] = fields(whole, ':')?;
    Some(midnight + hours * 3_600 + minutes * 60 + seconds - seconds_of(offset)?)
}

/// Three numbers of digits alone.
fn fields(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut parts = text.split(separator).map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    });
    let fields = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(fields)
}

/// The seconds of an offset: nothing, `Z`, `+01:00`, `-0530`, `+02`.
fn seconds_of(offset: &str) -> Option<i64> {
    let (sign, clock) = match offset.split_at_checked(1) {
        None => return Some(0),
        Some(("Z" | "z", rest)) => return rest.is_empty().then_some(0),
        Some(("-", rest)) => (-1, rest),
        Some((_, rest)) => (1, rest),
    };
    let digits: String = clock.chars().filter(|char| *char != ':').collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    Some(sign * (hours.parse::<i64>().ok()? * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::json;
    use super::*;

    fn kept(written: &str, shown: &str) -> bool {
        akin(&json(written), Some(&json(shown)))
    }

    #[test]
    fn normalised_text_is_kept() {
        for (written, shown) in [
            (r#"" a ""#, r#""a""#),
            (r#""a \t b""#, r#""a b""#),
            (r#""Ada@X.example""#, r#""ada@x.example""#),
            (r#""straße""#, r#""STRASSE""#),
            (r#""e\u0301""#, r#""é""#),
            (r#""ﬁ""#, r#""fi""#),
            (r#""a\u0000b\u200b""#, r#""ab""#),
            (r#""\ud800""#, r#""\ufffd""#),
            (r#""<b>a</b> & c""#, r#""a &amp; c""#),
            (r#""a < b""#, r#""a &lt; b""#),
        ] {
            assert!(kept(written, shown), "{written} {shown}");
        }
        for (written, shown) in
            [("\"ab\"", "\"a\""), ("\"007\"", "\"7\""), ("\"O'Brien\"", "\"O''Brien\"")]
        {
            assert!(!kept(written, shown), "{written} {shown}");
        }
    }

    #[test]
    fn numbers_are_kept_in_the_precision_of_the_service() {
        for (written, shown) in [
            ("1", "1.0"),
            ("1.999", "2.00"),
            ("0.1", "0.10000000149"),
            ("9007199254740993", "9007199254740992"),
            ("1e400", "0"),
            ("5", "\"5\""),
            ("\" 5\"", "5"),
            ("true", "\"True\""),
        ] {
            assert!(kept(written, shown), "{written} {shown}");
        }
        for (written, shown) in [("1", "2"), ("1000000", "1000001"), ("1.5", "1"), ("true", "1")] {
            assert!(!kept(written, shown), "{written} {shown}");
        }
    }

    #[test]
    fn times_are_kept_for_whatever_offset() {
        for (written, shown) in [
            ("2024-02-29T10:00:00+01:00", "2024-02-29T09:00:00Z"),
            ("2024-02-29T10:00:00.123456789Z", "2024-02-29t10:00:00.123z"),
            ("2024-02-29T10:00:00Z", "2024-02-29 10:00:00"),
            ("2024-02-29", "2024-02-29T00:00:00+00:00"),
            ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"),
            ("0001-01-01T00:00:00+14:00", "0000-12-31T10:00:00Z"),
            ("2024-12-31T23:30:00-0100", "2025-01-01T00:30:00Z"),
        ] {
            assert!(akin(&written.into(), Some(&shown.into())), "{written} {shown}");
        }
        for (written, shown) in [
            ("2024-02-29", "2024-02-28"),
            ("2024-02-29T10:00:00+01:00", "2024-02-29T10:00:00Z"),
            ("2024-02-29", "2024-02-29x"),
        ] {
            assert!(!akin(&written.into(), Some(&shown.into())), "{written} {shown}");
        }
        assert!(is_time(&"2024-02-29".into()) && !is_time(&"2024-02".into()));
    }

    #[test]
    fn sets_are_kept_in_any_order_and_objects_with_more() {
        for (written, shown) in [
            ("[1,2,2]", "[2,1,2]"),
            ("[1]", "[0,1]"),
            (r#"[{"a":1},{"a":2}]"#, r#"[{"a":2,"id":8},{"a":1,"id":9}]"#),
            (r#"{"a":1,"b":null}"#, r#"{"a":1,"c":0}"#),
        ] {
            assert!(kept(written, shown), "{written} {shown}");
        }
        for (written, shown) in
            [("[1,2]", "[1]"), ("[1,1]", "[1,2]"), (r#"{"a":1}"#, "{}"), ("[]", "[1]")]
        {
            assert!(!kept(written, shown), "{written} {shown}");
        }
    }

    #[test]
    fn what_is_empty_need_not_be_shown() {
        for nothing in ["null", "\"\"", "\" \"", "[]", "{}"] {
            assert!(akin(&json(nothing), None) && kept(nothing, "null"), "{nothing}");
        }
        for zero in ["0", "0.0", "false"] {
            assert!(akin(&json(zero), None) && !kept(zero, "1"), "{zero}");
        }
        for something in ["1", "true", "\"0\"", "[0]"] {
            assert!(!akin(&json(something), None), "{something}");
        }
        assert!(!kept("null", "1"));
    }

    #[test]
    fn what_is_alike_has_no_more_either() {
        let alike = |one: &str, other: &str| alike(&json(one), Some(&json(other)));
        assert!(alike("[1,2]", "[2,1.0]") && !alike("[1]", "[1,2]") && !alike("[1,2]", "[1]"));
        assert!(super::alike(&json("[]"), None) && !super::alike(&json("[1]"), None));
    }
}
