//! Two integers are lowered together with their difference kept; then the difference is turned
//! round, since what lies beyond the other number may lie before it as well.

use super::leaf::{Int, leaves_where, with_ints};
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Node, Trace};

pub(super) const PASS: Pass = Pass { name: "pairs", structural: false, targets, run };

/// How many later integers each is paired with.
const PARTNERS: usize = 2;

fn targets(trace: &Trace) -> Vec<Target> {
    let number = |node: &Node| {
        matches!(node.choice, Choice::Int(_))
            && Int::of(node).is_some_and(|int| int.max - int.min > 1)
    };
    let places = leaves_where(trace, number);
    let mut targets = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let partners = places[at + 1..].iter().take(PARTNERS);
        targets.extend(partners.map(|partner| vec![place.clone(), partner.clone()]));
    }
    targets
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    lower(trial, target)?;
    let best = trial.best();
    let at = |place| Int::at(&best, place);
    if let (Some(first), Some(second)) = (at(&target[0]), at(&target[1]))
        && second.value > first.value
    {
        let mirrored = 2 * first.value - second.value;
        trial.attempt(|trace| with_ints(trace, [(&target[1], mirrored)]))?;
    }
    Ok(())
}

fn lower(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let best = trial.best();
    let at = |place| Int::at(&best, place);
    let (Some(first), Some(second)) = (at(&target[0]), at(&target[1])) else { return Ok(()) };
    if first.value <= first.toward || second.value <= second.toward {
        return Ok(());
    }
    let most = first.distance().min(second.distance());
    let mut go = |by: i128| {
        let ints = [(&target[0], first.value - by), (&target[1], second.value - by)];
        trial.attempt(|trace| with_ints(trace, ints))
    };
    if !go(1)? || most == 1 || go(most)? {
        return Ok(());
    }
    let (mut low, mut high, mut stride) = (1, most, 1);
    while low + stride < high {
        if go(low + stride)? {
            low += stride;
            stride *= 2;
        } else {
            high = low + stride;
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if go(middle)? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::shrink::Cost;
    use crate::shrink::example::shrink;

    #[test]
    fn a_difference_is_kept_and_then_turned_round() {
        let shrunk = shrink(
            |source| {
                let first = source.int(1, 1 << 20, 1)?;
                Ok((first, source.int(1, 1 << 20, 1)?))
            },
            |_| Cost::default(),
            |(a, b)| *a > 12 && a.abs_diff(*b) == 1 && b > a,
            |(a, b)| *a >= 10 && a.abs_diff(*b) == 1,
        );
        assert_eq!(shrunk.value, (10, 9));
    }
}
