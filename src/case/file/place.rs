//! A cursor over the values of a file that knows where it stands.

use std::borrow::Cow;
use std::time::Duration;

use crate::value::{Object, Pointer, Text, Value, duration, nearest};

/// Something that does not belong where it stands.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) at: Pointer,
    pub(super) message: String,
}

/// What reading a part of a file gives.
pub(super) type Read<T> = Result<T, Wrong>;

/// A value of the file and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Place<'f> {
    pub(super) value: &'f Value,
    pub(super) at: Pointer,
}

impl<'f> Place<'f> {
    pub(super) fn root(value: &'f Value) -> Self {
        Self { value, at: Pointer::root() }
    }

    pub(super) fn wrong<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Wrong { at: self.at.clone(), message: message.into() })
    }

    fn needs<T>(&self, what: &str) -> Read<T> {
        self.wrong(format!("needs {what}, not {}", kind(self.value)))
    }

    /// An object, whatever its keys; none may stand twice.
    pub(super) fn any_object(&self) -> Read<Members<'f>> {
        let Some(object) = self.value.as_object() else { return self.needs("an object") };
        let mut keys: Vec<&Text> = object.keys().collect();
        keys.sort_unstable();
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            let key = pair[0];
            let at = self.at.child(key);
            return Err(Wrong { at, message: format!("the key `{key}` stands twice") });
        }
        Ok(Members { object, at: self.at.clone() })
    }

    /// An object that has no keys but these.
    pub(super) fn object(&self, known: &[&str]) -> Read<Members<'f>> {
        let members = self.any_object()?;
        members.only(known)?;
        Ok(members)
    }

    /// The elements of an array.
    pub(super) fn list(&self) -> Read<Vec<Self>> {
        let Some(items) = self.value.as_array() else { return self.needs("a list") };
        let place = |(index, value)| Self { value, at: self.at.index(index) };
        Ok(items.iter().enumerate().map(place).collect())
    }

    /// Text without lone surrogates.
    pub(super) fn text(&self) -> Read<String> {
        match self.value {
            Value::String(text) => match text.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => self.wrong("holds half of a surrogate pair, which only values may"),
            },
            _ => self.needs("a text"),
        }
    }

    /// Any text.
    pub(super) fn any_text(&self) -> Read<Text> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            _ => self.needs("a text"),
        }
    }

    /// One of some names.
    pub(super) fn one_of<T: Copy>(&self, choices: &[(&str, T)]) -> Read<T> {
        let text = self.text()?;
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == text) {
            return Ok(*choice);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        self.wrong(format!("`{text}` is not known here; {}", nearest::advice(&text, &names)))
    }

    /// A whole number of a range.
    pub(super) fn whole<T: TryFrom<i128>>(&self, least: i128, most: i128) -> Read<T> {
        let number = self.value.as_number().and_then(crate::value::Number::as_i128);
        match number.filter(|n| (least..=most).contains(n)).and_then(|n| T::try_from(n).ok()) {
            Some(number) => Ok(number),
            None => self.needs(&format!("a whole number from {least} to {most}")),
        }
    }

    pub(super) fn count(&self) -> Read<u32> {
        self.whole(0, u32::MAX.into())
    }

    pub(super) fn bool(&self) -> Read<bool> {
        self.value.as_bool().map_or_else(|| self.needs("true or false"), Ok)
    }

    pub(super) fn duration(&self) -> Read<Duration> {
        let Some(text) = self.value.as_str() else {
            return self.needs("a duration such as \"500ms\"");
        };
        duration::parse(text).or_else(|message| self.wrong(message))
    }

    /// A value that is sent or came, its symbols read.
    pub(super) fn value(&self) -> Read<Value> {
        Value::from_file(self.value).map_err(|(below, message)| Wrong {
            at: self.at.tokens().iter().chain(below.tokens()).cloned().collect(),
            message,
        })
    }

    /// A list of texts.
    pub(super) fn texts(&self) -> Read<Vec<String>> {
        self.list()?.iter().map(Self::text).collect()
    }
}

/// The members of an object.
#[derive(Clone, Debug)]
pub(super) struct Members<'f> {
    object: &'f Object,
    pub(super) at: Pointer,
}

impl<'f> Members<'f> {
    /// The member of this key.
    pub(super) fn find(&self, key: &str) -> Option<Place<'f>> {
        let value = self.object.get(key)?;
        Some(Place { value, at: self.at.child(key) })
    }

    /// The member of this key, which must be there.
    pub(super) fn need(&self, key: &str) -> Read<Place<'f>> {
        self.find(key).ok_or_else(|| Wrong {
            at: self.at.clone(),
            message: format!("has no `{key}`, which must be there"),
        })
    }

    /// What `read` makes of the member of this key, where it is there.
    pub(super) fn map<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Place<'f>) -> Read<T>,
    ) -> Read<Option<T>> {
        self.find(key).map(|place| read(&place)).transpose()
    }

    /// All members, with their keys.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'f Text, Place<'f>)> {
        self.object.iter().map(|(key, value)| (key, Place { value, at: self.at.child(key) }))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.object.contains(key)
    }

    /// That there are no keys but these.
    pub(super) fn only(&self, known: &[&str]) -> Read<()> {
        match self.object.keys().find(|key| !known.iter().any(|known| *key == known)) {
            None => Ok(()),
            Some(key) => Err(Wrong {
                at: self.at.child(key),
                message: format!("unknown key `{key}`; {}", nearest::advice(&key.lossy(), known)),
            }),
        }
    }

    /// The one member of an object that must have exactly one.
    pub(super) fn single(&self, what: &str) -> Read<(String, Place<'f>)> {
        let mut all = self.all();
        match (all.next(), all.next()) {
            (Some((key, place)), None) => Ok((key.lossy().into_owned(), place)),
            _ => Err(Wrong {
                at: self.at.clone(),
                message: format!("{what} is an object of exactly one key"),
            }),
        }
    }
}

/// What a value is, for people.
fn kind(value: &Value) -> Cow<'static, str> {
    Cow::Borrowed(match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) => return number.to_string().into(),
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        _ => "an object",
    })
}
