//! An earlier alternative in the place of the one taken: with a trivial body, in later rounds also
//! with the old one.

use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Label, Trace};
use crate::shrink::Edit;

pub(super) const PASS: Pass = Pass { name: "branch", structural: true, targets, run };

/// More alternatives than these are not tried one by one.
const MOST: u32 = 16;

fn targets(trace: &Trace) -> Vec<Target> {
    let alternatives = (0..trace.spans.len()).filter(|span| branch_of(trace, *span).is_some());
    alternatives.map(|span| vec![Place::of_span(trace, span)]).collect()
}

/// The branch that stands before an alternative: its index and what was taken, where that is not
/// the first.
fn branch_of(trace: &Trace, span: usize) -> Option<(usize, u32)> {
    let span = &trace.spans[span];
    let at = span.start.checked_sub(1).filter(|_| span.label == Label::Alternative)?;
    match trace.nodes.get(at)?.choice {
        Choice::Branch(taken) if taken > 0 => Some((at, taken)),
        _ => None,
    }
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let found = |trace: &Trace| {
        let span = target[0].find_span(trace)?;
        branch_of(trace, span).map(|(at, taken)| (span, at, taken))
    };
    let Some((_, _, taken)) = found(&trial.best()) else { return Ok(()) };
    let bodies: &[bool] = if trial.round() == 0 { &[false] } else { &[false, true] };
    for keep_body in bodies.iter().copied() {
        for lower in 0..taken.min(MOST) {
            let lowered = trial.attempt(|trace| {
                let (span, at, _) = found(trace)?;
                let edit = Edit::new().set(at, Choice::Branch(lower));
                Some(if keep_body { edit } else { edit.trivial(span) })
            })?;
            if lowered {
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::choice::{Draw, Label, Source};
    use crate::shrink::example::plain;

    fn shape(source: &mut Source<'_>) -> Draw<(usize, i128)> {
        let branch = source.branch(5)?;
        let body = source.span(Label::Alternative, |source| source.int(0, 999, 0))?;
        Ok((branch, if branch == 1 { 0 } else { body }))
    }

    #[test]
    fn an_earlier_alternative_is_taken_with_its_old_body_where_it_needs_one() {
        assert_eq!(plain(shape, |(branch, _)| *branch > 1), (2, 0));
        assert_eq!(plain(shape, |(branch, body)| *branch > 1 && *body > 3), (2, 4));
    }
}
