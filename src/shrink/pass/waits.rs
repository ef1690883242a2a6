//! All lengths of time to zero at once: where the failure does not hang on them, nothing later has to
//! keep them.

use super::{Flow, Pass, Place, Trial, group, leaf, whole};
use crate::choice::Choice;

pub(super) const PASS: Pass = Pass { name: "waits", structural: true, targets: whole, run };

fn run(trial: &mut Trial<'_>, _: &[Place]) -> Flow {
    let is_duration = |node: &crate::choice::Node| matches!(node.choice, Choice::Duration(_));
    let durations = leaf::leaves_where(&trial.best(), is_duration);
    group::clear(trial, &durations).map(drop)
}
