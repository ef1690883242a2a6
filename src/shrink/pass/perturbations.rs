//! Calls together, bends of timing and departures from the contract off: all at once, then by group
//! testing.
//!
//! Which parts of a step these are is told by the cost: a part is one of them where the candidate
//! without it costs less before choices count. Weighing costs no probe.

use super::{Flow, Pass, Place, Trial, group, whole};
use crate::choice::Label;

pub(super) const PASS: Pass = Pass { name: "perturbations", structural: true, targets: whole, run };

fn run(trial: &mut Trial<'_>, _: &[Place]) -> Flow {
    let cost = trial.cost();
    if cost.within_steps() == (0, 0, 0) {
        return Ok(());
    }
    let best = trial.best();
    let mut lighter: Vec<Place> = Vec::new();
    // From the inside out, so that of nested parts the smallest is taken.
    for span in (0..best.spans.len()).rev() {
        let is_part = matches!(best.spans[span].label, Label::Element | Label::Field);
        let place = Place::of_span(&best, span);
        if !is_part || lighter.iter().any(|inner| inner.span.starts_with(&place.span)) {
            continue;
        }
        let without = trial.weigh(|trace| Some(group::cleared(trace, &[place.clone()])))?;
        if without.is_some_and(|without| {
            without.steps == cost.steps && without.within_steps() < cost.within_steps()
        }) {
            lighter.push(place);
        }
    }
    lighter.reverse();
    group::simplify(trial, &lighter, false, &mut |_, _| Ok(()))
}
