//! What one execution knows: answers so far, fresh values, variables, the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::case::Exchange;
use crate::value::{Fresh, Number, Object, Reference, Symbol, Text, Value, calendar, read};

/// Why a symbol has no value in this execution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The answer does not hold what is referred to.
    #[error("the answer of `{call}` holds nothing at `{at}`")]
    Missing {
        /// The call whose answer it is.
        call: String,
        /// The place.
        at: String,
    },
    /// The variable was not set by the set-up.
    #[error("the set-up printed no `{0}`; add it to the output of `setup`")]
    Variable(String),
    /// The secret is not configured.
    #[error("no identity gives the secret `{0}`; add it to phi-fuzz.toml")]
    Secret(String),
    /// The offset is none.
    #[error("`{0}` is no offset from now; write +1d, -2h or +30m, and `date` behind it for a date")]
    Now(String),
    /// The parts cannot be put together.
    #[error("`$join` has a part that is no text and no number")]
    Join,
}

/// What one execution knows.
#[derive(Debug)]
pub(super) struct Bindings<'e> {
    /// Distinguishes this execution from all others.
    pub(super) nonce: u64,
    /// Output of the set-up.
    pub(super) variables: &'e Value,
    /// Secrets by name.
    pub(super) secrets: &'e [(String, String)],
    answers: Vec<(String, Exchange, Option<Value>)>,
}

impl<'e> Bindings<'e> {
    /// Nothing is known yet.
    pub(super) fn new(nonce: u64, variables: &'e Value, secrets: &'e [(String, String)]) -> Self {
        Self { nonce, variables, secrets, answers: Vec::new() }
    }

    /// Remembers an answer, where later calls refer to answers at all.
    pub(super) fn learn(&mut self, exchange: &Exchange) {
        let body = exchange.answer().and_then(|answer| read::json(&answer.body).ok());
        self.answers.push((exchange.call.clone(), exchange.clone(), body));
    }

    /// The value with every symbol replaced.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value, Unresolved> {
        if value.is_concrete() {
            return Ok(value.clone());
        }
        Ok(match value {
            Value::Symbol(symbol) => self.symbol(symbol)?,
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.resolve(item)).collect::<Result<_, _>>()?)
            }
            Value::Object(object) => Value::Object(
                object
                    .iter()
                    .map(|(key, value)| Ok((key.clone(), self.resolve(value)?)))
                    .collect::<Result<Object, Unresolved>>()?,
            ),
            other => other.clone(),
        })
    }

    fn symbol(&self, symbol: &Symbol) -> Result<Value, Unresolved> {
        match symbol {
            Symbol::From(reference) => self.reference(reference).ok_or_else(|| {
                Unresolved::Missing { call: reference.call.clone(), at: reference.to_string() }
            }),
            Symbol::Fresh(fresh) => Ok(self.fresh(fresh)),
            Symbol::Join(parts) => {
                let mut points: Vec<u32> = Vec::new();
                for part in parts {
                    match self.resolve(part)? {
                        Value::String(text) => points.extend(text.code_points()),
                        Value::Number(number) => {
                            points.extend(number.lexeme().chars().map(u32::from));
                        }
                        _ => return Err(Unresolved::Join),
                    }
                }
                Ok(Value::String(Text::from_code_points(points)))
            }
            Symbol::Var(name) => {
                self.variables.get(name).cloned().ok_or_else(|| Unresolved::Variable(name.clone()))
            }
            Symbol::Secret(name) => {
                let secret = self.secrets.iter().find(|(known, _)| known == name);
                secret
                    .map(|(_, s)| Value::text(s.as_str()))
                    .ok_or_else(|| Unresolved::Secret(name.clone()))
            }
            Symbol::Now(offset) => now(offset).ok_or_else(|| Unresolved::Now(offset.clone())),
        }
    }

    fn reference(&self, reference: &Reference) -> Option<Value> {
        let (_, exchange, body) =
            self.answers.iter().find(|(call, _, _)| *call == reference.call)?;
        exchange.part(&reference.source, reference.matching.as_deref(), body.as_ref())
    }

    /// A value of the given shape that no other execution has.
    fn fresh(&self, fresh: &Fresh) -> Value {
        let mut seed = self.nonce;
        for octet in fresh.name.bytes() {
            seed = seed.wrapping_mul(0x100_0000_01B3) ^ u64::from(octet);
        }
        match &fresh.like {
            Some(Value::Number(number)) => {
                let base = number.as_i128().unwrap_or(1);
                Value::Number(Number::from(base + i128::from(seed % 1_000_000_000)))
            }
            Some(Value::String(like)) => Value::String(alike(like, seed)),
            Some(other) => other.clone(),
            None => Value::String(alike(&"00000000".into(), seed)),
        }
    }
}

