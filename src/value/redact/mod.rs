//! Secrets taken out of everything that is kept or shown.
//!
//! Only secrets that were configured are known, so only they are taken out; in whatever encoding
//! they stand: as they are, percent-encoded (RFC 3986, section 2.1; octet by octet, so that any
//! choice of what to encode is seen; `+` for a space), escaped in JSON (RFC 8259, section 7; the
//! same), in hexadecimal, and in base64 of either alphabet (RFC 4648, sections 4 and 5), alone or
//! in the middle of a longer text such as the `user:password` of RFC 7617. Base64 and hexadecimal
//! may themselves be percent-encoded.
//!
//! Secrets of fewer than [`SHORTEST_PART`] characters are only recognised where they are the whole
//! of a text: taken out of the middle of texts they would shred what has nothing to do with them.
//! An empty secret is none.

mod needle;

use std::borrow::Cow;

use self::needle::{Needle, Pairs};
use super::{Fresh, Number, Object, Symbol, Text, Value};

/// Secrets of fewer characters are taken out of whole texts only, never out of their middle.
pub const SHORTEST_PART: usize = 4;

/// Takes named secrets out of octets, texts and values.
///
/// In octets and texts, `[secret:NAME]` stands for what was taken out. In values it is the symbol
/// `{"$secret": NAME}` where it was the whole string, and part of a `$join` where it was not;
/// an encoded secret becomes the same symbol, which then names it without its encoding.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<Secret>,
    /// Longest first, so that of two secrets that begin alike the longer one is seen.
    needles: Vec<Needle>,
    /// What any needle can begin with: the rest of a text is passed over quickly.
    pairs: Pairs,
}

#[derive(Clone)]
struct Secret {
    name: String,
    text: String,
}

/// A secret in some octets.
#[derive(Clone, Copy, Debug)]
struct Hit {
    begin: usize,
    end: usize,
    secret: usize,
}

impl std::fmt::Debug for Redactor {
    /// The names alone.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.secrets.iter().map(|secret| &secret.name)).finish()
    }
}

impl Redactor {
    /// A redactor of these secrets, each a name and its text.
    pub fn new<N, T>(secrets: impl IntoIterator<Item = (N, T)>) -> Self
    where
        N: Into<String>,
        T: Into<String>,
    {
        let secrets: Vec<Secret> = secrets
            .into_iter()
            .map(|(name, text)| Secret { name: name.into(), text: text.into() })
            .filter(|secret| !secret.text.is_empty())
            .collect();
        let mut needles: Vec<Needle> = Vec::new();
        for (index, secret) in secrets.iter().enumerate() {
            if secret.text.chars().count() >= SHORTEST_PART {
                needles.extend(Needle::all(index, &secret.text));
            }
        }
        needles.sort_by_key(|needle| std::cmp::Reverse(secrets[needle.secret].text.len()));
        let pairs = Pairs::of(&needles);
        Self { secrets, needles, pairs }
    }

