//! Histories that are about timing, calls released together or after a while: which are tried next.

use std::collections::VecDeque;
use std::sync::Arc;

use super::job::Job;
use super::shelf::Taken;
use super::{Campaign, Phase};
use crate::case::{Call, Case, Perturbation, Release, Step};
use crate::choice::Rng;
use crate::generate::sequence::{Known, Program, expiry, race};
use crate::spec::Operation;
use crate::spec::graph::Graph;

/// How often each race is tried: with the usual input, then with random ones.
const RACES: u64 = 24;

/// The same for what comes after a while: each takes its time.
const WAITS: u64 = 1;

/// Whether a call is worth a second one that is not bent: it is broken off, which may spoil what comes
/// after it, and what it does can be done twice.
pub(super) fn again(operation: &Operation, call: &Call) -> bool {
    call.perturb.iter().any(Perturbation::breaks_off)
        && (operation.is_safe() || operation.method == "PUT")
}

/// Adds the last call of a case once more, in one go.
pub(super) fn add_again(case: &mut Case) {
    let Some(Step::Call(call)) = case.steps.last() else { return };
    let free = |id: &String| case.call(id).is_none();
    let Some(id) = (1..).map(|number| format!("s{number}")).find(free) else { return };
    let again = Call { id, perturb: Vec::new(), ..call.clone() };
    case.steps.push(Step::Call(again));
}

/// What is still to be tried: a program about a resource, and how often it was tried before.
pub(super) type Listed = VecDeque<(usize, Program, u64)>;

impl Campaign<'_> {
    /// What is to be tried in a phase: each in turn, then once more.
    pub(super) fn listed(&self, phase: Phase) -> Listed {
        let times = match phase {
            Phase::Races => RACES,
            Phase::Timing => WAITS,
            _ => return Listed::new(),
        };
        let list = |graph: &Graph, resource| match phase {
            Phase::Races => race::listed(graph, resource),
            _ => expiry::listed(graph, resource),
        };
        let service = &self.executor.service;
        let graph = service.graph();
        let picked = |program: &Program| {
            program
                .operations()
                .all(|operation| self.settings.picks(&service.operations[operation]))
        };
        let programs = (0..graph.resources().len()).flat_map(|resource| {
            let programs = list(graph, resource).into_iter().filter(picked);
            programs.map(move |program| (resource, program))
        });
        let programs: Vec<_> = programs.collect();
        let again =
            |variant| programs.iter().map(move |(at, program)| (*at, program.clone(), variant));
        (0..times).flat_map(again).collect()
    }

    /// The next of them.
    pub(super) fn take_listed(
        &mut self,
        phase: Phase,
        listed: &mut Listed,
        size: usize,
    ) -> Vec<Job> {
        if listed.is_empty() {
            return Vec::new();
        }
        let release = if self.executor.client.speaks_http2() {
            Release::OnePacket
        } else {
            Release::LastByte
        };
        let known = self.freeze_sequences();
        let known = Arc::new(Known { release, ..(*known).clone() });
        let (seed, left) = (self.settings.seed, listed.len());
        // What is learned of each the first time is for the next one.
        let first = listed.front().map(|(.., variant)| *variant);
        let alike = listed.iter().take_while(|(.., variant)| Some(*variant) == first).count();
        let taken = listed.drain(..size.min(alike)).enumerate();
        let class = if phase == Phase::Races { "race" } else { "after a while" };
        let job = |(at, (resource, program, variant)): (usize, (usize, Program, u64))| {
            let rng = Rng::derive(seed, &[phase as u64, (left - at) as u64]);
            Taken { resource, number: variant, program, usual: variant == 0 }
                .job(class, rng, &known)
        };
        taken.filter_map(job).collect()
    }
}
