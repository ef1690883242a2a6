//! The calls that would be sent, without sending any: the sources of an operation in turn, the
//! operations in turn.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::campaign::Phase;
use crate::case::{Call, Label};
use crate::choice::Rng;
use crate::generate::ideas::Ideas;
use crate::generate::planned::Planned;
use crate::generate::{catalogue, confirm, obstacle};
use crate::spec::{Operation, Service};

/// So many random calls in a row that are not what they should be end an operation's random ones.
const PATIENCE: u32 = 100;

/// Where calls come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Examples,
    Boundary,
    Random,
    Invalid,
    Malformed,
}

impl Source {
    pub(super) const ALL: [Self; 5] =
        [Self::Examples, Self::Boundary, Self::Random, Self::Invalid, Self::Malformed];

    /// The phase that sends them.
    pub(super) fn phase(self) -> Phase {
        match self {
            Self::Examples => Phase::Examples,
            Self::Boundary => Phase::Boundary,
            Self::Random => Phase::Random,
            Self::Invalid => Phase::Invalid,
            Self::Malformed => Phase::Malformed,
        }
    }

    /// Whether it may give calls of a label.
    fn gives(self, label: Label) -> bool {
        match self {
            Self::Examples | Self::Random => label == Label::Valid,
            Self::Boundary => matches!(label, Label::Valid | Label::Unspecified),
            Self::Invalid => label == Label::Invalid,
            // The registry's rules give each of these.
            Self::Malformed => label != Label::Valid,
        }
    }
}

/// A call, and what it tries.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    pub(super) class: &'static str,
    pub(super) call: Call,
}

/// The calls of a service: one of each operation that `picks` picks, then the next one of each; of
/// those in the catalogues the ones that `admits` admits. Without an end, where random calls are among
/// them.
pub(super) fn in_turn<'s>(
    service: &'s Service,
    sources: &[Source],
    label: Option<Label>,
    seed: u64,
    picks: &dyn Fn(&Operation) -> bool,
    admits: &dyn Fn(&Operation, &Planned) -> bool,
) -> impl Iterator<Item = Tried> + use<'s> {
    let sources: Vec<Source> = sources
        .iter()
        .copied()
        .filter(|source| label.is_none_or(|label| source.gives(label)))
        .collect();
    let mut operations: VecDeque<_> = service
        .operations
        .iter()
        .enumerate()
        .filter(|(_, operation)| picks(operation))
        .map(|(index, operation)| of_operation(service, index, operation, &sources, seed, admits))
        .collect();
    std::iter::from_fn(move || {
        loop {
            let mut next = operations.pop_front()?;
            // An operation that has nothing more is not asked again.
            if let Some(tried) = next.find(|tried| label.is_none_or(|l| tried.call.label == l)) {
                operations.push_back(next);
                return Some(tried);
            }
        }
    })
}

/// Operations that have no calls, each with why.
pub(super) fn impossible<'s>(
    service: &'s Service,
    picks: &'s dyn Fn(&Operation) -> bool,
) -> impl Iterator<Item = String> + 's {
    let picked = service.operations.iter().filter(|operation| picks(operation));
    let without = picked.filter(|operation| catalogue::baseline(operation).is_err());
    without.map(|operation| {
        format!("{} cannot be tested: {}", operation.name, obstacle::told(operation))
    })
}

/// The calls of an operation: one of each source, then the next one of each.
fn of_operation<'s>(
    service: &'s Service,
    index: usize,
    operation: &'s Operation,
    sources: &[Source],
    seed: u64,
    admits: &dyn Fn(&Operation, &Planned) -> bool,
) -> Box<dyn Iterator<Item = Tried> + 's> {
    let Ok(base) = catalogue::baseline(operation) else { return Box::new(std::iter::empty()) };
    let base = Arc::new(base);
    let mut all: VecDeque<Box<dyn Iterator<Item = Tried> + 's>> = sources
        .iter()
        .map(|source| -> Box<dyn Iterator<Item = Tried> + 's> {
            let mut planned: Vec<Planned> = match source {
                Source::Examples => catalogue::examples_of(operation),
                Source::Boundary => catalogue::boundary(operation, &base, &Ideas::default()),
                Source::Invalid => catalogue::invalid(operation, &base, &Ideas::default()),
                Source::Malformed => catalogue::malformed(service, operation, &base),
                Source::Random => return Box::new(random(index, operation, seed)),
            };
            planned.retain(|planned| admits(operation, planned));
            Box::new(planned.into_iter().filter_map(move |planned| {
                Some(Tried { class: planned.class, call: planned.call(operation)? })
            }))
        })
        .collect();
    Box::new(std::iter::from_fn(move || {
        loop {
            let mut next = all.pop_front()?;
            if let Some(tried) = next.next() {
                all.push_back(next);
                return Some(tried);
            }
        }
    }))
}

/// Random calls of an operation, as a campaign of this seed sends them.
fn random(index: usize, operation: &Operation, seed: u64) -> impl Iterator<Item = Tried> + '_ {
    let mut number = 0_u64;
    std::iter::from_fn(move || {
        for _ in 0..PATIENCE {
            let rng = Rng::derive(seed, &[Phase::Random as u64, index as u64, number]);
            number += 1;
            let call = catalogue::random(operation, rng).ok();
            if let Some(call) = call.filter(|call| confirm::confirms(operation, call)) {
                return Some(Tried { class: "random", call });
            }
        }
        None
    })
}
