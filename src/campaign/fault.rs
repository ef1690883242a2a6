//! A fault that was found: what it takes, and what makes it vanish.

use super::Campaign;
use super::breach::{broken, without_indices};
use super::suspicion::Bucket;
use crate::case::{self, Call, Case};
use crate::check::Failure;
use crate::corpus::{self, Signature};
use crate::generate::case::{differences, simplest};
use crate::generate::confirm::confirms;
use crate::spec::Service;
use crate::value::Value;

/// The check whose message names every place that is wrong.
const EXPLICIT: &str = "response_schema_conformance";

/// A fault that was found.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// The operations that it takes, in order.
    pub(super) steps: Vec<String>,
    /// What of the contract it breaks.
    pub(super) broken: Vec<String>,
    /// What makes it vanish.
    pub(super) neutral: Vec<Neutral>,
}

/// A value that made a failure vanish, or the usual one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Neutral {
    /// The operation of the calls it belongs into.
    pub(super) operation: String,
    /// The place in them.
    pub(super) place: String,
    /// The value; `None` removes the member.
    pub(super) value: Option<Value>,
}

impl Fault {
    /// The fault that a case shows, where that is known to depend on something in it: then a call that
    /// only makes what another one names is not part of what it takes.
    pub(super) fn of(case: &Case, broken: Vec<String>, neutral: Vec<Neutral>) -> Self {
        let named: Vec<&str> = case.calls().flat_map(|call| call.references()).collect();
        let depends = !broken.is_empty() || !neutral.is_empty();
        let takes = |call: &&Call| !depends || !named.contains(&&*call.id);
        let steps =
            case.calls().filter(takes).map(|call| operation(case, call).to_owned()).collect();
        Self { steps, broken, neutral }
    }

    /// Whether a case makes the calls that it takes, in their order; of calls at once there is none.
    pub(super) fn may_show_in(&self, case: &Case) -> bool {
        let numbered = case.steps.iter().enumerate();
        let mut calls: Vec<(usize, &str)> = numbered
            .flat_map(|(at, step)| step.calls().iter().map(move |call| (at, operation(case, call))))
            .collect();
        let mut from = 0;
        self.steps.iter().all(|taken| {
            let found = calls.iter().position(|(at, own)| *at >= from && own == taken);
            found.map(|index| from = calls.remove(index).0).is_some()
        })
    }

    /// Whether it takes calls of one operation in a row.
    pub(super) fn repeats(&self) -> bool {
        self.steps.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The same fault where another operation shows it.
    pub(super) fn at(&self, own: &str, other: &str) -> Self {
        let mut fault = self.clone();
        let names = fault.neutral.iter_mut().map(|neutral| &mut neutral.operation);
        names.chain(&mut fault.steps).filter(|name| *name == own).for_each(|name| {
            other.clone_into(name);
        });
        fault
    }

    /// The case without the culprits; the same one where it has none of them, `None` where it would
    /// not be what its label says any more, so that nothing could be told from it.
    pub(super) fn neutralised(&self, service: &Service, case: &Case) -> Option<Case> {
        let holds = |case: &Case| {
            case.own_calls().all(|call| {
                let operation = service.operation(&call.operation);
                operation.is_some_and(|operation| confirms(operation, call))
            })
        };
        // A part that the case does not have is put in only where another needs it.
        [false, true].into_iter().find_map(|all| {
            let mut other = case.clone();
            for call in other.own_calls_mut() {
                for Neutral { operation, place, value } in &self.neutral {
                    let own = call.operation == *operation;
                    if own && (all || case::value_at(call, place).is_some()) {
                        case::set_value_at(call, place, value.clone());
                    }
                }
            }
            (other == *case || holds(&other)).then_some(other)
        })
    }
}

/// What a call of a case calls, also where it repeats another one.
fn operation<'c>(case: &'c Case, call: &'c Call) -> &'c str {
    case.original(&call.id).map_or(&*call.operation, |own| &*own.operation)
}

impl Campaign<'_> {
    /// The fault that a small case shows, and its signature. Where the message says all of what is wrong,
    /// values that do not matter (`irrelevant`) tell no two faults apart.
    pub(super) fn fault(
        &self,
        bucket: &Bucket,
        failure: &Failure,
        case: &Case,
        irrelevant: &[String],
    ) -> (Fault, Signature) {
        let (mut culprits, neutral) = self.culprits(case, &failure.at);
        if bucket.check == EXPLICIT {
            culprits.retain(|culprit| {
                !irrelevant.iter().any(|place| without_indices(place) == *culprit)
            });
        }
        let signature = Signature::of(&corpus::Fault {
            check: bucket.check,
            operation: &bucket.operation,
            outcome: &bucket.outcome,
            message: &failure.message,
            culprits: &culprits,
        });
        (Fault::of(case, broken(case), neutral), signature)
    }

