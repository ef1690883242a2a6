//! Finding members of objects that have very many of them, such as the `paths` of a generated document:
//! a look along all of them for each would make reading it quadratic.

use std::collections::HashMap;

use crate::value::{Object, Text, Value, array_index};

/// From so many members on an object is wide.
const WIDE: usize = 64;

/// The members of the wide objects of one document, by the way to the object and by key.
#[derive(Debug, Default)]
pub(super) struct Wide(HashMap<Vec<Text>, HashMap<Text, Member>>);

/// Where a member stands in its object; of a repeated key, the last one.
#[derive(Clone, Copy, Debug)]
struct Member {
    index: usize,
    /// How many places stand before it, that of the object included, in the order of a walk.
    before: usize,
}

/// One step down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'v> {
    /// What stands there.
    pub(super) value: &'v Value,
    /// Its number among the members or elements.
    pub(super) index: usize,
    /// How many places a walk meets between the one it was taken from, included, and this one; `None`
    /// where that would have to be counted.
    pub(super) before: Option<usize>,
}

impl Wide {
    /// The wide objects of a document.
    pub(super) fn of(document: &Value) -> Self {
        let mut wide = Self::default();
        wide.walk(document, &mut Vec::new());
        wide
    }

    /// Gives the number of places at and below a value.
    fn walk<'v>(&mut self, value: &'v Value, way: &mut Vec<Token<'v>>) -> usize {
        let mut before = 1;
        match value {
            Value::Object(object) => {
                let mut members = is_wide(object).then(HashMap::new);
                for (index, (key, value)) in object.iter().enumerate() {
                    if let Some(members) = &mut members {
                        members.insert(key.clone(), Member { index, before });
                    }
                    way.push(Token::Key(key));
                    before += self.walk(value, way);
                    way.pop();
                }
                if let Some(members) = members {
                    self.0.insert(way.iter().map(|token| token.text()).collect(), members);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    way.push(Token::Index(index));
                    before += self.walk(value, way);
                    way.pop();
                }
            }
            _ => {}
        }
        before
    }

    /// One step down from a value that stands at the end of `way`; `wide` is worked out where it is
    /// needed.
    pub(super) fn step<'v>(
        wide: impl FnOnce() -> &'v Self,
        way: &[Text],
        value: &'v Value,
        token: &Text,
    ) -> Option<Step<'v>> {
        match value {
            Value::Object(object) if is_wide(object) => {
                let Member { index, before } = *wide().0.get(way)?.get(token)?;
                let (_, value) = object.iter().as_slice().get(index)?;
                Some(Step { value, index, before: Some(before) })
            }
            Value::Object(object) => {
                let mut members = object.iter().enumerate().rev();
                let (index, (_, value)) = members.find(|(_, (key, _))| key == token)?;
                Some(Step { value, index, before: None })
            }
            Value::Array(items) => {
                let index = array_index(token)?;
                Some(Step { value: items.get(index)?, index, before: None })
            }
            _ => None,
        }
    }
}

/// A step of a walk.
#[derive(Clone, Copy)]
enum Token<'v> {
    Key(&'v Text),
    Index(usize),
}

impl Token<'_> {
    fn text(self) -> Text {
        match self {
            Self::Key(key) => key.clone(),
            Self::Index(index) => index.to_string().into(),
        }
    }
}

fn is_wide(object: &Object) -> bool {
    object.len() >= WIDE
}
