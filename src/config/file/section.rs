//! Places of a configuration file, with their lines.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Error, Lookup, interpolate};
use crate::value::{Number, Value, duration, nearest};

/// What reading a place gives.
pub(super) type Read<T> = Result<T, Error>;

/// A configuration file while it is read.
pub(super) struct Document<'d> {
    path: &'d Path,
    text: &'d str,
    env: &'d Lookup<'d>,
    /// The variables that texts were filled with so far: the key of the text, name, value.
    filled: RefCell<Vec<(String, String, String)>>,
}

impl<'d> Document<'d> {
    /// The file at a path, with its text and what variables stand for.
    pub(super) fn new(path: &'d Path, text: &'d str, env: &'d Lookup<'d>) -> Self {
        Self { path, text, env, filled: RefCell::default() }
    }

    /// What variables gave to the texts of these keys, each named `env.NAME`.
    pub(super) fn secrets(&self, of: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let filled = self.filled.borrow();
        let meant = filled.iter().filter(|(key, ..)| of(key));
        let mut secrets: Vec<_> =
            meant.map(|(_, name, value)| (format!("env.{name}"), value.clone())).collect();
        secrets.sort();
        secrets.dedup();
        secrets
    }

    /// The tables of the file.
    pub(super) fn parse(&self) -> Read<DeTable<'d>> {
        DeTable::parse(self.text).map(Spanned::into_inner).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let before = self.text.get(..offset).unwrap_or(self.text);
            Error::Syntax {
                path: self.path.to_owned(),
                line: self.line(offset),
                column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
                message: error.message().to_owned(),
            }
        })
    }

    /// The section around all others.
    pub(super) fn top<'s>(&'s self, table: &'s DeTable<'d>) -> Section<'s> {
        Section::new(self, String::new(), 0, table)
    }

    fn line(&self, offset: usize) -> usize {
        self.text.get(..offset).unwrap_or(self.text).matches('\n').count() + 1
    }
}

/// A table of the file.
pub(super) struct Section<'s> {
    document: &'s Document<'s>,
    key: String,
    offset: usize,
    /// Name, where it stands, value; in the order of the file.
    entries: Vec<(&'s str, usize, &'s Spanned<DeValue<'s>>)>,
}

impl<'s> Section<'s> {
    fn new(document: &'s Document<'_>, key: String, offset: usize, table: &'s DeTable<'_>) -> Self {
        let mut entries: Vec<_> =
            table.iter().map(|(key, value)| (&**key.get_ref(), key.span().start, value)).collect();
        entries.sort_by_key(|(_, offset, _)| *offset);
        Self { document, key, offset, entries }
    }

    /// Refuses keys that are not known, with the nearest one.
    pub(super) fn only(&self, known: &[&str]) -> Read<()> {
        match self.entries().find(|(name, _)| !known.contains(name)) {
            None => Ok(()),
            Some((name, place)) => {
                place.wrong(format!("is not known; {}", nearest::advice(name, known)))
            }
        }
    }

    /// The place under a key.
    pub(super) fn get(&self, key: &str) -> Option<Place<'s>> {
        self.entries().find(|(name, _)| *name == key).map(|(_, place)| place)
    }

    /// What stands under a key, read.
    pub(super) fn map<T>(
        &self,
        key: &str,
        read: impl Fn(&Place<'s>) -> Read<T>,
    ) -> Read<Option<T>> {
        self.get(key).map(|place| read(&place)).transpose()
    }

    /// What stands under a key: one text or several.
    pub(super) fn texts(&self, key: &str) -> Read<Vec<String>> {
        Ok(self.map(key, |place| place.one_or_more(Place::text))?.unwrap_or_default())
    }

    /// All places, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'s str, Place<'s>)> + '_ {
        self.entries.iter().map(|(name, offset, value)| {
            let key = if self.key.is_empty() {
                (*name).to_owned()
            } else {
                format!("{}.{name}", self.key)
            };
            let place =
                Place { document: self.document, key, offset: *offset, value: value.get_ref() };
            (*name, place)
        })
    }

    /// An error about the section as a whole.
    pub(super) fn wrong<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(error(self.document, self.offset, &self.key, message))
    }
}

/// One value of the file.
pub(super) struct Place<'s> {
    document: &'s Document<'s>,
    key: String,
    offset: usize,
    value: &'s DeValue<'s>,
}

