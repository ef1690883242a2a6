//! Which operations follow each other.

use std::sync::Arc;

use crate::choice::{Draw, Source};
use crate::spec::graph::{Graph, Resource};

/// A program has at most so many moves.
const MOST: usize = 12;

/// Moves that are tried after a thing was made are combined in pairs up to so many of them.
const MOST_PAIRED: usize = 8;

/// Two of what changes the state of a thing are followed by everything, where it has up to so many.
const MOST_STATES: usize = 4;

/// One move of a program. Operations are numbers of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// A call as the contract wants it.
    Do(usize),
    /// A call that breaks one rule of the contract.
    Broken(usize),
    /// A call by someone else, who has nothing to do with what was made.
    Stranger(usize),
    /// A call as the contract wants it, a while after the one before.
    Later(usize),
    /// The call before once more, so many times.
    Again(u8),
    /// The same over the connection of the one before, which is idle meanwhile.
    Idle(usize),
    /// A call as the contract wants it, whose last octet stays back until what comes next has ended.
    Held(usize),
    /// A call as the contract wants it, at once with the one before.
    Beside(usize),
    /// The very call before so many times more, all at once.
    Twins(u8),
}

/// Which operations follow each other; what they need is made before them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program(pub Arc<[Move]>);

impl Program {
    pub(super) fn of(moves: impl IntoIterator<Item = Move>) -> Self {
        Self(moves.into_iter().take(MOST).collect())
    }

    /// The operations that it calls by itself, in order; what they need comes on top.
    pub fn operations(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.0.iter().filter_map(|step| match step {
            Move::Do(operation)
            | Move::Broken(operation)
            | Move::Stranger(operation)
            | Move::Later(operation)
            | Move::Idle(operation)
            | Move::Held(operation)
            | Move::Beside(operation) => Some(*operation),
            Move::Again(_) | Move::Twins(_) => None,
        })
    }

    /// Whether it says when its calls come: at once, after a while, or before another is over.
    pub fn is_timed(&self) -> bool {
        use Move::{Beside, Held, Idle, Later, Twins};
        let is_timed =
            |step: &Move| matches!(step, Beside(_) | Held(_) | Idle(_) | Later(_) | Twins(_));
        self.0.iter().any(is_timed)
    }

    /// Whether a call of it is not over when the next one is.
    pub fn is_overlapped(&self) -> bool {
        self.0.iter().any(|step| matches!(step, Move::Held(_)))
    }

    /// The operation that it ends with.
    pub fn last(&self) -> Option<usize> {
        self.operations().next_back()
    }
}

/// What can be done with a thing of a kind once it is there, writes first; `delete` is the last.
fn deeds(resource: &Resource) -> Vec<usize> {
    let writes = resource.others.iter().copied().chain(resource.update).chain(resource.replace);
    let reads = resource.read.into_iter().chain(resource.list);
    let made_by_put = resource.create.filter(|_| resource.create_is_put);
    let mut deeds: Vec<usize> = writes.chain(reads).chain(resource.delete).collect();
    deeds.retain(|deed| Some(*deed) != made_by_put);
    deeds.dedup();
    deeds
}

/// What changes a thing.
pub(super) fn writes(resource: &Resource) -> impl Iterator<Item = usize> {
    resource.update.into_iter().chain(resource.replace).chain(resource.others.iter().copied())
}

