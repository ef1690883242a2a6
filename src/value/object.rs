//! An object that keeps the order of its keys, and repeated keys.

use super::{Text, Value};

/// The members of a JSON object in the order they stand in; a key may be repeated (RFC 8259,
/// section 4 discourages it, parsers differ, so a fuzzer must be able to say it).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Object(Vec<(Text, Value)>);

impl Object {
    /// An empty object.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty object with room for so many members.
    pub fn with_capacity(members: usize) -> Self {
        Self(Vec::with_capacity(members))
    }

    /// Number of members, repeated keys counted each time.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The member `key`; the last one where it is repeated, as most parsers read it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The member `key` for change; the last one where it is repeated.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Whether there is a member `key`.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Adds a member at the end, even where the key stands already.
    pub fn push(&mut self, key: impl Into<Text>, value: Value) {
        self.0.push((key.into(), value));
    }

    /// Replaces the member `key`, or adds it at the end.
    pub fn set(&mut self, key: impl Into<Text>, value: Value) {
        let key = key.into();
        match self.0.iter_mut().rev().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }

    /// Replaces the member `key`, or adds it at the end, where there is a value.
    pub fn extend_with(&mut self, key: &Text, value: Option<Value>) {
        if let Some(value) = value {
            self.set(key.clone(), value);
        }
    }

    /// Removes every member `key`; gives the last one's value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let mut removed = None;
        self.0.retain_mut(|(name, value)| {
            let keep = name != key;
            if !keep {
                removed = Some(std::mem::replace(value, Value::Null));
            }
            keep
        });
        removed
    }

    /// The members in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Text, Value)> {
        self.0.iter()
    }

    /// The members in order, for change.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, (Text, Value)> {
        self.0.iter_mut()
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &Text> {
        self.0.iter().map(|(key, _)| key)
    }
}

impl FromIterator<(Text, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Text, Value)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl IntoIterator for Object {
    type Item = (Text, Value);
    type IntoIter = std::vec::IntoIter<(Text, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a mut Object {
    type Item = &'a mut (Text, Value);
    type IntoIter = std::slice::IterMut<'a, (Text, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = &'a (Text, Value);
    type IntoIter = std::slice::Iter<'a, (Text, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