impl<'s> Place<'s> {
    /// An error about this place: a lower-case fragment.
    pub(super) fn wrong<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(error(self.document, self.offset, &self.key, message))
    }

    fn expected<T>(&self, what: &str) -> Read<T> {
        let kind = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.wrong(format!("is {kind}, but should be {what}"))
    }

    /// A text, its variables filled in.
    pub(super) fn text(&self) -> Read<String> {
        match self.value {
            DeValue::String(text) => {
                let env = |name: &str| {
                    let value = (self.document.env)(name)?;
                    let filled = (self.key.clone(), name.to_owned(), value.clone());
                    self.document.filled.borrow_mut().push(filled);
                    Some(value)
                };
                interpolate::interpolate(text, &env).or_else(|message| self.wrong(message))
            }
            _ => self.expected("a text in quotes"),
        }
    }

    /// A text that `parse` understands.
    pub(super) fn parsed<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Read<T> {
        parse(&self.text()?).or_else(|message| self.wrong(message))
    }

    /// A text or a number that `parse` understands.
    pub(super) fn parsed_number<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Read<T> {
        match self.value {
            DeValue::Integer(number) => {
                parse(&number.to_string()).or_else(|message| self.wrong(message))
            }
            DeValue::Float(number) => parse(number.as_str()).or_else(|message| self.wrong(message)),
            _ => self.parsed(parse),
        }
    }

    /// A duration: `500ms`.
    pub(super) fn duration(&self) -> Read<Duration> {
        self.parsed_number(duration::parse)
    }

    /// A text out of several.
    pub(super) fn one_of(&self, known: &[&str]) -> Read<String> {
        let text = self.text()?;
        if known.contains(&&*text) {
            return Ok(text);
        }
        self.wrong(format!("`{text}` is not known; {}", nearest::advice(&text, known)))
    }

    /// A whole number that is not negative and fits.
    pub(super) fn integer<T: TryFrom<u64>>(&self) -> Read<T> {
        let DeValue::Integer(number) = self.value else {
            return self.expected("a whole number");
        };
        let read = u64::from_str_radix(number.as_str().trim_start_matches('+'), number.radix());
        read.ok()
            .and_then(|number| T::try_from(number).ok())
            .map_or_else(|| self.wrong(format!("{number} is negative or too large")), Ok)
    }

    /// A whole number from 1 on.
    pub(super) fn positive<T: TryFrom<u64> + PartialEq + Default>(&self) -> Read<T> {
        let number: T = self.integer()?;
        if number == T::default() {
            return self.wrong("is 0, but should be 1 or more");
        }
        Ok(number)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self) -> Read<bool> {
        match self.value {
            DeValue::Boolean(boolean) => Ok(*boolean),
            _ => self.expected("true or false"),
        }
    }

    /// A path, relative to the folder of the file.
    pub(super) fn path(&self) -> Read<PathBuf> {
        let text = self.text()?;
        if text.is_empty() {
            return self.wrong("is empty, but should be a path");
        }
        Ok(self.beside(&text))
    }

    /// A path as seen from the folder of the file.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        match self.document.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.join(path),
            _ => PathBuf::from(path),
        }
    }

    /// A list.
    pub(super) fn list<T>(&self, read: impl Fn(&Place<'s>) -> Read<T>) -> Read<Vec<T>> {
        let DeValue::Array(items) = self.value else { return self.expected("a list") };
        let item = |item: &'s Spanned<DeValue<'s>>| {
            read(&Place {
                document: self.document,
                key: self.key.clone(),
                offset: item.span().start,
                value: item.get_ref(),
            })
        };
        items.iter().map(item).collect()
    }

    /// One of something, or a list of it.
    pub(super) fn one_or_more<T>(&self, read: impl Fn(&Place<'s>) -> Read<T>) -> Read<Vec<T>> {
        match self.value {
            DeValue::Array(_) => self.list(read),
            _ => Ok(vec![read(self)?]),
        }
    }

    /// A table.
    pub(super) fn section(&self) -> Read<Section<'s>> {
        match self.value {
            DeValue::Table(table) => {
                Ok(Section::new(self.document, self.key.clone(), self.offset, table))
            }
            _ => self.expected("a table"),
        }
    }

    /// Whether it is a table.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    /// Any value, as JSON; dates become texts.
    pub(super) fn value(&self) -> Read<Value> {
        let number = |text: &str| match Number::parse(text) {
            Some(number) => Ok(Value::Number(number)),
            None => self.wrong(format!("{text} is no number that JSON has")),
        };
        Ok(match self.value {
            DeValue::String(_) => Value::text(self.text()?),
            DeValue::Boolean(boolean) => Value::Bool(*boolean),
            DeValue::Integer(int) if int.radix() == 10 => {
                number(int.as_str().trim_start_matches('+'))?
            }
            DeValue::Integer(int) => match i128::from_str_radix(int.as_str(), int.radix()) {
                Ok(int) => Value::int(int),
                Err(_) => return self.wrong(format!("{int} is too large")),
            },
            DeValue::Float(float) => number(float.as_str().trim_start_matches('+'))?,
            DeValue::Datetime(date) => Value::text(date.to_string()),
            DeValue::Array(_) => Value::Array(self.list(Place::value)?),
            DeValue::Table(_) => {
                let section = self.section()?;
                let members: Vec<_> = section
                    .entries()
                    .map(|(name, place)| Ok((name, place.value()?)))
                    .collect::<Read<_>>()?;
                Value::object(members)
            }
        })
    }
}

fn error(document: &Document<'_>, offset: usize, key: &str, message: impl Into<String>) -> Error {
    Error::Content {
        path: document.path.to_owned(),
        line: document.line(offset),
        key: key.to_owned(),
        message: message.into(),
    }
}
