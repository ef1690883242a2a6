//! Histories that are about timing, calls released together or after a while: which are tried next.

use std::sync::Arc;
use std::time::Duration;

use super::job::Job;
use super::shelf::Taken;
use super::{Campaign, Event, Phase, parallel};
use crate::case::{Call, Case, Perturbation, Release, Step};
use crate::choice::Rng;
use crate::execute::FORWARDED;
use crate::generate::greatest::{greatest, told};
use crate::generate::ideas::Ideas;
use crate::generate::sequence::{Known, Program, expiry, named, overlap, race};
use crate::spec::graph::Graph;
use crate::spec::{Operation, Rpc, idempotency_key};
use crate::value::Symbol;

/// How often each race is tried: with the usual input, with as much as may be, as much as there is, then with random
/// ones.
const RACES: u64 = 96;

/// The turns in which races take as much as may be, and as much as there is.
const GREAT: u64 = 1;
const TOLD: u64 = 2;

/// Whiles in which much that is temporary ends; the longer ones only where there is time for them.
const WHILES: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20)];

/// A run lasts at least so many times as long as a while in it.
const MOST_WHILES: u32 = 60;

/// Whether a call is worth a second one that is not bent: it is broken off, which may spoil what comes
/// after it, and what it does can be done twice, or says by a key that it is the same.
pub(super) fn again(operation: &Operation, call: &Call) -> bool {
    call.perturb.iter().any(Perturbation::breaks_off)
        && (is_idempotent(operation) || idempotency_key(operation).is_some())
}

fn is_idempotent(operation: &Operation) -> bool {
    let says_so = operation.rpc.as_ref().is_some_and(Rpc::is_idempotent);
    says_so || operation.is_safe() || ["PUT", "DELETE"].contains(&&*operation.method)
}

/// Adds the last call of a case once more, in one go; both under one idempotency key, where that is what
/// allows it.
pub(super) fn add_again(operation: &Operation, case: &mut Case) {
    let mut fresh = fresh_values(case);
    let Some(Step::Call(call)) = case.steps.last_mut() else { return };
    if !is_idempotent(operation) {
        let Some(named) = named(operation, call, &mut fresh) else { return };
        *call = named;
    }
    let Some(Step::Call(call)) = case.steps.last() else { return };
    let again = Call { id: case.free_id(), perturb: Vec::new(), ..call.clone() };
    case.steps.push(Step::Call(again));
}

/// How many values of a case are new in each execution.
pub(super) fn fresh_values(case: &Case) -> usize {
    let mut count = 0;
    for value in case.own_calls().flat_map(Call::values) {
        value.symbols(&mut |symbol| count += usize::from(matches!(symbol, Symbol::Fresh(_))));
    }
    count
}

/// Programs that are tried in turn, each about a resource, then all once more.
#[derive(Debug, Default)]
pub(super) struct Listed {
    programs: Vec<(usize, Program)>,
    /// How often each is tried.
    times: u64,
    /// How often all were tried so far, and how many since.
    done: (u64, usize),
    /// The calls that stand for the usual ones in a turn, once they were asked for.
    much: Option<(u64, Arc<Bases>)>,
}

