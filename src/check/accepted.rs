//! Which calls were answered 2xx, and whether one of them differs from a given call in one place.

use std::hash::{BuildHasher as _, Hash};
use std::sync::Arc;

use foldhash::fast::FixedState;
use foldhash::{HashMap, HashSet};

use crate::case::{Body, Call};
use crate::value::{Text, Value};

/// Calls remembered per operation; later ones add little, and memory must stay flat.
const MAX_CALLS: usize = 512;

/// Calls larger than this are not remembered: they differ in more than one place from all others.
const MAX_PLACES: usize = 256;

/// The calls that were answered 2xx in this run, by operation. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Accepted(HashMap<Arc<str>, Arc<Neighbours>>);

/// For each call a hash of the whole, and one of it without each of its places.
#[derive(Clone, Debug, Default)]
struct Neighbours {
    calls: usize,
    /// Whole calls.
    whole: HashSet<u64>,
    /// Calls less one place, with the place.
    without: HashSet<(u64, u64)>,
    /// Calls less one place, whichever.
    shorter: HashSet<u64>,
}

/// Hashes of a call: of the whole, and of each place and the value there.
#[derive(Clone, Debug)]
pub struct Print {
    whole: u64,
    places: Vec<(u64, u64)>,
}

impl Accepted {
    /// What there is to remember of a call that was answered 2xx, worked out by whoever has time;
    /// `None` where it adds nothing.
    pub fn print(&self, call: &Call) -> Option<Print> {
        let known = self.0.get(&*call.operation);
        let room = known.is_none_or(|known| known.calls < MAX_CALLS);
        room.then(|| Print::of(call)).flatten()
    }

    /// Remembers that a call of an operation was answered 2xx.
    pub fn record(&mut self, operation: &str, print: Option<Print>) {
        if !self.0.contains_key(operation) {
            self.0.insert(operation.into(), Arc::default());
        }
        let Some(print) = print else { return };
        let Some(neighbours) = self.0.get_mut(operation) else { return };
        if neighbours.calls >= MAX_CALLS || neighbours.whole.contains(&print.whole) {
            return;
        }
        let neighbours = Arc::make_mut(neighbours);
        neighbours.calls += 1;
        neighbours.whole.insert(print.whole);
        for (place, leaf) in print.places {
            let rest = print.whole.wrapping_sub(leaf);
            neighbours.without.insert((rest, place));
            neighbours.shorter.insert(rest);
        }
    }

    /// Whether any call of this operation was answered 2xx.
    pub fn any(&self, operation: &str) -> bool {
        self.0.contains_key(operation)
    }

    /// The place in which this call differs from one that was answered 2xx, where it is exactly one:
    /// another value there, or a value that the other call does not have. `Some("")` where the other
    /// call has one more.
    pub fn neighbour(&self, call: &Call) -> Option<String> {
        let neighbours = self.0.get(&*call.operation)?;
        let print = Print::of(call)?;
        if neighbours.whole.contains(&print.whole) {
            // The very same call was accepted before: what differs is the state, not the input.
            return None;
        }
        let differs = print.places.iter().position(|(place, leaf)| {
            let rest = print.whole.wrapping_sub(*leaf);
            neighbours.without.contains(&(rest, *place)) || neighbours.whole.contains(&rest)
        });
        match differs {
            Some(index) => nth_place(call, index),
            None => neighbours.shorter.contains(&print.whole).then(String::new),
        }
    }
}

impl Print {
    fn of(call: &Call) -> Option<Self> {
        let mut places = Vec::new();
        visit(call, &0, &mut |place: u64, value| places.push((place, hash(&(place, value)))));
        if places.len() > MAX_PLACES {
            return None;
        }
        let base = hash(&(&call.auth, &call.render));
        let whole = places.iter().fold(base, |sum, (_, leaf)| sum.wrapping_add(*leaf));
        Some(Self { whole, places })
    }
}

/// The hash of a value, the same throughout a run.
pub(super) fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    FixedState::default().hash_one(value)
}

