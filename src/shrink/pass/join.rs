//! Two neighbouring lists become one: the end of the first and the bit before the second go.

use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Trace};
use crate::shrink::Edit;
use crate::shrink::place::leaves;

pub(super) const PASS: Pass = Pass { name: "join", structural: true, targets, run };

fn targets(trace: &Trace) -> Vec<Target> {
    let places = leaves(trace);
    let pairs = (1..trace.nodes.len()).rev().filter(|at| is_seam(trace, at - 1, *at));
    pairs.map(|at| vec![places[at - 1].clone(), places[at].clone()]).collect()
}

fn is_seam(trace: &Trace, end: usize, begin: usize) -> bool {
    end + 1 == begin
        && trace.nodes[end].choice == Choice::Bool(false)
        && trace.nodes[begin].choice == Choice::Bool(true)
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let joined = trial.attempt(|trace| {
        let end = target[0].find_choice(trace)?;
        let begin = target[1].find_choice(trace)?;
        is_seam(trace, end, begin).then(|| Edit::new().replace(end..begin + 1, Vec::new()))
    });
    joined.map(drop)
}

#[cfg(test)]
mod tests {
    use crate::shrink::example::plain;

    #[test]
    fn neighbouring_lists_become_one() {
        let lists = plain(
            |source| {
                source.list(0, 9, 3.0, |source, _| {
                    source.list(0, 9, 3.0, |source, _| source.int(0, 9, 0))
                })
            },
            |lists| lists.iter().map(Vec::len).sum::<usize>() >= 5,
        );
        assert_eq!(lists, [[0; 5]]);
    }
}
