//! What is done with a thing after a while: what it hangs on may have ended by then, and so may the connection.

use super::program::{Move, Program, writes};
use crate::spec::graph::Graph;

/// The programs that make a thing of a kind and come back to it after a while, from its making and from a
/// change; and a look that is repeated after a while over the same connection.
pub fn listed(graph: &Graph, number: usize) -> Vec<Program> {
    use Move::{Do, Idle, Later};
    let Some(resource) = graph.resources().get(number) else { return Vec::new() };
    let look = resource.read.or(resource.list);
    let made = resource.create.map(Do);
    let idle = look.map(|look| Program::of(made.into_iter().chain([Do(look), Idle(look)])));
    let Some(create) = resource.create else { return idle.into_iter().collect() };
    let deeds = resource.read.into_iter().chain(writes(resource)).chain(resource.delete);
    let deeds = deeds.filter(|deed| *deed != create);
    let later = deeds.map(|deed| Program::of([Do(create), Later(deed)]));
    let changes = writes(resource).filter(|write| *write != create);
    let changed = changes.zip(resource.read.into_iter().cycle());
    let changed = changed.map(|(write, read)| Program::of([Do(create), Do(write), Later(read)]));
    later.chain(changed).chain(idle).collect()
}
