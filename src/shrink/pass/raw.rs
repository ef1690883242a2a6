//! What the schema would not give is replaced by the simplest thing it would.

use super::{Flow, Pass, Place, Trial, group, whole};
use crate::choice::Choice;
use crate::shrink::place::owners;

pub(super) const PASS: Pass = Pass { name: "raw", structural: true, targets: whole, run };

fn run(trial: &mut Trial<'_>, _: &[Place]) -> Flow {
    let best = trial.best();
    let raw: Vec<Place> = owners(&best)
        .into_iter()
        .zip(&best.nodes)
        .filter(|(_, node)| matches!(node.choice, Choice::Raw(_) | Choice::Extra(_)))
        .map(|(owner, _)| Place::of_span(&best, owner))
        .collect();
    group::simplify(trial, &raw, false, &mut |_, _| Ok(()))
}