/// A step on the way to a place.
#[derive(Hash)]
enum Token<'a> {
    Part(&'a str),
    Name(&'a str),
    Member(&'a Text),
    Item(usize),
}

/// The way to a place, as far as it is worth knowing.
trait Way {
    /// The way that leads one step further.
    fn on(&self, token: &Token<'_>) -> Self;
}

/// A hash is enough to tell places apart.
impl Way for u64 {
    fn on(&self, token: &Token<'_>) -> Self {
        hash(&(self, token))
    }
}

/// A person reads the steps, each behind a slash.
impl Way for String {
    fn on(&self, token: &Token<'_>) -> Self {
        match token {
            Token::Part(part) => (*part).to_owned(),
            Token::Name(name) => format!("{self}/{name}"),
            Token::Member(name) => format!("{self}/{}", name.lossy()),
            Token::Item(index) => format!("{self}/{index}"),
        }
    }
}

/// Calls `with` for each place of a call that holds no further places: the way to it from `begin`, the
/// value there.
fn visit<W: Way>(call: &Call, begin: &W, with: &mut dyn FnMut(W, &Value)) {
    for (part, values) in [
        ("path", &call.path),
        ("query", &call.query),
        ("headers", &call.headers),
        ("cookies", &call.cookies),
    ] {
        for (name, value) in values {
            leaves(begin.on(&Token::Part(part)).on(&Token::Name(name)), value, with);
        }
    }
    if let Some((part, value)) =
        call.body.as_ref().and_then(|b: &Body| Some((b.part(), b.value()?)))
    {
        leaves(begin.on(&Token::Part(part)), value, with);
    }
}

fn leaves<W: Way>(way: W, value: &Value, with: &mut dyn FnMut(W, &Value)) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                leaves(way.on(&Token::Item(index)), item, with);
            }
        }
        Value::Object(object) if !object.is_empty() => {
            for (name, value) in object {
                leaves(way.on(&Token::Member(name)), value, with);
            }
        }
        leaf => with(way, leaf),
    }
}

fn nth_place(call: &Call, index: usize) -> Option<String> {
    let mut ways = Vec::new();
    visit(call, &String::new(), &mut |way, _| ways.push(way));
    ways.into_iter().nth(index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn call(json: &str) -> Call {
        Call {
            operation: "POST /orders".to_owned(),
            body: Some(Body::Json(read::json(json.as_bytes()).unwrap())),
            ..Call::default()
        }
    }

    fn record(accepted: &mut Accepted, call: &Call) {
        let print = accepted.print(call);
        accepted.record(&call.operation, print);
    }

    fn accepted() -> Accepted {
        let mut accepted = Accepted::default();
        record(&mut accepted, &call(r#"{"qty":999,"tags":["a"],"note":"x"}"#));
        accepted
    }

    #[test]
    fn one_other_value_makes_a_neighbour() {
        let place = accepted().neighbour(&call(r#"{"qty":1000,"tags":["a"],"note":"x"}"#));
        assert_eq!(place.as_deref(), Some("json/qty"));
        let place = accepted().neighbour(&call(r#"{"qty":999,"tags":["b"],"note":"x"}"#));
        assert_eq!(place.as_deref(), Some("json/tags/0"));
    }

    #[test]
    fn one_more_or_one_less_makes_a_neighbour() {
        let place = accepted().neighbour(&call(r#"{"qty":999,"tags":["a"],"note":"x","z":1}"#));
        assert_eq!(place.as_deref(), Some("json/z"));
        let place = accepted().neighbour(&call(r#"{"qty":999,"tags":["a"]}"#));
        assert_eq!(place.as_deref(), Some(""));
    }

    #[test]
    fn two_differences_make_none_and_neither_does_the_same_call() {
        for other in [
            r#"{"qty":1000,"tags":["a"],"note":"y"}"#,
            r#"{"qty":999,"tags":["a"],"note":"x"}"#,
            r#"{"qty":999,"tags":["a","a"],"note":"y"}"#,
            r#"{"qty":"x","tags":999,"note":"a"}"#,
        ] {
            assert_eq!(accepted().neighbour(&call(other)), None, "{other}");
        }
    }

    #[test]
    fn another_identity_or_operation_makes_none() {
        let mut other = call(r#"{"qty":1,"tags":["a"],"note":"x"}"#);
        other.auth = crate::case::Auth::None;
        assert_eq!(accepted().neighbour(&other), None);
        let mut other = call(r#"{"qty":1,"tags":["a"],"note":"x"}"#);
        other.operation = "PUT /orders".to_owned();
        assert_eq!(accepted().neighbour(&other), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut accepted = Accepted::default();
        for qty in 0..2 * MAX_CALLS {
            record(&mut accepted, &call(&format!(r#"{{"qty":{qty}}}"#)));
        }
        assert_eq!(accepted.0["POST /orders"].whole.len(), MAX_CALLS);
    }
}