/// The programs that every resource is worth, the shortest first.
pub fn listed(graph: &Graph, number: usize) -> Vec<Program> {
    use Move::{Again, Broken, Do, Stranger};
    let Some(resource) = graph.resources().get(number) else { return Vec::new() };
    let Some(create) = resource.create else {
        return deeds(resource).into_iter().map(|deed| Program::of([Do(deed)])).collect();
    };
    let make = Do(create);
    let mut all = vec![Program::of([make])];
    let deeds = deeds(resource);
    all.extend(deeds.iter().map(|deed| Program::of([make, Do(*deed)])));
    if let (Some(delete), Some(read)) = (resource.delete, resource.read) {
        all.push(Program::of([make, Do(delete), Do(read)]));
    }
    all.extend(writes(resource).map(|write| Program::of([make, Broken(write)])));
    if let Some(read) = resource.read {
        all.extend(writes(resource).map(|write| Program::of([make, Do(write), Do(read)])));
    }
    all.extend(writes(resource).map(|write| Program::of([make, Do(write), Again(1)])));
    if let Some(list) = resource.list {
        all.extend([1, 2, 5, 9].map(|more| Program::of([make, Again(more), Do(list)])));
    }
    all.extend(deeds.iter().map(|deed| Program::of([make, Stranger(*deed)])));
    if let Some(delete) = resource.delete {
        all.push(Program::of([make, Do(delete), Again(1)]));
        all.extend(writes(resource).map(|write| Program::of([make, Do(delete), Do(write)])));
    }
    let paired = &deeds[..deeds.len().min(MOST_PAIRED)];
    for first in paired {
        all.extend(paired.iter().map(|second| Program::of([make, Do(*first), Do(*second)])));
    }
    for child in graph.resources().iter().filter(|child| child.parent == Some(number)) {
        let Some(born) = child.create else { continue };
        for deed in paired {
            let reads = [child.read, child.list].into_iter().flatten();
            all.extend(reads.map(|read| Program::of([make, Do(born), Do(*deed), Do(read)])));
            all.push(Program::of([make, Do(*deed), Do(born)]));
        }
    }
    let states = &resource.others[..resource.others.len().min(MOST_STATES)];
    let children = graph.resources().iter().filter(|child| child.parent == Some(number));
    let born: Vec<usize> = children.filter_map(|child| child.create).collect();
    for first in states {
        for second in states.iter().filter(|second| *second != first) {
            let then = born.iter().chain(paired).filter(|third| ![first, second].contains(third));
            let then = then.map(|third| Program::of([make, Do(*first), Do(*second), Do(*third)]));
            all.extend(then);
        }
    }
    for deed in writes(resource) {
        all.extend([4, 8].map(|more| Program::of([make, Do(deed), Again(more)])));
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|program| seen.insert(program.clone()));
    all
}

/// A random program about a resource: it is made, then things are done with it, with what is nested
/// in it and with what it is nested in.
///
/// # Errors
/// Nothing can be done with it.
pub fn draw(graph: &Graph, number: usize, source: &mut Source<'_>) -> Draw<Program> {
    let resources = graph.resources();
    let own = resources.get(number).ok_or(crate::choice::Overrun)?;
    let near: Vec<&Resource> = resources
        .iter()
        .enumerate()
        .filter(|(at, other)| {
            *at == number || other.parent == Some(number) || own.parent == Some(*at)
        })
        .map(|(_, other)| other)
        .collect();
    let mut moves: Vec<Move> = own.create.map(Move::Do).into_iter().collect();
    let more = source.list(1, MOST, 4.0, |source, _| {
        let kind = source.branch(9)?;
        // Mostly what the program is about, now and then what is near.
        let about = if source.bool(0.3)? { near[source.branch(near.len())?] } else { own };
        let mut deeds = deeds(about);
        deeds.extend(about.create);
        if deeds.is_empty() {
            return Err(crate::choice::Overrun);
        }
        let deed = deeds[source.branch(deeds.len())?];
        Ok(match kind {
            0 => Move::Again(source.int(1, 8, 1)? as u8),
            1 => Move::Broken(deed),
            2 => Move::Stranger(deed),
            _ => Move::Do(deed),
        })
    })?;
    moves.extend(more);
    Ok(Program::of(moves))
}

/// A program like another: a move more, less, twice or elsewhere, or the end of a third one.
///
/// # Errors
/// Too many choices were drawn.
pub fn mutate(
    program: &Program,
    other: &Program,
    fresh: &Program,
    source: &mut Source<'_>,
) -> Draw<Program> {
    let mut moves = program.0.to_vec();
    let place = |moves: &[Move], source: &mut Source<'_>| source.branch(moves.len().max(1));
    match source.branch(5)? {
        0 => {
            let at = place(&moves, source)?;
            let from = place(&fresh.0, source)?;
            if let Some(new) = fresh.0.get(from) {
                moves.insert((at + 1).min(moves.len()), *new);
            }
        }
        1 if moves.len() > 1 => {
            let at = place(&moves, source)?;
            moves.remove(at);
        }
        2 => {
            let at = place(&moves, source)?;
            if let Some(twice) = moves.get(at).copied() {
                moves.insert(at, twice);
            }
        }
        3 if moves.len() > 1 => {
            let at = source.branch(moves.len() - 1)?;
            moves.swap(at, at + 1);
        }
        _ => {
            let from = place(&other.0, source)?;
            moves.extend(other.0.iter().skip(from));
        }
    }
    Ok(Program::of(moves))
}
