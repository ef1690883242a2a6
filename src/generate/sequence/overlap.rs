//! What depends on a thing overlaps with what is done to it: a call is not over when the next one is.

use super::program::{Move, Program, writes};
use crate::spec::graph::Graph;

/// The programs in which the last octet of a call stays back until another about the same thing has ended:
/// each change and the end of a thing, overlapped by each change, by a look and by the end; and what makes a
/// thing under a name that the caller chooses, overlapped by its use.
pub fn listed(graph: &Graph, number: usize) -> Vec<Program> {
    use Move::{Do, Held};
    let Some(resource) = graph.resources().get(number) else { return Vec::new() };
    let Some(create) = resource.create else { return Vec::new() };
    let changes: Vec<usize> =
        writes(resource).filter(|write| *write != create).chain(resource.delete).collect();
    let deeds = || changes.iter().copied().chain(resource.read);
    let pair = |held: usize| deeds().map(move |deed| (held, deed));
    let mut all: Vec<Program> = changes
        .iter()
        .flat_map(|held| pair(*held))
        .map(|(held, deed)| Program::of([Do(create), Held(held), Do(deed)]))
        .collect();
    if resource.create_is_put {
        all.extend(deeds().map(|deed| Program::of([Held(create), Do(deed)])));
    }
    all
}
