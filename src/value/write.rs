//! The JSON writer.

use super::{Text, Value};

/// Writes `value` on one line without spaces; symbols as in a case file.
pub fn compact(value: &Value) -> String {
    let mut out = String::with_capacity(room(value));
    append(&mut out, value);
    out
}

/// Writes `value` over several lines, indented by two spaces, without a final newline.
///
/// Escapes control, bidirectional and zero-width characters, so that a diff shows them.
pub fn pretty(value: &Value) -> String {
    let mut out = String::new();
    append_pretty(&mut out, value, 0);
    out
}

/// About how many octets a value takes on one line: texts of megabytes should not move as it grows.
fn room(value: &Value) -> usize {
    match value {
        Value::String(text) => text.as_bytes().len() + 3,
        Value::Array(items) => 2 + items.iter().map(room).sum::<usize>(),
        Value::Object(object) => {
            let members = object.iter().map(|(key, value)| key.as_bytes().len() + 4 + room(value));
            2 + members.sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::Bytes(_) | Value::Symbol(_) => 32,
    }
}

/// Appends `value` on one line.
pub fn append(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
        Value::Number(number) => {
            use std::fmt::Write;
            let _ = write!(out, "{number}");
        }
        Value::String(text) => append_text(out, text, false),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                append(out, item);
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (index, (key, value)) in object.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                append_text(out, key, false);
                out.push(':');
                append(out, value);
            }
            out.push('}');
        }
        Value::Bytes(_) | Value::Symbol(_) => append(out, &value.to_file()),
    }
}

fn append_pretty(out: &mut String, value: &Value, indent: usize) {
    let line = |out: &mut String, indent: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', 2 * indent));
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, indent + 1);
                append_pretty(out, item, indent + 1);
            }
            line(out, indent);
            out.push(']');
        }
        Value::Object(object) if !object.is_empty() => {
            out.push('{');
            for (index, (key, value)) in object.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, indent + 1);
                append_text(out, key, true);
                out.push_str(": ");
                append_pretty(out, value, indent + 1);
            }
            line(out, indent);
            out.push('}');
        }
        Value::String(text) => append_text(out, text, true),
        Value::Bytes(_) | Value::Symbol(_) => append_pretty(out, &value.to_file(), indent),
        value => append(out, value),
    }
}

/// Appends a string in quotes; `visible` escapes what a reader of a diff could not see.
pub fn append_text(out: &mut String, text: &Text, visible: bool) {
    out.reserve(text.as_bytes().len() + 2);
    out.push('"');
    match text.as_str() {
        Some(text) if !visible && !text.as_bytes().chunks(64).any(holds_special) => {
            out.push_str(text);
        }
        _ => text.code_points().for_each(|point| append_point(out, point, visible)),
    }
    out.push('"');
}

/// Whether a chunk holds what must be escaped. Looks at all of it, so that many octets are looked at
/// at once: texts of megabytes go through here.
fn holds_special(chunk: &[u8]) -> bool {
    let special = |b: &u8| u8::from(*b < 0x20) | u8::from(*b == b'"') | u8::from(*b == b'\\');
    chunk.iter().fold(0, |found, b| found | special(b)) != 0
}

fn append_point(out: &mut String, point: u32, visible: bool) {
    use std::fmt::Write;
    match point {
        0x22 => out.push_str("\\\""),
        0x5C => out.push_str("\\\\"),
        0x08 => out.push_str("\\b"),
        0x0C => out.push_str("\\f"),
        0x0A => out.push_str("\\n"),
        0x0D => out.push_str("\\r"),
        0x09 => out.push_str("\\t"),
        _ => match char::from_u32(point) {
            Some(char) if point >= 0x20 && !(visible && is_invisible(point)) => out.push(char),
            Some(_) if point > 0xFFFF => {
                let low = point - 0x1_0000;
                let _ =
                    write!(out, "\\u{:04x}\\u{:04x}", 0xD800 + (low >> 10), 0xDC00 + (low & 0x3FF));
            }
            _ => {
                let _ = write!(out, "\\u{point:04x}");
            }
        },
    }
}

/// Controls, bidirectional marks, zero-width and other characters without a glyph.
fn is_invisible(point: u32) -> bool {
    matches!(point,
        0x7F..=0xA0 | 0xAD | 0x61C | 0x180E | 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F
        | 0x3000 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF0..=0xFFFB | 0xE0000..=0xE0FFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pretty_shows_what_cannot_be_seen() {
        let value = Value::object([("a", Value::text("x\u{202E}\u{0}é"))]);
        assert_eq!(pretty(&value), "{\n  \"a\": \"x\\u202e\\u0000é\"\n}");
        assert_eq!(compact(&value), "{\"a\":\"x\u{202E}\\u0000é\"}");
    }
}
