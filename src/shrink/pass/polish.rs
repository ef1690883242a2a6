//! Small integers one by one, on both sides: for failures that are not monotone.

use super::integers::one_by_one;
use super::leaf::{Int, leaves_where};
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Node, Trace};

pub(super) const PASS: Pass = Pass { name: "polish", structural: false, targets, run };

/// Greater distances are left to bisection.
const NEAR: i128 = 5;

fn targets(trace: &Trace) -> Vec<Target> {
    let near = |node: &Node| {
        matches!(node.choice, Choice::Int(_))
            && Int::of(node).is_some_and(|int| (1..=NEAR).contains(&int.distance()))
    };
    leaves_where(trace, near).into_iter().map(|place| vec![place]).collect()
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let Some(int) = Int::at(&trial.best(), &target[0]) else { return Ok(()) };
    one_by_one(trial, target, int.toward, int.distance())
}

#[cfg(test)]
mod tests {
    use crate::shrink::example::plain;

    #[test]
    fn small_numbers_that_must_differ_lie_round_the_simplest() {
        let list = plain(
            |source| source.list(0, 9, 4.0, |source, _| source.int(-1000, 1000, 0)),
            |list| {
                let mut distinct = list.clone();
                distinct.sort_unstable();
                distinct.dedup();
                distinct.len() >= 3
            },
        );
        assert_eq!(list, [0, 1, -1]);
    }
}
