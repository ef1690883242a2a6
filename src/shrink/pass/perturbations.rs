//! Calls together, bends of timing and departures from the contract off: all at once, then by group
//! testing.
//!
//! Which parts of a step these are is told by the cost: a part is one of them where the candidate
//! without it costs less before choices count. Weighing costs no probe.

use super::{Flow, Pass, Place, Trial, group, whole};
use crate::choice::{Label, Trace};

pub(super) const PASS: Pass = Pass { name: "perturbations", structural: true, targets: whole, run };

fn run(trial: &mut Trial<'_>, _: &[Place]) -> Flow {
    let cost = trial.cost();
    if cost.within_steps() == (0, 0, 0) {
        return Ok(());
    }
    let best = trial.best();
    let mut lighter: Vec<Place> = Vec::new();
    let within = within_values(&best);
    // From the inside out, so that of nested parts the smallest is taken.
    for span in (0..best.spans.len()).rev() {
        let is_part = matches!(best.spans[span].label, Label::Element | Label::Field);
        if !is_part || within[span] {
            continue;
        }
        let place = Place::of_span(&best, span);
        if lighter.iter().any(|inner| inner.span.starts_with(&place.span)) {
            continue;
        }
        let without =
            trial.weigh(|trace| Some(group::cleared(trace, std::slice::from_ref(&place))))?;
        if without.is_some_and(|without| {
            without.steps == cost.steps && without.within_steps() < cost.within_steps()
        }) {
            lighter.push(place);
        }
    }
    lighter.reverse();
    group::simplify(trial, &lighter, false, &mut |_, _| Ok(()))
}

/// Which spans lie within a value: of such, however many, none is a bend of timing.
fn within_values(trace: &Trace) -> Vec<bool> {
    let mut within = vec![false; trace.spans.len()];
    for (index, span) in trace.spans.iter().enumerate().skip(1) {
        let inside = matches!(trace.spans[span.parent].label, Label::Value(_));
        within[index] = inside || within[span.parent];
    }
    within
}

#[cfg(test)]
mod tests {
    use crate::choice::{Draw, Label, Source};
    use crate::shrink::Cost;
    use crate::shrink::example::shrink;

    #[derive(Clone, Debug)]
    struct Call {
        body: Vec<i128>,
        perturbations: Vec<i128>,
    }

    fn steps(source: &mut Source<'_>) -> Draw<Vec<Call>> {
        source.list(1, 4, 2.0, |source, _| {
            source.span(Label::Step, |source| {
                let body = source.list(0, 5, 3.0, |source, _| source.int(0, 9, 0))?;
                let perturbations = source.list(0, 6, 4.0, |source, _| source.int(0, 9, 0))?;
                Ok(Call { body, perturbations })
            })
        })
    }

    fn cost(steps: &[Call]) -> Cost {
        let perturbations = steps.iter().map(|step| step.perturbations.len()).sum();
        Cost { steps: steps.len(), perturbations, ..Cost::default() }
    }

    #[test]
    fn perturbations_go_before_values_do() {
        let rich = |steps: &Vec<Call>| {
            steps.len() == 3 && steps.iter().all(|step| step.perturbations.len() > 3)
        };
        let none = shrink(steps, |steps| cost(steps), rich, |steps| steps.len() == 3);
        assert!(
            none.value.iter().all(|step| step.perturbations.is_empty() && step.body.is_empty())
        );
        assert!(none.probes <= 8, "{} probes", none.probes);
        let one = |steps: &Vec<Call>| steps.iter().any(|step| step.perturbations.contains(&7));
        let shrunk = shrink(steps, |steps| cost(steps), |steps| rich(steps) && one(steps), one);
        assert_eq!(shrunk.value.len(), 1);
        assert_eq!((&shrunk.value[0].perturbations[..], shrunk.value[0].body.len()), (&[7][..], 0));
    }
}
