//! What is done with a thing after a while: what it hangs on may have ended by then.

use super::program::{Move, Program, writes};
use crate::spec::graph::Graph;

/// The programs that make a thing of a kind and come back to it after a while.
pub fn listed(graph: &Graph, number: usize) -> Vec<Program> {
    let Some(resource) = graph.resources().get(number) else { return Vec::new() };
    let Some(create) = resource.create else { return Vec::new() };
    let deeds = resource.read.into_iter().chain(writes(resource)).chain(resource.delete);
    let deeds = deeds.filter(|deed| *deed != create);
    deeds.map(|deed| Program::of([Move::Do(create), Move::Later(deed)])).collect()
}
