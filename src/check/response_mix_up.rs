//! `response_mix_up`: everybody gets the answer to the own call.

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::leaves::leaves;
use super::look::follow_up;
use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View};
use crate::case::{Call, Case, Connection, History, Label, Release, Step, Together};
use crate::spec::Operation;
use crate::spec::template::segments;
use crate::value::{Pointer, Value};

/// Everybody gets the answer to the own call.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResponseMixUp;

const NAME: &str = "response_mix_up";

/// What the ids of all that is about the other thing end with.
const OTHER: &str = "x";

/// So often each of the two calls comes at once.
const COPIES: usize = 3;

/// The connection that all share which come one behind the other.
const SHARED: &str = "pipe";

/// How two calls are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// One after the other.
    Serial,
    /// At once, over connections of their own.
    Apart,
    /// One request behind the other on one connection (RFC 9112, section 9.3.2).
    Pipelined,
}

/// The ways, in the order of the follow-ups.
const WAYS: [Way; 3] = [Way::Serial, Way::Apart, Way::Pipelined];

impl Check for ResponseMixUp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn needs(&self) -> &'static str {
        "a valid read of what the history made, whose answer tells the name it is asked for by; once per \
         operation, that and the same about another thing, one after the other, three times each at once, \
         and three times each pipelined over one connection"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

Of calls that come at once everybody gets the answer to the own one. Two things are made, and both are read
three times at once: over connections of their own, and one request behind the other on one HTTP/1.1
connection (pipelining, RFC 9112, section 9.3.2). It fails where an answer tells the name of the other thing
where it tells the own one when the reads come one after the other.

## When it is silent

- The answer does not tell what the call asks for, or tells the same of both things.
- A call is not answered 2xx in JSON: a server may close a connection on which requests are pipelined.
- What is told is the name of neither.

## How to mend the service

Look for what outlives one request and is shared: a buffer that is used again, a field of a handler, a cache
whose key leaves something out, a context that is not reset, a pool that hands out a connection with an answer
still in it.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        read(view).map_or(Occasion::Never, |(seen, _)| Occasion::once(seen.name()))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some((_, call)) = read(view) else { return Vec::new() };
        let follow_ups = WAYS.into_iter().map(|way| beside_another(view, call, way));
        follow_ups.map(follow_up).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let find = || {
            let further = view.of_all(further);
            let (serial, at_once) = further.split_first()?;
            let (seen, call) = read(view)?;
            let [own, other] = both(serial, &call.id)?;
            let told = told(own, other)?;
            let mixed = |(way, view): (&Way, &View<'_>)| {
                mixed_up(view, &call.id, &told).map(|what| (*way, what))
            };
            let (way, what) = WAYS[1..].iter().zip(at_once).find_map(mixed)?;
            let how = match way {
                Way::Pipelined => "pipelined over one connection",
                Way::Serial | Way::Apart => "at once",
            };
            let why = format!(
                "of reads of two things that come {how}, {what}; everybody must get the own answer"
            );
            Some(Failure::new(NAME, seen, Severity::Error, "mixed_up", why))
        };
        find().into_iter().collect()
    }
}

/// The read at the end of a history, of what that made, where its answer tells by what it was asked for.
fn read<'v, 'a>(view: &'v View<'a>) -> Option<(&'v Seen<'a>, &'a Call)> {
    let seen = view.last()?;
    let Some(Step::Call(call)) = view.history.case.steps.last() else { return None };
    let is_read = call.path.iter().any(|(_, value)| !value.is_concrete())
        && seen.exchange.label == Label::Valid
        && seen.is_success()
        && seen.operation.is_some_and(Operation::is_safe)
        && call.perturb.is_empty()
        && call.on.is_none();
    if !is_read {
        return None;
    }
    let names = names(seen);
    let answer = seen.json()?;
    let is_name = |leaf: &Value| text(leaf).is_some_and(|text| names.contains(&text));
    leaves(answer).iter().any(|(_, leaf)| is_name(leaf)).then_some((seen, call))
}

/// The history about two things, with a read of each at its end.
fn beside_another(view: &View<'_>, call: &Call, way: Way) -> Case {
    let case = &view.history.case;
    let mut other = case.copied(OTHER);
    let plain = |call: &Call| Call { want: None, saw: None, wait: None, ..call.clone() };
    let mut both = vec![plain(call)];
    if let Some(Step::Call(call)) = other.steps.pop() {
        both.push(plain(&call));
    }
    let mut steps = case.steps[..case.steps.len() - 1].to_vec();
    steps.append(&mut other.steps);
    let mut connections = case.connections.clone();
    if way == Way::Pipelined {
        connections
            .push((SHARED.to_owned(), Connection { http: Some(1), ..Connection::default() }));
        for call in &mut both {
            call.on = Some(SHARED.to_owned());
        }
    }
    match way {
        Way::Serial => steps.extend(both.into_iter().map(Step::Call)),
        Way::Apart | Way::Pipelined => {
            let again = |number: usize| {
                let same = |call: &Call| Call {
                    id: copy(&call.id, number),
                    same: Some(call.id.clone()),
                    ..Call::default()
                };
                both.iter().map(same).collect::<Vec<_>>()
            };
            let again: Vec<Call> = (1..COPIES).flat_map(again).collect();
            let release = if way == Way::Apart { Release::LastByte } else { Release::Plain };
            let calls = both.into_iter().chain(again).collect();
            let id = "beside".to_owned();
            steps.push(Step::Together(Together { id, wait: None, release, calls }));
        }
    }
    Case { connections, steps, ..(**case).clone() }
}

