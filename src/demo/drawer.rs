//! Things that callers make, by ids that no one guesses.
//!
//! A call finds a thing only where its id came from an answer: what one case did is in no other's way.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::dice::Dice;
use super::reply::Reply;

/// The most things of a kind; the oldest make room for the latest.
const MOST: usize = 2_000;

/// Ids are below this prime (2^31 - 1), so that multiples of a step come back to none too soon.
const PRIME: u64 = 0x7fff_ffff;

/// What someone made.
#[derive(Debug)]
pub(crate) struct Thing<T> {
    pub(crate) owner: Caller,
    /// What is shown of it: an object.
    pub(crate) shown: Value,
    /// What is not.
    pub(crate) hidden: T,
}

/// The form of ids.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ids {
    /// Integers.
    Numbers,
    /// Eight hexadecimal digits.
    Codes,
}

/// All things of one kind.
#[derive(Debug)]
pub(crate) struct Drawer<T = ()> {
    kind: &'static str,
    ids: Ids,
    step: u64,
    made: u64,
    /// In the order they were made, each with what it is called.
    things: BTreeMap<u64, (String, Thing<T>)>,
    by_name: HashMap<String, u64>,
}

impl<T> Drawer<T> {
    /// An empty one; `kind` is what a thing is called where there is none.
    pub(crate) fn new(dice: Dice, kind: &'static str, ids: Ids) -> Self {
        let step = dice.within(kind, 1 << 28, 1 << 30) as u64;
        Self { kind, ids, step, made: 0, things: BTreeMap::new(), by_name: HashMap::new() }
    }

    /// How many things were ever made.
    pub(crate) fn made(&self) -> u64 {
        self.made
    }

    /// Takes in a new thing, which is shown with an id of its own before its members.
    pub(crate) fn add(&mut self, owner: Caller, members: Value, hidden: T) -> &mut Thing<T> {
        let number = (self.made + 1) * self.step % PRIME;
        let (id, name) = match self.ids {
            Ids::Numbers => (json!(number), number.to_string()),
            Ids::Codes => (json!(format!("{number:08x}")), format!("{number:08x}")),
        };
        let mut shown = Map::from_iter([("id".to_owned(), id)]);
        if let Value::Object(members) = members {
            shown.extend(members);
        }
        self.keep(name, Thing { owner, shown: Value::Object(shown), hidden })
    }

    /// Takes in a thing under a name that nothing has yet.
    pub(crate) fn keep(&mut self, name: String, thing: Thing<T>) -> &mut Thing<T> {
        if self.things.len() == MOST
            && let Some((_, (oldest, _))) = self.things.pop_first()
        {
            self.by_name.remove(&oldest);
        }
        self.made += 1;
        self.by_name.insert(name.clone(), self.made);
        &mut self.things.entry(self.made).or_insert((name, thing)).1
    }

    /// The thing of an id.
    ///
    /// # Errors
    /// 404.
    pub(crate) fn get(&mut self, id: &str) -> Result<&mut Thing<T>, Reply> {
        let kind = self.kind;
        let thing = self.by_name.get(id).and_then(|number| self.things.get_mut(number));
        thing.map(|(_, thing)| thing).ok_or_else(|| missing(kind))
    }

    /// The thing of an id, where it is the caller's own.
    ///
    /// # Errors
    /// 404.
    pub(crate) fn own(&mut self, id: &str, caller: Caller) -> Result<&mut Thing<T>, Reply> {
        let kind = self.kind;
        let thing = self.get(id)?;
        if thing.owner == caller { Ok(thing) } else { Err(missing(kind)) }
    }

    /// Takes the thing of an id out.
    ///
    /// # Errors
    /// 404.
    pub(crate) fn remove(&mut self, id: &str) -> Result<(), Reply> {
        let number = self.by_name.remove(id).ok_or_else(|| missing(self.kind))?;
        self.things.remove(&number);
        Ok(())
    }

    /// All things, the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Thing<T>> {
        self.things.values().map(|(_, thing)| thing)
    }

    /// The same to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Thing<T>> {
        self.things.values_mut().map(|(_, thing)| thing)
    }

    /// What is said of a thing that is not there.
    pub(crate) fn missing(&self) -> Reply {
        missing(self.kind)
    }
}

/// What is said of a thing of a kind that is not there.
fn missing(kind: &str) -> Reply {
    Reply::problem(404, &format!("no such {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawer() -> Drawer {
        Drawer::new(Dice::new(0), "thing", Ids::Codes)
    }

    fn add(drawer: &mut Drawer, owner: Caller) -> String {
        drawer.add(owner, json!({}), ()).shown["id"].as_str().unwrap().to_owned()
    }

    #[test]
    fn ids_are_never_the_same() {
        let mut numbers = Drawer::new(Dice::new(1), "thing", Ids::Numbers);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..5_000 {
            let id = numbers.add(Caller::Nobody, json!({}), ()).shown["id"].as_u64().unwrap();
            assert!((1..PRIME).contains(&id) && seen.insert(id));
        }
    }

    #[test]
    fn a_full_drawer_makes_room() {
        let mut drawer = drawer();
        let first = add(&mut drawer, Caller::Nobody);
        let second = add(&mut drawer, Caller::Nobody);
        (2..=MOST).for_each(|_| drop(add(&mut drawer, Caller::Nobody)));
        assert!(drawer.get(&first).is_err() && drawer.get(&second).is_ok());
        assert_eq!((drawer.iter().count(), drawer.made()), (MOST, MOST as u64 + 1));
    }

    #[test]
    fn what_someone_owns_is_not_there_for_others() {
        let mut drawer = drawer();
        let id = add(&mut drawer, Caller::Guest);
        assert!(drawer.own(&id, Caller::Guest).is_ok());
        assert!(drawer.own(&id, Caller::Shopkeeper).is_err() && drawer.get(&id).is_ok());
        assert!(drawer.remove(&id).is_ok() && drawer.remove(&id).is_err());
    }
}