    /// The places that shrinking left, and what to put there to see the failure vanish.
    fn culprits(&self, case: &Case, at: &str) -> (Vec<String>, Vec<Neutral>) {
        let mut culprits = Vec::new();
        let mut neutral = Vec::new();
        if let Some(mut simple) = simplest(&self.executor.service, case) {
            let service = &self.executor.service;
            for call in simple.own_calls_mut() {
                // What is set for an operation is no one's fault.
                if let Some(operation) = service.operation(&call.operation) {
                    self.settings.fix(operation, call);
                }
            }
            for place in differences(case, &simple) {
                let Some((id, within)) = place.split_once('/') else { continue };
                let Some(call) = case.call(id) else { continue };
                // What comes from earlier answers, or has to be new, is how the calls hang together.
                let given = case::value_at(call, within);
                if given.is_some_and(|value| !value.is_concrete()) {
                    continue;
                }
                // Far from where the failure begins: beside it another place may tip the scales.
                let value = simple.call(id).and_then(|call| case::value_at(call, within)).cloned();
                let (operation, place) = (call.operation.clone(), within.to_owned());
                culprits.push(without_indices(&format!("{id}/{within}")));
                neutral.push(Neutral { operation, place, value });
            }
        }
        for call in case.calls() {
            for deviation in &call.deviations {
                let at = deviation.at.as_deref().map(without_indices).unwrap_or_default();
                culprits.push(format!("{} {}", deviation.rule.lossy(), at));
            }
        }
        // What went before is part of what it takes.
        let others = case.own_calls().filter(|call| call.id != at);
        culprits.extend(others.map(|call| format!("with {}", call.operation)));
        culprits.sort();
        culprits.dedup();
        (culprits, neutral)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Release, Step, Together};

    fn call(id: &str, operation: &str) -> Call {
        Call { id: id.to_owned(), operation: operation.to_owned(), ..Call::default() }
    }

    fn at_once(calls: Vec<Call>) -> Step {
        Step::Together(Together { id: "g".to_owned(), wait: None, release: Release::Plain, calls })
    }

    fn case(steps: Vec<Step>) -> Case {
        Case { steps, ..Case::of("t", Call::default()) }
    }

    #[test]
    fn it_may_show_where_its_calls_come_in_their_order_and_at_once_in_any() {
        let make = || Step::Call(call("s1", "POST"));
        let race = case(vec![make(), at_once(vec![call("a", "GET"), call("b", "PUT")])]);
        let fault = Fault::of(&race, Vec::new(), Vec::new());
        assert!(fault.may_show_in(&race));
        let other = case(vec![make(), at_once(vec![call("a", "PUT"), call("b", "GET")])]);
        assert!(fault.may_show_in(&other));
        let [get, put] = ["GET", "PUT"].map(|own| Step::Call(call(own, own)));
        assert!(fault.may_show_in(&case(vec![make(), get.clone(), put.clone()])));
        assert!(!fault.may_show_in(&case(vec![make(), put.clone(), get])));
        assert!(!fault.may_show_in(&case(vec![make(), put])));
    }

    #[test]
    fn a_call_that_repeats_another_is_of_the_same_operation() {
        let again = Call { same: Some("a".to_owned()), ..call("b", "") };
        let twins =
            Fault::of(&case(vec![at_once(vec![call("a", "PUT"), again])]), Vec::new(), Vec::new());
        assert!(twins.repeats());
        assert!(twins.may_show_in(&case(vec![at_once(vec![call("a", "PUT"), call("b", "PUT")])])));
        assert!(!twins.may_show_in(&case(vec![Step::Call(call("a", "PUT"))])));
    }
}
