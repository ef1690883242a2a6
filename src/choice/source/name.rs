//! Names of things, and references to them.

use std::sync::Arc;

use super::octets::int_of_bytes;
use super::{Draw, Mode, Overrun, Source};
use crate::choice::{Choice, Domain, Item};

impl Source<'_> {
    /// A name for a thing that later choices can refer to: the prefix and a number.
    ///
    /// A replay keeps the recorded name, so that references to it hold whatever else is deleted;
    /// what is new there gets a name that stands nowhere in the recording.
    pub fn name(&mut self, prefix: &str) -> Draw<Arc<str>> {
        let name = match self.recorded() {
            Some(Choice::Name(name)) if !self.names.contains(&name) => name,
            _ => self.fresh_name(prefix),
        };
        self.names.push(name.clone());
        self.record(Choice::Name(name.clone()), Domain::Name)?;
        Ok(name)
    }

    fn fresh_name(&self, prefix: &str) -> Arc<str> {
        let items = if let Mode::Replay { items, .. } = &self.mode { *items } else { &[] };
        let recorded = |name: &str| {
            items
                .iter()
                .any(|item| matches!(item, Item::Choice(Choice::Name(other)) if **other == *name))
        };
        let most = 2 * self.names.len() + items.len() + 1;
        (self.names.len() + 1..=most)
            .map(|number| format!("{prefix}{number}"))
            .find(|name| !recorded(name) && !self.names.iter().any(|other| **other == **name))
            .unwrap_or_default()
            .into()
    }

    /// One of the things named before the one that is being made; the first is simplest. A replay
    /// keeps a recorded name that is none of them: whoever replays sees what that means. `Overrun`
    /// where there is nothing to choose from.
    pub fn earlier(&mut self) -> Draw<Arc<str>> {
        let recorded = match &self.mode {
            Mode::Replay { items, at } if self.trivial.is_none() => match items.get(*at) {
                Some(Item::Choice(Choice::Reference(name))) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        let before = self.names.len().saturating_sub(1);
        let mut names = self.names[..before].to_vec();
        names.extend(recorded.filter(|name| !self.names[..before].contains(name)));
        self.reference(&names.into())
    }

    /// One of several earlier things by name; the first is simplest. `Overrun` where there are none.
    pub fn reference(&mut self, names: &Arc<[Arc<str>]>) -> Draw<Arc<str>> {
        let first = names.first().ok_or(Overrun)?.clone();
        let name = match &mut self.mode {
            Mode::Random(rng) => rng.pick(names).cloned().unwrap_or(first),
            Mode::Bytes(bytes) => {
                let pick = int_of_bytes(bytes, 0, names.len() as i128 - 1, 0) as usize;
                names.get(pick).cloned().unwrap_or(first)
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Reference(name)) if names.contains(&name) => name,
                _ => first,
            },
        };
        self.record(Choice::Reference(name.clone()), Domain::Reference(names.clone()))?;
        Ok(name)
    }
}
