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