    /// Whether it knows no secret.
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// Octets without secrets; borrowed where they held none.
    pub fn octets<'o>(&self, octets: &'o [u8]) -> Cow<'o, [u8]> {
        let hits = self.hits(octets);
        if hits.is_empty() {
            return Cow::Borrowed(octets);
        }
        let mut out = Vec::with_capacity(octets.len());
        let mut from = 0;
        for hit in hits {
            out.extend_from_slice(&octets[from..hit.begin]);
            out.extend_from_slice(mark(&self.symbol_of(hit.secret)).as_bytes());
            from = hit.end;
        }
        out.extend_from_slice(&octets[from..]);
        Cow::Owned(out)
    }

    /// Text without secrets; borrowed where it held none.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.octets(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(octets) => Cow::Owned(String::from_utf8_lossy(&octets).into_owned()),
        }
    }

    /// A value without secrets; borrowed where it held none.
    pub fn value<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        if self.secrets.is_empty() || !self.stands_in(value) {
            return Cow::Borrowed(value);
        }
        Cow::Owned(match value {
            Value::String(text) => self.string(text),
            Value::Number(number) => self.number(number).unwrap_or_else(|| value.clone()),
            Value::Bytes(bytes) => Value::Bytes(self.octets(bytes).into_owned()),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.value(item).into_owned()).collect())
            }
            Value::Object(object) => Value::Object(self.object(object)),
            Value::Symbol(symbol) => Value::Symbol(Box::new(self.symbol(symbol))),
            Value::Null | Value::Bool(_) => value.clone(),
        })
    }

    fn stands_in(&self, value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::String(text) => !self.hits(text.as_bytes()).is_empty(),
            Value::Number(number) => self.number(number).is_some(),
            Value::Bytes(bytes) => !self.hits(bytes).is_empty(),
            Value::Array(items) => items.iter().any(|item| self.stands_in(item)),
            Value::Object(object) => object
                .iter()
                .any(|(key, value)| !self.hits(key.as_bytes()).is_empty() || self.stands_in(value)),
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Join(parts) => parts.iter().any(|part| self.stands_in(part)),
                Symbol::Fresh(Fresh { like: Some(like), .. }) => self.stands_in(like),
                _ => false,
            },
        }
    }

    fn string(&self, text: &Text) -> Value {
        let mut parts = self.parts(text);
        if parts.len() == 1 {
            return parts.remove(0);
        }
        Value::Symbol(Box::new(Symbol::Join(parts)))
    }

    /// The pieces of a text: what is no secret, and symbols for what is.
    fn parts(&self, text: &Text) -> Vec<Value> {
        let mut parts = Vec::new();
        let mut from = 0;
        let length = text.as_bytes().len();
        for hit in self.hits(text.as_bytes()) {
            if from < hit.begin {
                parts.push(Value::String(text.part(from..hit.begin)));
            }
            parts.push(self.secret(hit.secret));
            from = hit.end;
        }
        if from < length || length == 0 {
            parts.push(Value::String(text.part(from..length)));
        }
        parts
    }

    /// A number that is a secret; parts of numbers are let stand.
    fn number(&self, number: &Number) -> Option<Value> {
        let lexeme = number.lexeme();
        self.secrets.iter().position(|secret| *secret.text == *lexeme).map(|i| self.secret(i))
    }

    fn object(&self, object: &Object) -> Object {
        // A key cannot be a symbol.
        let key = |key: &Text| {
            let parts = self.parts(key);
            Text::from_code_points(parts.iter().flat_map(|part| match part {
                Value::String(text) => text.code_points().collect::<Vec<_>>(),
                Value::Symbol(symbol) => mark(symbol).chars().map(u32::from).collect(),
                _ => Vec::new(),
            }))
        };
        object.iter().map(|(k, value)| (key(k), self.value(value).into_owned())).collect()
    }

    fn symbol(&self, symbol: &Symbol) -> Symbol {
        match symbol {
            Symbol::Join(parts) => Symbol::Join(
                parts
                    .iter()
                    .flat_map(|part| match part {
                        Value::String(text) => self.parts(text),
                        part => vec![self.value(part).into_owned()],
                    })
                    .collect(),
            ),
            Symbol::Fresh(fresh) => Symbol::Fresh(Fresh {
                name: fresh.name.clone(),
                like: fresh.like.as_ref().map(|like| self.value(like).into_owned()),
            }),
            other => other.clone(),
        }
    }

    fn secret(&self, index: usize) -> Value {
        Value::Symbol(Box::new(self.symbol_of(index)))
    }

    fn symbol_of(&self, index: usize) -> Symbol {
        Symbol::Secret(self.secrets[index].name.clone())
    }

    /// All secrets in some octets, in order, none over another.
    fn hits(&self, octets: &[u8]) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        if let Some(secret) = self.secrets.iter().position(|s| s.text.as_bytes() == octets) {
            hits.push(Hit { begin: 0, end: octets.len(), secret });
            return hits;
        }
        let mut at = 0;
        while let Some(begin) = self.pairs.find(octets, at) {
            let found = self.needles.iter().find_map(|needle| {
                let (begin, end) = needle.find(octets, begin)?;
                Some(Hit { begin, end, secret: needle.secret })
            });
            match found {
                Some(hit) => {
                    let free = hits.last().map_or(0, |last| last.end);
                    hits.push(Hit { begin: hit.begin.max(free), ..hit });
                    at = hit.end;
                }
                None => at = begin + 1,
            }
        }
        hits
    }
}

/// What stands for a secret where no symbol can.
fn mark(symbol: &Symbol) -> String {
    if let Symbol::Secret(name) = symbol { format!("[secret:{name}]") } else { String::new() }
}

#[cfg(test)]
mod tests;