/// A call of each operation, by its number.
type Bases = Vec<Option<Arc<Call>>>;

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
    /// Says so before what bends single calls, where that proves nothing, since a gateway stands between.
    pub(super) fn tell_held_back(&mut self, phase: Phase) {
        if let Some(why) = self.executor.holds_back().filter(|_| phase == Phase::Timing) {
            (self.emit)(Event::Notice(format!("the timing of calls is untested: {why}")));
        }
    }

    /// Those of these phases that can be tried: what bends timing proves nothing where a proxy stands
    /// between, and that is said.
    pub(super) fn untouched(&mut self, mut phases: Vec<(Phase, u32)>) -> Vec<(Phase, u32)> {
        let is_timed = |(phase, _): &(Phase, u32)| phase.is_timed();
        if self.executor.client.is_forwarded() && phases.iter().any(is_timed) {
            phases.retain(|phase| !is_timed(phase));
            let why = format!("timing and races are untested: {FORWARDED}");
            (self.emit)(Event::Notice(why));
        }
        phases
    }

    /// What is to be tried in a phase.
    pub(super) fn listed(&self, phase: Phase) -> Listed {
        let times = match phase {
            Phase::Races => RACES,
            Phase::Timing => self.whiles().count() as u64,
            _ => return Listed::default(),
        };
        let is_held_back = self.executor.holds_back().is_some();
        let list = |graph: &Graph, resource| match phase {
            Phase::Races => race::listed(graph, resource),
            _ if is_held_back => expiry::listed(graph, resource),
            _ => [expiry::listed(graph, resource), overlap::listed(graph, resource)].concat(),
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
        Listed { programs: programs.collect(), times, ..Listed::default() }
    }

    /// The whiles that this run has time for.
    fn whiles(&self) -> impl Iterator<Item = Duration> {
        let most = (self.settings.max_time / MOST_WHILES).max(WHILES[0]);
        WHILES.into_iter().take_while(move |awhile| *awhile <= most)
    }

    /// The usual call of each operation with as much as may be, where there is a bound, or as much as there is.
    fn much(&self, turn: u64) -> Bases {
        let service = &self.executor.service;
        let calls: Vec<_> =
            (0..self.bases.len()).map(|number| (number, self.literal_base(number))).collect();
        let (ideas, heard) = (Ideas::default(), &self.heard);
        parallel::map(&calls, |(number, call)| {
            let (operation, call) = (service.operations.get(*number)?, call.as_ref()?);
            match turn {
                GREAT => greatest(operation, call, &ideas),
                _ => told(operation, call, heard),
            }
        })
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
        let whiles: Vec<Duration> = self.whiles().collect();
        let seed = self.settings.seed;
        loop {
            let turn = listed.done.0;
            let is_much = phase == Phase::Races && matches!(turn, GREAT | TOLD);
            if is_much && listed.much.as_ref().is_none_or(|(own, _)| *own != turn) {
                listed.much = Some((turn, Arc::new(self.much(turn))));
            }
            let much = listed.much.as_ref().filter(|_| is_much).map(|(_, much)| Arc::clone(much));
            let Some((variant, from, taken)) = listed.take(size) else { return Vec::new() };
            let awhile = whiles.get(variant as usize).copied().unwrap_or_default();
            let is_usual = variant == 0 || much.is_some();
            let mut known = Known { release, awhile, ..(*known).clone() };
            for (base, much) in known.bases.iter_mut().zip(much.iter().flat_map(|much| much.iter()))
            {
                *base = much.clone().or(base.take());
            }
            let known = Arc::new(known);
            let job = |(at, (resource, program)): (usize, &(usize, Program))| {
                let rng = Rng::derive(seed, &[phase as u64, variant, at as u64]);
                let (resource, program) = (*resource, program.clone());
                // What overlaps is the same after a longer while, and what has no bound as much as may be.
                let is_same = much.as_ref().is_some_and(|much| {
                    program.operations().all(|own| much.get(own).is_none_or(Option::is_none))
                });
                if is_same || variant > 0 && program.is_overlapped() {
                    return None;
                }
                let class = match phase {
                    Phase::Races => "race",
                    _ if program.is_overlapped() => "overlapped",
                    _ => "after a while",
                };
                Taken { resource, number: variant, program, usual: is_usual }
                    .job(class, rng, &known)
            };
            let jobs: Vec<Job> = (from..).zip(taken).filter_map(job).collect();
            if !jobs.is_empty() {
                return jobs;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Position;
    use crate::spec::load;

    const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{},"paths":{"/a":{
        "put":{"responses":{}},
        "post":{"parameters":[{"name":"Idempotency-Key","in":"header","schema":{"type":"string"}}],
                "responses":{}},
        "patch":{"responses":{}}}}}"#;

    /// An operation, and a case of its call that is broken off.
    fn broken_off(name: &str) -> (Operation, Case) {
        let service = load::alone("t.json", DOCUMENT.as_bytes()).unwrap().service;
        let perturb = vec![Perturbation::Reset(Position::Sent)];
        let (id, operation) = ("s2".to_owned(), name.to_owned());
        let call = Call { id, operation, perturb, ..Call::default() };
        (service.operation(name).unwrap().clone(), Case::of("t", call))
    }

    #[test]
    fn a_call_that_is_broken_off_comes_once_more_in_one_go() {
        let (operation, mut case) = broken_off("PUT /a");
        assert!(again(&operation, case.call("s2").unwrap()));
        add_again(&operation, &mut case);
        let calls: Vec<_> = case.calls().map(|call| (&*call.id, call.perturb.len())).collect();
        assert_eq!(calls, [("s2", 1), ("s1", 0)]);
    }

    #[test]
    fn what_may_not_be_done_twice_comes_again_under_its_key_or_not_at_all() {
        let (operation, mut case) = broken_off("POST /a");
        assert!(again(&operation, case.call("s2").unwrap()));
        add_again(&operation, &mut case);
        let keys: Vec<_> = case.calls().map(|call| &call.headers).collect();
        assert_eq!((keys.len(), keys[0].len(), keys[0]), (2, 1, keys[1]));
        assert!(!keys[0][0].1.is_concrete());
        let (operation, case) = broken_off("PATCH /a");
        assert!(!again(&operation, case.call("s2").unwrap()));
    }
}
