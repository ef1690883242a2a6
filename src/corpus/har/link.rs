//! References in the place of values that came from earlier answers.

use super::entry::Entry;
use crate::case::{self, Call, Case, Exchange, Outcome, Step};
use crate::spec::Service;
use crate::spec::graph::Given;
use crate::value::{Reference, Symbol, Value, read};

/// A case has at most so many steps.
const MOST_STEPS: usize = 24;

/// A recorded call with what it needs.
struct Linked {
    call: Call,
    /// The operation, by its number.
    operation: usize,
    exchange: Exchange,
    body: Option<Value>,
    success: bool,
    /// The earlier calls that it draws on, by number.
    needs: Vec<usize>,
}

/// A case for each call, behind those that it draws on.
pub(super) fn cases(service: &Service, recorded: Vec<(Entry, Call)>) -> Vec<Case> {
    let mut all: Vec<Linked> = Vec::new();
    for (number, (entry, mut call)) in recorded.into_iter().enumerate() {
        let Some(operation) = service.number(&call.operation) else { continue };
        call.id = format!("s{}", number + 1);
        let needs = link(service, operation, &mut call, &all);
        let body = read::json(&entry.answer.body).ok();
        let (exchange, success) = (exchange(&call, &entry), entry.is_success());
        all.push(Linked { call, operation, exchange, body, success, needs });
    }
    (0..all.len()).filter_map(|number| case(service, &all, number)).collect()
}

fn case(service: &Service, all: &[Linked], number: usize) -> Option<Case> {
    let mut needed = vec![number];
    let mut at = 0;
    while let Some(next) = needed.get(at).copied() {
        for need in &all.get(next)?.needs {
            if !needed.contains(need) {
                needed.push(*need);
            }
        }
        at += 1;
    }
    needed.sort_unstable();
    let steps: Vec<Step> =
        needed.into_iter().map(|number| Step::Call(all[number].call.clone())).collect();
    let fits = steps.len() <= MOST_STEPS;
    let case = Case { service: service.name.clone(), connections: Vec::new(), steps };
    fits.then(|| case.numbered().0)
}

/// Puts references where values came from the answers of earlier calls; gives the calls it draws on.
fn link(service: &Service, operation: usize, call: &mut Call, earlier: &[Linked]) -> Vec<usize> {
    let mut needs = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for (_, edge) in service.graph().producers(operation) {
        let Some(own) = case::value_at(call, &edge.place).cloned() else { continue };
        if done.contains(&&*edge.place) {
            continue;
        }
        let gives = |(number, made): (usize, &Linked)| {
            if made.operation != edge.from || !made.success {
                return None;
            }
            match &edge.given {
                Given::Answer { source, matching } => {
                    let told =
                        made.exchange.part(source, matching.as_deref(), made.body.as_ref())?;
                    let reference = Reference {
                        call: made.call.id.clone(),
                        source: source.clone(),
                        matching: matching.clone(),
                    };
                    let symbol = Value::Symbol(Box::new(Symbol::From(reference)));
                    is_same(&told, &own).then_some((number, symbol))
                }
                Given::Input(place) => {
                    let given = case::value_at(&made.call, place)?;
                    is_same(given, &own).then(|| (number, given.clone()))
                }
            }
        };
        // The latest that fits: what it named then.
        let numbered = earlier.iter().enumerate().rev();
        if let Some((number, value)) = numbered.into_iter().find_map(gives) {
            case::set_value_at(call, &edge.place, Some(value));
            done.push(&edge.place);
            needs.push(number);
        }
    }
    needs
}

/// Whether two values are written alike in a path: `7` and `"7"` are.
fn is_same(a: &Value, b: &Value) -> bool {
    a.written().is_some_and(|a| b.written().is_some_and(|b| a == b))
}

fn exchange(call: &Call, entry: &Entry) -> Exchange {
    Exchange::of(call, Outcome::Answered(entry.answer.clone()))
}
