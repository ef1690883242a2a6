//! JSON Pointer, RFC 6901.

use std::fmt;

use super::{Text, Value};

/// A path into a value: the reference tokens of RFC 6901, unescaped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(Vec<Text>);

impl Pointer {
    /// The whole value.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads `/a/0/b~1c`; the empty text is the root.
    ///
    /// # Errors
    /// The text does not begin with `/`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::root());
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(format!("pointer `{text}` does not begin with `/`"));
        };
        let token = |token: &str| {
            if token.contains('~') {
                token.replace("~1", "/").replace("~0", "~").into()
            } else {
                token.into()
            }
        };
        Ok(Self(rest.split('/').map(token).collect()))
    }

    /// This pointer, one token deeper.
    #[must_use]
    pub fn child(&self, token: impl Into<Text>) -> Self {
        let mut tokens = self.0.clone();
        tokens.push(token.into());
        Self(tokens)
    }

    /// This pointer, at an element of the array it names.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.child(index.to_string())
    }

    /// This pointer, and then the other below it.
    #[must_use]
    pub fn join(&self, below: &Self) -> Self {
        self.0.iter().chain(&below.0).cloned().collect()
    }

    /// Goes one token deeper.
    pub fn push(&mut self, token: impl Into<Text>) {
        self.0.push(token.into());
    }

    /// Goes back one token.
    pub fn pop(&mut self) -> Option<Text> {
        self.0.pop()
    }

    /// The tokens from the root.
    pub fn tokens(&self) -> &[Text] {
        &self.0
    }

    /// Whether `other` lies at or below this place.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The value at this place.
    pub fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(value, |value, token| match value {
            Value::Object(object) => {
                object.iter().rev().find(|(key, _)| key == token).map(|(_, value)| value)
            }
            Value::Array(items) => items.get(array_index(token)?),
            _ => None,
        })
    }

    /// The value at this place, for change.
    pub fn find_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        self.0.iter().try_fold(value, |value, token| match value {
            Value::Object(object) => {
                object.iter_mut().rev().find(|(key, _)| key == token).map(|(_, value)| value)
            }
            Value::Array(items) => items.get_mut(array_index(token)?),
            _ => None,
        })
    }
}

/// The index that a token means in an array (RFC 6901, section 4).
pub(crate) fn array_index(token: &Text) -> Option<usize> {
    let text = token.as_str()?;
    let canonical =
        text == "0" || !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    if canonical { text.parse().ok() } else { None }
}

impl FromIterator<Text> for Pointer {
    fn from_iter<I: IntoIterator<Item = Text>>(tokens: I) -> Self {
        Self(tokens.into_iter().collect())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for token in &self.0 {
            let token = token.lossy();
            f.write_str("/")?;
            if token.contains(['~', '/']) {
                f.write_str(&token.replace('~', "~0").replace('/', "~1"))?;
            } else {
                f.write_str(&token)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_round_trip() {
        let pointer = Pointer::parse("/a~1b/m~0n/0").unwrap();
        assert_eq!(pointer.tokens(), ["a/b", "m~n", "0"].map(Text::from));
        assert_eq!(pointer.to_string(), "/a~1b/m~0n/0");
    }

    #[test]
    fn an_index_with_a_leading_zero_names_nothing() {
        let value = Value::Array(vec![Value::Null, Value::Null]);
        assert!(Pointer::parse("/01").unwrap().find(&value).is_none());
        assert!(Pointer::parse("/1").unwrap().find(&value).is_some());
    }
}
