//! The JSON reader: RFC 8259, strict in grammar, lossless in content.
//!
//! Accepts what the grammar allows and other parsers lose: numbers of any size, lone surrogates,
//! repeated keys. Refuses what the grammar refuses, and nesting deeper than [`MAX_DEPTH`].

use std::fmt;

use super::{Number, Object, Text, Value};

/// Deepest nesting of arrays and objects that is read.
pub const MAX_DEPTH: usize = 512;

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What was wrong, a lower-case fragment.
    pub message: &'static str,
    /// Offset in bytes from the beginning.
    pub offset: usize,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in bytes, counted from 1.
    pub column: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {} column {}", self.message, self.line, self.column)
    }
}

impl std::error::Error for Error {}

/// Reads one JSON text; nothing but white space may follow it.
///
/// # Errors
/// The first place where the text leaves the grammar.
pub fn json(text: &[u8]) -> Result<Value, Error> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let read = reader.value().and_then(|value| {
        reader.space();
        if reader.at < text.len() { Err("text goes on after the value") } else { Ok(value) }
    });
    read.map_err(|message| {
        let before = &text[..reader.at.min(text.len())];
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        Error {
            message,
            offset: reader.at,
            line: 1 + before.iter().filter(|b| **b == b'\n').count(),
            column: 1 + before.len() - line_start,
        }
    })
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
}

type Read<T> = Result<T, &'static str>;

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Read<Value> {
        self.space();
        match self.peek() {
            None => Err("text ends where a value should be"),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Read<Value>) -> Read<Value> {
        if self.depth == MAX_DEPTH {
            return Err("nested deeper than 512 levels");
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Read<Value> {
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return Err("expected `,` or `]`");
            }
        }
    }

    fn object(&mut self) -> Read<Value> {
        let mut object = Object::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(object));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err("expected a key in quotes");
            }
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return Err("expected `:`");
            }
            object.push(key, self.value()?);
            self.space();
            if self.take(b'}') {
                return Ok(Value::Object(object));
            }
            if !self.take(b',') {
                return Err("expected `,` or `}`");
            }
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self) -> Read<Value> {
        for (word, value) in
            [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
        {
            if self.text[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err("expected a value")
    }

    fn number(&mut self) -> Read<Value> {
        let rest = &self.text[self.at..];
        let length = rest
            .iter()
            .take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
            .count();
        let lexeme = std::str::from_utf8(&rest[..length]).map_err(|_| "malformed number")?;
        let number = Number::parse(lexeme).ok_or("malformed number")?;
        self.at += length;
        Ok(Value::Number(number))
    }

    fn string(&mut self) -> Read<Text> {
        self.at += 1;
        let start = self.at;
        let plain =
            self.text[start..].iter().take_while(|b| !matches!(b, b'"' | b'\\' | 0..=0x1F)).count();
        self.at += plain;
        if self.peek() == Some(b'"') {
            let text = std::str::from_utf8(&self.text[start..self.at])
                .map_err(|_| "string is not UTF-8")?;
            self.at += 1;
            return Ok(text.into());
        }
        self.escaped_string(start)
    }

    /// The rest of a string that holds an escape; its plain beginning starts at `start`.
    fn escaped_string(&mut self, start: usize) -> Read<Text> {
        let mut points: Vec<u32> = Vec::new();
        let mut run = start;
        loop {
            let plain = self.peek().is_some_and(|b| !matches!(b, b'"' | b'\\' | 0..=0x1F));
            if plain {
                self.at += 1;
                continue;
            }
            let text =
                std::str::from_utf8(&self.text[run..self.at]).map_err(|_| "string is not UTF-8")?;
            points.extend(text.chars().map(u32::from));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Text::from_code_points(points));
                }
                Some(b'\\') => points.push(self.escape()?),
                Some(_) => return Err("control character in a string"),
                None => return Err("string without an end"),
            }
            run = self.at;
        }
    }

    fn escape(&mut self) -> Read<u32> {
        self.at += 1;
        let escape = self.peek().ok_or("string without an end")?;
        self.at += 1;
        Ok(match escape {
            b'"' | b'\\' | b'/' => u32::from(escape),
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => 0x0A,
            b'r' => 0x0D,
            b't' => 0x09,
            b'u' => {
                let hex = self.text.get(self.at..self.at + 4).ok_or("string without an end")?;
                let point = hex.iter().try_fold(0, |point, digit| {
                    Some(point << 4 | char::from(*digit).to_digit(16)?)
                });
                self.at += 4;
                point.ok_or("malformed \\u escape")?
            }
            _ => return Err("unknown escape"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) {
        assert_eq!(json(text.as_bytes()).unwrap().to_string(), text);
    }

    #[test]
    fn nothing_is_lost() {
        round_trip(r#"{"a":1,"a":2}"#);
        round_trip(r#"["\ud800",1e400,18446744073709551616,-0,1.0,"\u0000"]"#);
        round_trip(r#"{"":[[],{},null,true,false,"é😀"]}"#);
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        for (text, line, column) in [
            ("", 1, 1),
            ("{\"a\":1,}", 1, 8),
            ("[1\n,\n]", 3, 1),
            ("nul", 1, 1),
            ("\"\u{1}\"", 1, 2),
            ("\"\\x\"", 1, 4),
            ("1 2", 1, 3),
            ("[01]", 1, 2),
        ] {
            let error = json(text.as_bytes()).unwrap_err();
            assert_eq!((error.line, error.column), (line, column), "{text:?}: {error}");
        }
        assert!(json(b"\"\xFF\"").is_err());
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(json(deep(MAX_DEPTH).as_bytes()).is_ok());
        assert!(json(deep(MAX_DEPTH + 1).as_bytes()).is_err());
    }
}
