//! What is tried at a place of an input: another value in a whole one that is otherwise as usual.

use std::sync::Arc;

use super::budget;
use super::pattern::{Exact, Texts};
use crate::value::{Object, Pointer, Text, Value};

/// A place in a value.
#[derive(Clone, Debug)]
pub struct Site {
    /// The place.
    pub pointer: Pointer,
    /// The whole value of the parameter or body; the place is there in it.
    pub root: Value,
}

/// One thing to try at a place.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The class in its catalogue: a boundary class, or the rule that is broken.
    pub class: &'static str,
    /// Where it is made.
    pub site: Arc<Site>,
    /// What to put there.
    pub leaf: Leaf,
}

/// What to put at a place. What is large is written out only when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Leaf {
    /// This value.
    Value(Value),
    /// A text, and so many times another one after it.
    Repeat(Text, &'static str, usize),
    /// A text of a length that patterns ask for.
    Matching(Exact),
    /// An array of these elements, and so many times another one after them.
    Elements(Vec<Value>, Box<Value>, usize),
    /// An object of these members, and so many further ones of one value.
    Members(Object, Box<Value>, usize),
    /// A member of the object that is there.
    Member(Text, Value),
    /// Nothing: the member is left out.
    Absent,
}

impl Edit {
    /// The place that is another one after it.
    pub fn place(&self) -> Pointer {
        match &self.leaf {
            Leaf::Member(name, _) => self.site.pointer.child(name.clone()),
            _ => self.site.pointer.clone(),
        }
    }

    /// A whole value that need not be the site's own with the edit made, where the place, or the object
    /// that it is a member of, is there.
    pub fn apply_to(&self, mut whole: Value) -> Value {
        let mut parent = self.site.pointer.clone();
        let last = parent.pop();
        let there = self.site.pointer.find(&whole).is_some();
        let value = self.apply().and_then(|whole| self.site.pointer.find(&whole).cloned());
        match (last, value, there) {
            (None, Some(value), _) => value,
            (Some(_), Some(value), true) => {
                if let Some(place) = self.site.pointer.find_mut(&mut whole) {
                    *place = value;
                }
                whole
            }
            (Some(name), Some(value), false) => {
                if let Some(Value::Object(object)) = parent.find_mut(&mut whole) {
                    object.set(name, value);
                }
                whole
            }
            _ => whole,
        }
    }

    /// The whole value with the edit made; `None` where there is no such value after all.
    pub fn apply(&self) -> Option<Value> {
        Some(match &self.leaf {
            Leaf::Value(value) => self.site.with(value.clone()),
            Leaf::Repeat(head, unit, times) => {
                let text = Text::from(unit.repeat(*times));
                let text = if head.is_empty() { text } else { head.joined(&text) };
                self.site.with(Value::String(text))
            }
            Leaf::Matching(exact) => self.site.with(Value::String(exact.text()?)),
            Leaf::Elements(first, more, times) => {
                let more = std::iter::repeat_n(&**more, *times);
                self.site.with(Value::Array(first.iter().chain(more).cloned().collect()))
            }
            Leaf::Members(first, more, times) => {
                let mut object = first.clone();
                (0..*times).for_each(|index| object.push(further(index), (**more).clone()));
                self.site.with(Value::Object(object))
            }
            Leaf::Member(name, value) => {
                let mut root = self.site.root.clone();
                if let Some(Value::Object(object)) = self.site.pointer.find_mut(&mut root) {
                    object.set(name, value.clone());
                }
                root
            }
            Leaf::Absent => {
                let mut root = self.site.root.clone();
                let mut parent = self.site.pointer.clone();
                if let Some(name) = parent.pop()
                    && let Some(Value::Object(object)) = parent.find_mut(&mut root)
                {
                    object.remove(&name.lossy());
                }
                root
            }
        })
    }
}

impl Leaf {
    /// Whether it is written out only when it is sent.
    pub fn is_large(&self) -> bool {
        matches!(
            self,
            Self::Repeat(..) | Self::Matching(_) | Self::Elements(..) | Self::Members(..)
        )
    }

    /// A text of so many times the same one.
    pub fn repeat(unit: &'static str, times: usize) -> Self {
        Self::Repeat(Text::default(), unit, times)
    }

    /// The simplest text of a length that patterns ask for; `None` where they have none.
    pub fn matching(texts: &Arc<Texts>, length: usize) -> Option<Self> {
        let exact = Exact::new(texts, length)?;
        if length <= budget::SHORT {
            return exact.text().map(|text| Self::Value(Value::String(text)));
        }
        (length <= budget::TEXT).then_some(Self::Matching(exact))
    }

    /// So many elements of an array, the last of them `more`; `None` where no body holds them.
    pub fn elements(first: Vec<Value>, more: Value, times: usize) -> Option<Self> {
        (times <= budget::copies(&more, 0)).then(|| Self::Elements(first, Box::new(more), times))
    }

    /// An object with so many further members; `None` where no body holds them.
    pub fn members(first: Object, more: Value, times: usize) -> Option<Self> {
        let name = further(budget::COUNT).len() + 3;
        (times <= budget::copies(&more, name)).then(|| Self::Members(first, Box::new(more), times))
    }

    /// The same for what is small enough to be written out: equal values are equal leaves.
    #[must_use]
    pub fn settled(self) -> Self {
        let small = match &self {
            Self::Repeat(_, _, times) => *times <= 1,
            Self::Elements(first, _, times) => first.len() + times <= budget::FEW,
            Self::Members(_, _, times) => *times <= budget::FEW,
            _ => false,
        };
        if !small {
            return self;
        }
        let root = Site { pointer: Pointer::root(), root: Value::Null };
        let edit = Edit { class: "", site: Arc::new(root), leaf: self.clone() };
        edit.apply().map_or(self, Self::Value)
    }
}

/// The names of further members.
pub fn further(index: usize) -> String {
    format!("k{index}")
}

impl Site {
    /// The whole value with something else at the place.
    pub(super) fn with(&self, value: Value) -> Value {
        if self.pointer.tokens().is_empty() {
            return value;
        }
        let mut root = self.root.clone();
        if let Some(place) = self.pointer.find_mut(&mut root) {
            *place = value;
        }
        root
    }
}
