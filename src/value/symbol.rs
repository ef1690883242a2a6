//! Symbols: values that only an execution knows.

use super::{Pointer, Value};

/// A value that only an execution knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// A value of an earlier answer: `{ "$from": "s1/body/id" }`.
    From(Reference),
    /// New in each execution: `{ "$fresh": "n1" }`.
    Fresh(Fresh),
    /// Text put together: `{ "$join": ["shelves/", …] }`.
    Join(Vec<Value>),
    /// From the set-up output: `{ "$var": "tenant" }`.
    Var(String),
    /// From the configuration, never stored: `{ "$secret": "bob.bearer" }`.
    Secret(String),
    /// A date or time relative to now: `{ "$now": "+1d" }`.
    Now(String),
}

/// Where in the history a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The id of the call whose answer holds it.
    pub call: String,
    /// Which part of the answer.
    pub source: Source,
    /// A template with one `{name}` whose place gives the value, as in `/users/{id}`.
    pub matching: Option<String>,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// `status`
    Status,
    /// `header/NAME`
    Header(String),
    /// `body` and a JSON Pointer into it.
    Body(Pointer),
    /// `message/N` and a JSON Pointer into it: the Nth message of a stream, from 0.
    Message(usize, Pointer),
    /// `trailer/NAME`
    Trailer(String),
}

/// A value that is new in each execution and the same within one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fresh {
    /// The name: the same name is the same value within one execution.
    pub name: String,
    /// A value of the wanted shape and length; `None` for any short text.
    pub like: Option<Value>,
}

/// So many letters and digits that are new in each execution are like nothing that anyone has.
const TELLING: usize = 16;

/// Nobody counts so far.
const BEYOND_COUNTING: i128 = 1_000_000_000;

impl Fresh {
    /// Whether nothing can be called what it stands for: it is too long, or too great, to be met by
    /// chance.
    pub fn is_nobodys(&self) -> bool {
        match &self.like {
            Some(Value::String(text)) => {
                let telling = |point: &u32| {
                    char::from_u32(*point).is_some_and(|char| char.is_ascii_alphanumeric())
                };
                text.code_points().filter(telling).count() >= TELLING
            }
            Some(Value::Number(number)) => {
                number.as_i128().is_some_and(|number| number >= BEYOND_COUNTING)
            }
            _ => false,
        }
    }
}

impl Reference {
    /// The value that stands for it.
    pub fn symbol(self) -> Value {
        Value::Symbol(Box::new(Symbol::From(self)))
    }

    /// Reads `s1/body/id`.
    ///
    /// # Errors
    /// The text names no part of an answer.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || {
            format!(
                "`{text}` names no part of an answer; write CALL/status, CALL/header/NAME, \
                 CALL/body/POINTER, CALL/message/N/POINTER or CALL/trailer/NAME"
            )
        };
        let (call, rest) = text.split_once('/').ok_or_else(bad)?;
        let (part, rest) = rest.split_once('/').map_or((rest, None), |(part, r)| (part, Some(r)));
        let pointer = |rest: Option<&str>| {
            rest.map_or(Ok(Pointer::root()), |rest| Pointer::parse(&format!("/{rest}")))
        };
        let source = match (part, rest) {
            ("status", None) => Source::Status,
            ("header", Some(name)) => Source::Header(name.to_owned()),
            ("trailer", Some(name)) => Source::Trailer(name.to_owned()),
            ("body", rest) => Source::Body(pointer(rest)?),
            ("message", Some(rest)) => {
                let (index, rest) =
                    rest.split_once('/').map_or((rest, None), |(index, r)| (index, Some(r)));
                Source::Message(index.parse().map_err(|_| bad())?, pointer(rest)?)
            }
            _ => return Err(bad()),
        };
        if call.is_empty() {
            return Err(bad());
        }
        Ok(Self { call: call.to_owned(), source, matching: None })
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/", self.call)?;
        match &self.source {
            Source::Status => f.write_str("status"),
            Source::Header(name) => write!(f, "header/{name}"),
            Source::Trailer(name) => write!(f, "trailer/{name}"),
            Source::Body(pointer) => write!(f, "body{pointer}"),
            Source::Message(index, pointer) => write!(f, "message/{index}{pointer}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_answers_round_trip() {
        for text in [
            "s1/status",
            "s1/header/location",
            "s1/body",
            "s1/body/a~1b/0",
            "m/message/2/id",
            "s/trailer/x",
        ] {
            assert_eq!(Reference::parse(text).unwrap().to_string(), text);
        }
        for text in ["s1", "s1/", "/body/x", "s1/cookie/a", "s1/message/x"] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
    }
}
