//! Which calls are released together.

use super::program::{Move, Program, writes};
use crate::spec::graph::Graph;

/// So many calls that are the same come at once, beside pairs: where input is drawn, their number is, too.
const CROWD: u8 = 4;

/// The programs that end with calls at once about a kind of thing, the simplest first: the same write more
/// than once, two different ones, a write beside a read and beside the end of the thing; and, where a
/// history can bring it there, the same in another state.
pub fn listed(graph: &Graph, number: usize) -> Vec<Program> {
    use Move::{Again, Beside, Do, Twins};
    let Some(resource) = graph.resources().get(number) else { return Vec::new() };
    let Some(create) = resource.create else { return Vec::new() };
    let make = Do(create);
    let writes: Vec<usize> =
        writes(resource).filter(|write| *write != create).chain(resource.delete).collect();
    // What has to be new shows when it is asked for twice.
    let mut all = vec![Program::of([make, Again(1)])];
    all.extend(writes.iter().map(|write| Program::of([make, Do(*write), Twins(1)])));
    if !resource.create_is_put {
        all.extend([Twins(1), Beside(create)].map(|more| Program::of([make, more])));
    }
    for (at, first) in writes.iter().enumerate() {
        // Two of one kind that say different things are a pair, too.
        let pairs = writes[at..]
            .iter()
            .filter(|second| Some(**second) != resource.delete || *second != first);
        all.extend(pairs.map(|second| Program::of([make, Do(*first), Beside(*second)])));
    }
    if let Some(read) = resource.read {
        all.extend(writes.iter().map(|write| Program::of([make, Do(*write), Beside(read)])));
        let threes = writes.iter().filter(|write| Some(**write) != resource.delete);
        all.extend(threes.map(|write| Program::of([make, Do(*write), Twins(1), Beside(read)])));
    }
    for write in &writes {
        all.push(Program::of([make, Do(*write), Twins(CROWD - 1)]));
    }
    let states = &resource.others;
    for state in states {
        for write in writes.iter().filter(|write| *write != state) {
            all.push(Program::of([make, Do(*state), Do(*write), Twins(1)]));
        }
    }
    all
}