/// The id of a call that comes once more.
fn copy(id: &str, number: usize) -> String {
    if number == 0 { id.to_owned() } else { format!("{id}_{number}") }
}

/// The reads of the one and the other thing, both answered 2xx in JSON.
fn both<'v, 'a>(view: &'v View<'a>, id: &str) -> Option<[&'v Seen<'a>; 2]> {
    let shown = |id: &str| view.call(id).filter(|seen| seen.is_success() && seen.json().is_some());
    Some([shown(id)?, shown(&format!("{id}{OTHER}"))?])
}

/// Where the answers tell the names by which they are asked for, of the one and of the other thing.
fn told(own: &Seen<'_>, other: &Seen<'_>) -> Option<Vec<Pointer>> {
    let (own_name, other_name) = apart(own, other)?;
    let (own, other) = (own.json()?, other.json()?);
    let tells = |answer: &Value, at: &Pointer, name: &str| {
        at.find(answer).and_then(text).is_some_and(|told| told == name)
    };
    let told = leaves(own).into_iter().map(|(at, _)| at);
    let told: Vec<Pointer> =
        told.filter(|at| tells(own, at, &own_name) && tells(other, at, &other_name)).collect();
    (!told.is_empty()).then_some(told)
}

/// What an answer tells that belongs to the other call; those of all copies are looked at.
fn mixed_up(view: &View<'_>, id: &str, told: &[Pointer]) -> Option<String> {
    let mut pairs = (0..COPIES).filter_map(|number| {
        let other = copy(&format!("{id}{OTHER}"), number);
        Some([view.call(&copy(id, number))?, view.call(&other)?])
    });
    pairs.find_map(|[one, two]| {
        let (first, second) = apart(one, two)?;
        let tells = |seen: &Seen<'_>, name: &str| {
            let answer = seen.json().filter(|_| seen.is_success())?;
            told.iter()
                .find(|at| at.find(answer).and_then(text).is_some_and(|told| told == name))
                .cloned()
        };
        let of = |seen: &Seen<'_>, own: &str, foreign: &str| {
            let at = tells(seen, foreign)?;
            Some(format!("{} of {own} is answered with {foreign} at {at}", seen.title()))
        };
        of(one, &first, &second).or_else(|| of(two, &second, &first))
    })
}

/// By what two calls of one operation name different things.
fn apart(one: &Seen<'_>, two: &Seen<'_>) -> Option<(String, String)> {
    names(one).into_iter().zip(names(two)).find(|(one, two)| one != two)
}

/// The segments of the path that was sent.
fn names(seen: &Seen<'_>) -> Vec<String> {
    let path = seen.exchange.sent.target.split('?').next().unwrap_or_default();
    let decoded = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().into_owned();
    segments(path).map(decoded).collect()
}

/// A text or number as a path writes it.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.lossy().into_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::races::{anew, made, of_board};
    use super::super::stage::{Asked, Reply, Store};
    use super::*;

    /// A board is made and read.
    fn case() -> Case {
        let calls = made().into_iter().chain([of_board("s2", "GET /boards/{board}", "")]);
        Case { steps: calls.map(Step::Call).collect(), ..Case::of("t", Call::default()) }
    }

    /// Reads at once are answered with the first board.
    fn mixes(store: &mut Store, asked: &Asked) -> Reply {
        let mut asked = asked.clone();
        if asked.method == "GET" && asked.at_once {
            asked.path = "/boards/1".to_owned();
        }
        store.answer(&asked)
    }

    #[test]
    fn an_answer_that_belongs_to_another_call_fails() {
        let stage = anew(mixes);
        assert_eq!(stage.occasion(&ResponseMixUp, &case()), "GET /boards/{board}");
        let failure = stage.fails(&ResponseMixUp, &case());
        assert_eq!((&*failure.at, &*failure.outcome), ("s2", "mixed_up"));
        insta::assert_snapshot!(failure.why);
    }

    #[test]
    fn own_answers_and_refusals_are_silent() {
        anew(Store::answer).silent(&ResponseMixUp, &case());
        let refuses = |store: &mut Store, asked: &Asked| {
            if asked.at_once { Reply::empty(503) } else { store.answer(asked) }
        };
        anew(refuses).silent(&ResponseMixUp, &case());
    }

    #[test]
    fn what_always_tells_another_name_is_silent() {
        let constant = |store: &mut Store, asked: &Asked| {
            let mut reply = store.answer(asked);
            if asked.method == "GET"
                && let Some(Value::Object(board)) = &mut reply.body
            {
                board.set("id", Value::int(1));
            }
            reply
        };
        anew(constant).silent(&ResponseMixUp, &case());
    }

    #[test]
    fn both_are_read_one_after_the_other_then_at_once_then_over_one_connection() {
        let cases = anew(Store::answer).follow_ups(&ResponseMixUp, &case());
        let ids: Vec<Vec<&str>> =
            cases.iter().map(|case| case.calls().map(|call| &*call.id).collect()).collect();
        assert_eq!(ids[0], ["s1", "s1x", "s2", "s2x"]);
        let at_once = ["s1", "s1x", "s2", "s2x", "s2_1", "s2x_1", "s2_2", "s2x_2"];
        assert_eq!(ids[1..], [at_once, at_once]);
        let over = |case: &Case| case.calls().filter(|call| call.on.is_some()).count();
        assert_eq!(cases.iter().map(over).collect::<Vec<_>>(), [0, 0, 2]);
    }
}
