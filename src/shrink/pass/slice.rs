//! The failing step and what it draws on, transitively: one probe, often the whole reduction of a
//! sequence. Where waits are left, a second probe keeps the schedule.

use super::{Flow, Pass, Place, Trial, steps, whole};

pub(super) const PASS: Pass = Pass { name: "slice", structural: true, targets: whole, run };

fn run(trial: &mut Trial<'_>, _: &[Place]) -> Flow {
    let best = trial.best();
    let sequence = steps::Sequence::of(&best);
    let Some(last) = sequence.len().checked_sub(1) else { return Ok(()) };
    let mut kept = vec![false; last + 1];
    let mut open = vec![last];
    while let Some(step) = open.pop() {
        if !std::mem::replace(&mut kept[step], true) {
            open.extend(sequence.producers(step));
        }
    }
    steps::keep(trial, &kept).map(drop)
}
