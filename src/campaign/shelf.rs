//! The sequences about one kind of thing: those that every kind is worth, then drawn ones, and those like
//! what showed something new.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Phase;
use super::job::{Job, Plan, Sequence};
use crate::choice::{Rng, Source};
use crate::generate::sequence::{Known, Program, program};
use crate::spec::graph::Graph;

/// So many times as many get those that showed something new last time, at most.
const MOST_CREDIT: u32 = 4;

/// Programs that showed something new are kept for each kind of thing, the latest.
const MOST_KEPT: usize = 64;

/// How often each listed program is tried with random input, after the usual one.
const VARIANTS: usize = 3;

/// How often in a row what is drawn may be no program.
const PATIENCE: usize = 20;

/// The sequences about one kind of thing.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// The resource, by its number.
    pub(super) resource: usize,
    /// What is still to be tried, and whether with the usual input.
    listed: VecDeque<(Program, bool)>,
    /// What showed something new.
    kept: VecDeque<Program>,
    /// How many were taken so far.
    number: u64,
    /// How many turns it gets.
    pub(super) credit: u32,
}

/// A sequence that was taken from its shelf.
#[derive(Debug)]
pub(super) struct Taken {
    /// The resource, by its number.
    pub(super) resource: usize,
    /// How many were taken with it.
    pub(super) number: u64,
    /// Which operations follow each other.
    pub(super) program: Program,
    /// Whether with the usual input.
    pub(super) usual: bool,
}

impl Taken {
    /// What is to be executed of it; `None` where it calls nothing.
    pub(super) fn job(self, class: &'static str, rng: Rng, known: &Arc<Known>) -> Option<Job> {
        let Self { resource, program, usual, .. } = self;
        let operation = program.last()?;
        let (resource, known) = (Some(resource), Arc::clone(known));
        let plan =
            Plan::Sequence(Arc::new(Sequence { class, resource, program, usual, rng, known }));
        Some(Job { operation, plan, setup: None, nowhere: false })
    }
}

/// The shelves of all kinds of things: each sequence with the usual input, then with random ones.
pub(super) fn all(graph: &Graph, picked: &dyn Fn(usize) -> bool) -> Vec<Shelf> {
    let of = |resource: usize| {
        let mut programs = program::listed(graph, resource);
        programs.retain(|program| program.operations().all(picked));
        let usual = programs.iter().map(|program| (program.clone(), true));
        let varied = (0..VARIANTS).flat_map(|_| programs.iter().map(|p| (p.clone(), false)));
        Shelf { resource, listed: usual.chain(varied).collect(), ..Shelf::default() }
    };
    let shelves = (0..graph.resources().len()).map(of);
    shelves.filter(|shelf| !shelf.listed.is_empty()).collect()
}

impl Shelf {
    /// The next sequence; `None` where none can be drawn.
    pub(super) fn next(
        &mut self,
        graph: &Graph,
        seed: u64,
        picked: &dyn Fn(usize) -> bool,
    ) -> Option<Taken> {
        if let Some((program, usual)) = self.listed.pop_front() {
            return Some(self.taken(program, usual));
        }
        for _ in 0..PATIENCE {
            self.number += 1;
            let path = [Phase::Sequences as u64, self.resource as u64, self.number];
            let rng = Rng::derive(seed, &path);
            let drawn = Source::random(rng).run(|source| {
                let fresh = program::draw(graph, self.resource, source)?;
                let count = self.kept.len();
                let program = if count > 0 && source.bool(0.6)? {
                    let (one, other) = (source.branch(count)?, source.branch(count)?);
                    program::mutate(&self.kept[one], &self.kept[other], &fresh, source)?
                } else {
                    fresh
                };
                Ok((program, source.bool(0.3)?))
            });
            if let Ok(((program, usual), _)) = drawn
                && program.operations().all(picked)
                && program.last().is_some()
            {
                return Some(Taken {
                    resource: self.resource,
                    number: self.number,
                    program,
                    usual,
                });
            }
        }
        None
    }

    /// Takes the first of the listed sequences with the usual input that are wanted.
    pub(super) fn take_usual(
        &mut self,
        most: usize,
        wanted: &dyn Fn(&Program) -> bool,
    ) -> Vec<Taken> {
        let mut taken = Vec::new();
        let mut left = VecDeque::new();
        for (program, usual) in std::mem::take(&mut self.listed) {
            if usual && taken.len() < most && wanted(&program) {
                taken.push(self.taken(program, usual));
            } else {
                left.push_back((program, usual));
            }
        }
        self.listed = left;
        taken
    }

    /// Keeps what showed something new, and gets more turns for it.
    pub(super) fn keep(&mut self, program: Program) {
        self.credit = (self.credit + 1).min(MOST_CREDIT);
        if self.kept.len() == MOST_KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(program);
    }

    fn taken(&mut self, program: Program, usual: bool) -> Taken {
        self.number += 1;
        Taken { resource: self.resource, number: self.number, program, usual }
    }
}
