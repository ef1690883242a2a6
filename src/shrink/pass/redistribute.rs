//! Of two integers that are drawn alike the first goes down and the second up by as much, where the
//! failure hangs on their sum.

use super::leaf::{Int, leaves_where, with_ints};
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Node, Trace};

pub(super) const PASS: Pass = Pass { name: "redistribute", structural: false, targets, run };

/// How many later integers each is paired with.
const PARTNERS: usize = 2;

fn targets(trace: &Trace) -> Vec<Target> {
    let number = |node: &Node| matches!(node.choice, Choice::Int(_));
    let all: Vec<(Place, Int)> = crate::shrink::place::leaves(trace)
        .into_iter()
        .zip(&trace.nodes)
        .filter_map(|(place, node)| Some((place, Int::of(node).filter(|_| number(node))?)))
        .collect();
    let mut targets = Vec::new();
    for place in leaves_where(trace, number) {
        let Some(first) = all.iter().position(|(other, _)| *other == place) else { continue };
        let like = all[first + 1..].iter().filter(|(_, int)| int.is_like(&all[first].1));
        targets.extend(like.take(PARTNERS).map(|(other, _)| vec![place.clone(), other.clone()]));
    }
    targets
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let best = trial.best();
    let at = |place| Int::at(&best, place);
    let (Some(down), Some(up)) = (at(&target[0]), at(&target[1])) else { return Ok(()) };
    if down.distance() == 0 || !down.is_like(&up) || down.max - down.min <= 1 {
        return Ok(());
    }
    let sign = (down.value - down.toward).signum();
    let room = if sign > 0 { up.max - up.value } else { up.value - up.min };
    let most = down.distance().min(room);
    let first_round = trial.round() == 0;
    let mut go = |by: i128| {
        let ints = [(&target[0], down.value - sign * by), (&target[1], up.value + sign * by)];
        trial.attempt(|trace| with_ints(trace, ints))
    };
    // Before the integers are lowered a part would mostly be moved in vain; after that mostly
    // nothing can be moved.
    if most < 1 {
        return Ok(());
    }
    if first_round {
        return go(most).map(drop);
    }
    if !go(1)? || most == 1 || go(most)? {
        return Ok(());
    }
    let (mut low, mut high) = (1, most);
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
    use crate::shrink::example::plain;

    #[test]
    fn a_sum_moves_to_the_last_number() {
        let pair = plain(
            |source| Ok((source.int(0, 1000, 0)?, source.int(0, 1000, 0)?)),
            |(a, b)| a + b > 1500,
        );
        assert_eq!(pair, (501, 1000));
        let capped = plain(
            |source| Ok((source.int(0, 1000, 0)?, source.int(0, 1000, 0)?)),
            |(a, b)| a + b > 700 && *b <= 500,
        );
        assert_eq!(capped, (201, 500));
    }
}
