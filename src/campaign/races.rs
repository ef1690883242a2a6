//! Calls released together: which are tried next.

use std::collections::VecDeque;
use std::sync::Arc;

use super::job::Job;
use super::shelf::Taken;
use super::{Campaign, Phase};
use crate::case::Release;
use crate::choice::Rng;
use crate::generate::sequence::{Known, Program, race};

/// How often each is tried: with the usual input, then with random ones.
const VARIANTS: u64 = 12;

/// What is still to be tried: a program about a resource, and how often it was tried before.
pub(super) type Races = VecDeque<(usize, Program, u64)>;

impl Campaign<'_> {
    /// What is to be tried of calls at once: each in turn, then once more.
    pub(super) fn races(&self) -> Races {
        let service = &self.executor.service;
        let graph = service.graph();
        let picked = |program: &Program| {
            program
                .operations()
                .all(|operation| self.settings.picks(&service.operations[operation]))
        };
        let programs = (0..graph.resources().len()).flat_map(|resource| {
            let programs = race::listed(graph, resource).into_iter().filter(picked);
            programs.map(move |program| (resource, program))
        });
        let programs: Vec<_> = programs.collect();
        let again =
            |variant| programs.iter().map(move |(at, program)| (*at, program.clone(), variant));
        (0..VARIANTS).flat_map(again).collect()
    }

    /// The next of them.
    pub(super) fn take_races(&mut self, races: &mut Races, size: usize) -> Vec<Job> {
        let release = if self.executor.client.speaks_http2() {
            Release::OnePacket
        } else {
            Release::LastByte
        };
        let known = self.freeze_sequences();
        let known = Arc::new(Known { release, ..(*known).clone() });
        let (seed, left) = (self.settings.seed, races.len());
        // What is learned of each the first time is for the next one.
        let first = races.front().map(|(.., variant)| *variant);
        let alike = races.iter().take_while(|(.., variant)| Some(*variant) == first).count();
        let taken = races.drain(..size.min(alike)).enumerate();
        let job = |(at, (resource, program, variant)): (usize, (usize, Program, u64))| {
            let rng = Rng::derive(seed, &[Phase::Races as u64, (left - at) as u64]);
            Taken { resource, number: variant, program, usual: variant == 0 }
                .job("race", rng, &known)
        };
        taken.filter_map(job).collect()
    }
}