/// A text of the same shape and length: letters and digits change within their kind.
fn alike(like: &Text, mut seed: u64) -> Text {
    let hexadecimal = like.len() >= 16
        && like
            .code_points()
            .all(|p| p == 0x2D || char::from_u32(p).is_some_and(|c| c.is_ascii_hexdigit()));
    let mut pick = |low: u32, count: u32| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + ((seed >> 33) as u32) % count
    };
    // A UUID says which version and variant it is of (RFC 9562, section 4).
    let is_uuid = Text::as_str(like).is_some_and(|text| {
        text.len() == 36 && text.match_indices('-').map(|(at, _)| at).eq([8, 13, 18, 23])
    });
    Text::from_code_points(like.code_points().enumerate().map(|(at, point)| match point {
        _ if is_uuid && matches!(at, 14 | 19) => point,
        0x30..=0x39 => pick(0x30, 10),
        0x41..=0x5A => pick(0x41, if hexadecimal { 6 } else { 26 }),
        0x61..=0x7A => pick(0x61, if hexadecimal { 6 } else { 26 }),
        other => other,
    }))
}

/// Today's date in UTC: `2027-01-31`.
pub fn today() -> String {
    now("+0s date").as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The time so far from now: RFC 3339, a date where `date` stands behind the offset.
fn now(offset: &str) -> Option<Value> {
    let (offset, form) = offset.trim().split_once(' ').unwrap_or((offset.trim(), ""));
    let seconds = if offset.is_empty() { 0 } else { seconds(offset)? };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let at = i64::try_from(since.as_secs()).ok()?.checked_add(seconds)?;
    let (days, time) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    let (year, month, day) = calendar::civil(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    Some(match form {
        "date" => Value::text(date),
        "seconds" => Value::int(at),
        "" | "date-time" => {
            let (hours, minutes, seconds) = (time / 3600, time / 60 % 60, time % 60);
            Value::text(format!("{date}T{hours:02}:{minutes:02}:{seconds:02}Z"))
        }
        _ => return None,
    })
}

fn seconds(offset: &str) -> Option<i64> {
    let (sign, rest) = match offset.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(unit)?.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Answer, Call, Header, Outcome};

    fn answered(call: &str, location: &str, body: &str) -> Exchange {
        let answer = Answer {
            status: 201,
            headers: vec![Header {
                name: "Location".to_owned(),
                value: location.to_owned().into(),
            }],
            body: body.to_owned().into(),
            ..Answer::default()
        };
        let call = Call { id: call.to_owned(), ..Call::default() };
        Exchange::of(&call, Outcome::Answered(answer))
    }

    fn resolve(file: &str) -> Result<Value, Unresolved> {
        let variables = Value::object([("tenant", "t1".into())]);
        let secrets = [("bob.bearer".to_owned(), "hush".to_owned())];
        let mut bindings = Bindings::new(7, &variables, &secrets);
        bindings.learn(&answered("s1", "/shelves/42/books?x=1", r#"{"id":"a","n":[1,2]}"#));
        bindings.resolve(&Value::from_file(&read::json(file.as_bytes()).unwrap()).unwrap())
    }

    #[test]
    fn places_of_answers_give_their_values() {
        for (file, value) in [
            (r#"{"$from":"s1/body/id"}"#, r#""a""#),
            (r#"{"x":[{"$from":"s1/body/n/1"}]}"#, r#"{"x":[2]}"#),
            (r#"{"$from":"s1/status"}"#, "201"),
            (r#"{"$from":{"at":"s1/header/location","match":"/shelves/{id}/"}}"#, r#""42""#),
            (r#"{"$from":{"at":"s1/header/location","match":"/books{id}"}}"#, r#""""#),
            (r#"{"$join":["n-",{"$from":"s1/body/n/0"}]}"#, r#""n-1""#),
            (r#"{"$var":"tenant"}"#, r#""t1""#),
            (r#"{"$secret":"bob.bearer"}"#, r#""hush""#),
        ] {
            assert_eq!(resolve(file).map(|v| v.to_string()), Ok(value.to_owned()), "{file}");
        }
        assert!(matches!(resolve(r#"{"$from":"s1/body/none"}"#), Err(Unresolved::Missing { .. })));
        assert!(matches!(resolve(r#"{"$from":"s2/status"}"#), Err(Unresolved::Missing { .. })));
    }

    #[test]
    fn fresh_values_keep_their_shape_and_differ_between_executions() {
        let nothing = Value::Null;
        let fresh = |nonce, like: &str| {
            let bindings = Bindings::new(nonce, &nothing, &[]);
            let like = Some(Value::text(like));
            bindings.fresh(&Fresh { name: "n1".to_owned(), like })
        };
        let first = fresh(1, "a@x.example");
        assert_eq!(first, fresh(1, "a@x.example"));
        assert_ne!(first, fresh(2, "a@x.example"));
        let text = first.as_str().unwrap().to_owned();
        assert_eq!((text.len(), text.find('@')), (11, Some(1)));
    }

    #[test]
    fn a_new_uuid_is_of_the_version_and_variant_of_the_one_it_is_like() {
        for seed in 0..20 {
            let text = alike(&"0f8fad5b-d9cb-469f-a165-70867728950e".into(), seed);
            let text = text.as_str().unwrap().to_owned();
            assert_eq!((&text[14..15], &text[19..20]), ("4", "a"), "{text}");
            assert!(text != "0f8fad5b-d9cb-469f-a165-70867728950e");
        }
    }

    #[test]
    fn a_day_from_now_is_a_date() {
        assert!(now("+1d date").unwrap().as_str().unwrap().len() == 10 && now("soon").is_none());
    }
}
