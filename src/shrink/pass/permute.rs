//! Siblings of one kind that are not neighbours change places, where that makes the whole simpler.

use super::sort::{arranged, compare, siblings, targets};
use super::{Flow, Pass, Place, Trial};
use crate::choice::Trace;

pub(super) const PASS: Pass = Pass { name: "permute", structural: false, targets, run };

/// Of more siblings only the first are tried.
const MOST: usize = 8;

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let group = |trace: &Trace| target[0].find_span(trace).map(|span| siblings(trace, span));
    let Some(count) = group(&trial.best()).map(|group| group.len()) else { return Ok(()) };
    for first in 0..count.min(MOST) {
        for second in first + 2..count.min(MOST) {
            trial.attempt(|trace| {
                let siblings = group(trace).filter(|now| now.len() == count)?;
                let mut order: Vec<usize> = (0..count).collect();
                order.swap(first, second);
                compare(trace, siblings[second], siblings[first])
                    .is_lt()
                    .then(|| arranged(trace, &siblings, &order))
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::shrink::example::plain;

    #[test]
    fn what_cannot_be_sorted_changes_places() {
        // The middle has to be the greatest.
        let list = plain(
            |source| source.list(3, 3, 0.0, |source, _| source.int(0, 99, 0)),
            |list| {
                list[1] == 9
                    && [list[0], list[2]].iter().all(|int| [2, 4].contains(int))
                    && list[0] != list[2]
            },
        );
        assert_eq!(list, [2, 9, 4]);
    }
}
