//! Lengths of time: zero, then the least on the grid 1·2·5×10^k that still fails, by bisection.

use std::time::Duration;

use super::leaf::leaves_where;
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Domain, Node, Trace, grid};
use crate::shrink::Edit;

pub(super) const PASS: Pass = Pass { name: "durations", structural: false, targets, run };

fn targets(trace: &Trace) -> Vec<Target> {
    let duration = |node: &Node| matches!(node.choice, Choice::Duration(_));
    leaves_where(trace, duration).into_iter().map(|place| vec![place]).collect()
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let Some((value, max)) = duration_at(&trial.best(), &target[0]) else { return Ok(()) };
    let mut go = |duration: Duration| {
        trial.attempt(|trace| {
            let node = target[0].find_choice(trace)?;
            Some(Edit::new().set(node, Choice::Duration(duration)))
        })
    };
    if go(Duration::ZERO)? {
        return Ok(());
    }
    let steps: Vec<Duration> = grid().take_while(|step| *step <= max).collect();
    // The step at or above the value: it fails, or is taken to if it is the value itself.
    let mut high = steps.partition_point(|step| *step < value);
    if steps.get(high) != Some(&value) && (high == steps.len() || !go(steps[high])?) {
        if !go(steps[high - 1])? {
            return Ok(());
        }
        high -= 1;
    }
    // The next step first: mostly that is the end of it.
    if high < 2 || !go(steps[high - 1])? {
        return Ok(());
    }
    high -= 1;
    let mut low = 0;
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if go(steps[middle])? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(())
}

fn duration_at(trace: &Trace, place: &Place) -> Option<(Duration, Duration)> {
    let node = &trace.nodes[place.find_choice(trace)?];
    match (&node.choice, &node.domain) {
        (Choice::Duration(value), Domain::Duration(max)) => Some((*value, *max)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shrink::Cost;
    use crate::shrink::example::shrink;

    #[test]
    fn the_least_step_of_the_grid_that_fails_is_left() {
        let millis = Duration::from_millis;
        for (threshold, expected) in [(250, 500), (500, 500), (7, 10), (501, 1000)] {
            let shrunk = shrink(
                |source| source.duration(millis(60_000)),
                |_| Cost::default(),
                |wait| *wait > millis(2 * threshold),
                |wait| *wait >= millis(threshold),
            );
            assert_eq!(shrunk.value, millis(expected));
            assert!(shrunk.probes <= 9, "{} probes", shrunk.probes);
        }
    }
}
