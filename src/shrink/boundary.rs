//! Where the failure begins: the passing neighbour of the smallest failing candidate.

use std::sync::Arc;

use super::Candidate;
use super::place::{Place, leaves};
use crate::choice::{Choice, Node, Trace, grid};

/// The smallest failing candidate and the nearest passing one that differs in a single choice.
#[derive(Clone, Debug)]
pub struct Boundary<T> {
    /// The choice in which they differ.
    pub at: Place,
    /// Passes.
    pub passes: Arc<Candidate<T>>,
    /// Fails.
    pub fails: Arc<Candidate<T>>,
}

impl<T> Boundary<T> {
    /// The boundary of the best among those that passed. Numbers go before lengths.
    pub(super) fn of(best: &Arc<Candidate<T>>, passed: &[Arc<Candidate<T>>]) -> Option<Self> {
        let (_, node, passes) = passed
            .iter()
            .filter_map(|passed| {
                let node = only_difference(&best.trace, &passed.trace)?;
                let distance = distance(&best.trace.nodes[node], &passed.trace.nodes[node])?;
                Some((distance, node, passed))
            })
            .min_by_key(|(distance, node, _)| (*distance, *node))?;
        let at = leaves(&best.trace).into_iter().nth(node)?;
        Some(Self { at, passes: passes.clone(), fails: best.clone() })
    }
}

fn only_difference(a: &Trace, b: &Trace) -> Option<usize> {
    if a.nodes.len() != b.nodes.len() {
        return None;
    }
    let mut different = (0..a.nodes.len()).filter(|at| a.nodes[*at].choice != b.nodes[*at].choice);
    let first = different.next()?;
    different.next().is_none().then_some(first)
}

/// How far apart two choices are, where that has a meaning: (rank of the kind, distance).
fn distance(a: &Node, b: &Node) -> Option<(u8, u128)> {
    match (&a.choice, &b.choice) {
        (Choice::Int(a), Choice::Int(b)) => Some((0, a.abs_diff(*b))),
        (Choice::Float(a), Choice::Float(b)) => Some((0, u128::from((a - b).abs().to_bits()))),
        (Choice::Duration(a), Choice::Duration(b)) => {
            let rank = |d| grid().take_while(|step| step < d).count();
            Some((0, rank(a).abs_diff(rank(b)) as u128))
        }
        (Choice::Text(a), Choice::Text(b)) if a.len() != b.len() => {
            Some((1, a.len().abs_diff(b.len()) as u128))
        }
        (Choice::Bytes(a), Choice::Bytes(b)) if a.len() != b.len() => {
            Some((1, a.len().abs_diff(b.len()) as u128))
        }
        _ => None,
    }
}
