//! What an answer to a list shows: things, each with what it is called.

use super::Seen;
use super::deed::text_of;
use crate::spec::graph::{Given, Resource};
use crate::value::{Pointer, Source, Value};

/// What an answer to a list shows.
#[derive(Clone, Debug)]
pub(super) struct Listing<'v> {
    /// The things, in order.
    pub(super) items: &'v [Value],
    /// The whole answer.
    pub(super) whole: &'v Value,
    /// Where in one of them its id stands.
    id: Pointer,
}

impl<'v> Listing<'v> {
    /// What a list of a kind of thing shows: a bare array, or one in a wrapper. `None` where the answer
    /// is no such list as the document tells.
    pub(super) fn of(seen: &'v Seen<'_>, resource: &Resource) -> Option<Self> {
        let Some(Given::Answer { source: Source::Body(place), .. }) = &resource.listed_id else {
            return None;
        };
        let (before, after) =
            place.tokens().split_at(place.tokens().iter().position(|token| *token == *"0")?);
        let whole = seen.json().filter(|_| seen.is_success())?;
        let items = match before.iter().cloned().collect::<Pointer>().find(whole)? {
            Value::Array(items) => items.as_slice(),
            Value::Null => &[],
            _ => return None,
        };
        Some(Self { items, whole, id: after.iter().skip(1).cloned().collect() })
    }

    /// What the things are called, in order; `None` where one does not tell.
    pub(super) fn ids(&self) -> Option<Vec<String>> {
        self.items.iter().map(|item| self.id_of(item)).collect()
    }

    /// The thing of this id.
    pub(super) fn item(&self, id: &str) -> Option<&'v Value> {
        self.items.iter().find(|item| self.id_of(item).as_deref() == Some(id))
    }

    fn id_of(&self, item: &Value) -> Option<String> {
        text_of(self.id.find(item)?)
    }
}
