//! Histories that are about timing, calls released together or after a while: which are tried next.

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
const RACES: u64 = 96;

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
    let Some(id) = (1..=case.steps.len() + 1).map(|number| format!("s{number}")).find(free) else {
        return;
    };
    let again = Call { id, perturb: Vec::new(), ..call.clone() };
    case.steps.push(Step::Call(again));
}

/// Programs that are tried in turn, each about a resource, then all once more.
#[derive(Debug, Default)]
pub(super) struct Listed {
    programs: Vec<(usize, Program)>,
    /// How often each is tried.
    times: u64,
    /// How often all were tried so far, and how many since.
    done: (u64, usize),
}

/// How often all were tried before, how many were since, and which are next.
type Turn<'l> = (u64, usize, &'l [(usize, Program)]);

impl Listed {
    /// The next ones, at most so many; `None` once all are done. What is learned of each the first time is for the next one.
    fn take(&mut self, most: usize) -> Option<Turn<'_>> {
        let (variant, from) = self.done;
        if variant == self.times || self.programs.is_empty() {
            return None;
        }
        let to = self.programs.len().min(from + most);
        self.done = if to == self.programs.len() { (variant + 1, 0) } else { (variant, to) };
        Some((variant, from, &self.programs[from..to]))
    }
}

impl Campaign<'_> {
    /// What is to be tried in a phase.
    pub(super) fn listed(&self, phase: Phase) -> Listed {
        let times = match phase {
            Phase::Races => RACES,
            Phase::Timing => WAITS,
            _ => return Listed::default(),
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
        Listed { programs: programs.collect(), times, done: (0, 0) }
    }

    /// The next of them.
    pub(super) fn take_listed(
        &mut self,
        phase: Phase,
        listed: &mut Listed,
        size: usize,
    ) -> Vec<Job> {
        let release = if self.executor.client.speaks_http2() {
            Release::OnePacket
        } else {
            Release::LastByte
        };
        let known = self.freeze_sequences();
        let known = Arc::new(Known { release, ..(*known).clone() });
        let seed = self.settings.seed;
        let class = if phase == Phase::Races { "race" } else { "after a while" };
        while let Some((variant, from, taken)) = listed.take(size) {
            let job = |(at, (resource, program)): (usize, &(usize, Program))| {
                let rng = Rng::derive(seed, &[phase as u64, variant, at as u64]);
                let (resource, program) = (*resource, program.clone());
                Taken { resource, number: variant, program, usual: variant == 0 }
                    .job(class, rng, &known)
            };
            let jobs: Vec<Job> = (from..).zip(taken).filter_map(job).collect();
            if !jobs.is_empty() {
                return jobs;
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Position;

    #[test]
    fn a_call_that_is_broken_off_comes_once_more_in_one_go() {
        let reset = vec![Perturbation::Reset(Position::Sent)];
        let call = Call { id: "s2".to_owned(), perturb: reset, ..Call::default() };
        let mut case = Case::of("t", call.clone());
        add_again(&mut case);
        let ids: Vec<&str> = case.calls().map(|call| &*call.id).collect();
        assert_eq!(ids, ["s2", "s1"]);
        assert!(case.call("s1").unwrap().perturb.is_empty() && call.perturb[0].breaks_off());
    }
}
