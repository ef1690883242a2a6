//! Deletes steps from right to left, more at once as long as it goes well, each with what draws on
//! it. The last step is the failing one and stays.

use std::ops::Range;
use std::time::Duration;

use super::{Flow, Pass, Place, Trial, whole};
use crate::choice::{Choice, Domain, Trace};
use crate::shrink::Edit;
use crate::shrink::place;

pub(super) const PASS: Pass = Pass { name: "steps", structural: true, targets: whole, run };

fn run(trial: &mut Trial<'_>, _: &[Place]) -> Flow {
    let count = |trial: &Trial<'_>| place::steps(&trial.best()).len();
    let mut right = count(trial).saturating_sub(1);
    while right > 0 {
        let mut width = 1;
        let mut left = right.saturating_sub(width);
        while left < right && drop_window(trial, left..right)? {
            right = left;
            width *= 2;
            left = right.saturating_sub(width);
        }
        if width == 1 {
            right -= 1;
        }
        right = right.min(count(trial).saturating_sub(1));
    }
    Ok(())
}

/// Tries to delete a run of steps: with what draws on it, then alone.
fn drop_window(trial: &mut Trial<'_>, window: Range<usize>) -> Flow<bool> {
    let best = trial.best();
    let sequence = Sequence::of(&best);
    let count = sequence.len();
    let alone: Vec<bool> = (0..count).map(|step| !window.contains(&step)).collect();
    let mut kept = alone.clone();
    for step in window.end..count {
        kept[step] = sequence.producers(step).all(|producer| kept[producer]);
    }
    let failing_stays = kept.last() == Some(&true);
    Ok((failing_stays && keep(trial, &kept)?)
        || ((!failing_stays || kept != alone) && keep(trial, &alone)?))
}

/// Tries to keep just these steps; where waits would be lost, also with the next steps waiting for
/// as much longer.
pub(super) fn keep(trial: &mut Trial<'_>, kept: &[bool]) -> Flow<bool> {
    let edit = |trace: &Trace, schedule: bool| {
        let sequence = Sequence::of(trace);
        let mut edit = Edit::new();
        let mut lost = Duration::ZERO;
        for (step, kept) in kept.iter().enumerate() {
            let span = *sequence.spans.get(step)?;
            let wait = wait(trace, span);
            if !kept {
                edit = edit.delete(place::element_of(trace, span)?);
                lost += wait.map_or(Duration::ZERO, |wait| wait.length);
            } else if let Some(wait) = wait.filter(|_| !lost.is_zero() && schedule) {
                let longer = (wait.length + lost).min(wait.max);
                edit = edit.set(wait.node, Choice::Duration(longer));
                lost = Duration::ZERO;
            }
        }
        Some(edit)
    };
    Ok(trial.attempt(|trace| edit(trace, false))? || trial.attempt(|trace| edit(trace, true))?)
}

/// A step's wait: the first length of time among its own choices.
struct Wait {
    node: usize,
    length: Duration,
    max: Duration,
}

fn wait(trace: &Trace, step: usize) -> Option<Wait> {
    trace.own(step).find_map(|node| match (&trace.nodes[node].choice, &trace.nodes[node].domain) {
        (Choice::Duration(length), Domain::Duration(max)) => {
            Some(Wait { node, length: *length, max: *max })
        }
        _ => None,
    })
}

/// The steps of a trace and how they draw on each other.
pub(super) struct Sequence<'t> {
    trace: &'t Trace,
    spans: Vec<usize>,
}

impl<'t> Sequence<'t> {
    pub(super) fn of(trace: &'t Trace) -> Self {
        Self { trace, spans: place::steps(trace) }
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The earlier steps that a step refers to: those in which the names stand.
    pub(super) fn producers(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        let referred = self.choices(step).filter_map(|choice| match choice {
            Choice::Reference(name) => Some(name),
            _ => None,
        });
        referred.filter_map(move |name| {
            (0..step).find(|earlier| {
                self.choices(*earlier).any(|c| matches!(c, Choice::Name(own) if own == name))
            })
        })
    }

    fn choices(&self, step: usize) -> impl Iterator<Item = &'t Choice> + use<'t> {
        let span = &self.trace.spans[self.spans[step]];
        self.trace.nodes[span.start..span.end].iter().map(|node| &node.choice)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::choice::{Draw, Label, Rng, Source};
    use crate::shrink::Cost;
    use crate::shrink::example::{candidate, shrink};

    #[derive(Clone, Debug)]
    struct Step {
        name: Arc<str>,
        wait: Duration,
        of: Option<Arc<str>>,
    }

    fn sequence(source: &mut Source<'_>) -> Draw<Vec<Step>> {
        let mut names: Vec<Arc<str>> = Vec::new();
        source.list(0, 20, 8.0, |source, _| {
            source.span(Label::Step, |source| {
                let name = source.name("s")?;
                let wait = source.duration(Duration::from_secs(10))?;
                let refers = source.bool(0.5)? && !names.is_empty();
                let of = refers.then(|| source.reference(&names.as_slice().into())).transpose()?;
                names.push(name.clone());
                Ok(Step { name, wait, of })
            })
        })
    }

    fn cost(steps: &[Step]) -> Cost {
        Cost { steps: steps.len(), ..Cost::default() }
    }

    #[test]
    fn steps_go_with_what_draws_on_them() {
        let find = |wanted: &dyn Fn(&Vec<Step>) -> bool| {
            (0..1_000_000)
                .map(|seed| {
                    candidate(Source::random(Rng::new(seed)), sequence, |s| cost(s)).unwrap()
                })
                .find(|candidate| wanted(&candidate.value))
                .unwrap()
        };
        let chain = find(&|steps| {
            steps.len() > 4 && (1..4).all(|at| steps[at].of.as_ref() == Some(&steps[at - 1].name))
        });
        let of = Sequence::of(&chain.trace);
        let producers = |step| of.producers(step).collect::<Vec<_>>();
        assert_eq!([producers(1), producers(2), producers(3)], [vec![0], vec![1], vec![2]]);
    }

    #[test]
    fn the_schedule_is_kept_where_it_matters() {
        let late = |steps: &Vec<Step>| {
            steps.len() > 1
                && steps.iter().skip(1).map(|step| step.wait).sum::<Duration>()
                    > Duration::from_secs(7)
        };
        // No single wait is enough: they have to be put together.
        let apart = |steps: &Vec<Step>| {
            late(steps) && steps.iter().all(|step| step.wait < Duration::from_secs(7))
        };
        let shrunk = shrink(sequence, |steps| cost(steps), apart, late);
        assert_eq!(shrunk.value.len(), 2);
        assert_eq!(shrunk.value[1].wait, Duration::from_secs(10));
    }
}
