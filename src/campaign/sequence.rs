//! Sequences of calls: which are tried next, where novelty still comes, and what was learned of them.

use std::sync::Arc;

use super::job::{Job, Sequence};
use super::novelty::Novelty;
use super::setup::{self, Needs};
use super::shelf::{self, Shelf, Taken};
use super::{Campaign, Phase};
use crate::case::{Exchange, History, Label};
use crate::check::message;
use crate::choice::Rng;
use crate::generate::sequence::{Known, used};
use crate::value::read;

/// Sequences of one kind of thing that stand next to each other in a round.
const TURN: u32 = 4;

/// What was tried of sequences, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Sequences {
    pub(super) known: Known,
    novelty: Novelty,
    pub(super) shelves: Vec<Shelf>,
    turn: usize,
    /// What is found out of what operations need.
    pub(super) needs: Needs,
}

impl Campaign<'_> {
    /// Who calls as someone else: an isolated identity beside one that calls by default.
    pub(super) fn stranger(&self) -> Option<String> {
        let [first, others @ ..] = &*self.surroundings.callers else { return None };
        let other = others.iter().find(|caller| caller.isolated)?;
        first.isolated.then(|| other.name.clone())
    }

    /// What is known when the sequences of a round are built.
    pub(super) fn freeze_sequences(&mut self) -> Arc<Known> {
        let usual = |number| self.answered_base(number).or_else(|| self.literal_base(number));
        let bases = (0..self.bases.len()).map(usual).collect();
        let operations = self.executor.service.operations.iter().enumerate();
        let denied = operations.filter(|(_, operation)| self.settings.denies(operation));
        self.sequences.known.denied = denied.map(|(number, _)| number).collect();
        self.sequences.known.bases = bases;
        self.sequences.known.heard = Arc::clone(&self.heard);
        Arc::new(self.sequences.known.clone())
    }

    /// The next sequences, of each kind of thing in turn.
    pub(super) fn take_sequences(&mut self, size: usize) -> Vec<Job> {
        self.fill_shelves();
        let service = Arc::clone(&self.executor.service);
        let graph = service.graph();
        let known = self.freeze_sequences();
        let picked = |operation: usize| {
            service.operations.get(operation).is_some_and(|o| self.settings.picks(o))
        };
        let mut jobs = Vec::new();
        let mut idle = 0;
        let (seed, count) = (self.settings.seed, self.sequences.shelves.len());
        while jobs.len() < size && idle < count {
            let shelf = &mut self.sequences.shelves[self.sequences.turn % count];
            self.sequences.turn += 1;
            let wanted = (TURN * (1 + shelf.credit)) as usize;
            shelf.credit /= 2;
            let before = jobs.len();
            for _ in 0..wanted.min(size - jobs.len()) {
                let Some(taken) = shelf.next(graph, seed, &picked) else { break };
                jobs.extend(job(seed, &known, taken));
            }
            idle = if jobs.len() == before { idle + 1 } else { 0 };
        }
        jobs
    }

    pub(super) fn fill_shelves(&mut self) {
        if self.sequences.shelves.is_empty() {
            let service = &self.executor.service;
            let picked = |operation: usize| self.settings.picks(&service.operations[operation]);
            self.sequences.shelves = shelf::all(service.graph(), &picked);
            self.sequences.known.stranger = self.stranger();
        }
    }

    /// Learns from what came of a sequence: what leads where, what has to be new, what is worth more of
    /// its like.
    pub(super) fn learn_sequence(&mut self, history: &History, sequence: &Sequence) {
        let service = &self.executor.service;
        let known = &mut self.sequences.known;
        for (edge, taker) in used(service, &history.case) {
            match history.status(&taker) {
                Some(200..300) => known.note(edge, true),
                Some(400 | 404 | 410 | 422) => known.note(edge, false),
                _ => {}
            }
        }
        for exchange in &history.exchanges {
            if exchange.label == Label::Valid
                && is_taken(exchange)
                && let Some(number) = service.number(&exchange.operation)
            {
                known.conflicts.insert(number);
            }
        }
        if sequence.class == setup::CLASS {
            self.learn_set_up(history, sequence);
        }
        let is_new = self.sequences.novelty.note(&self.executor.service, history);
        let own = |shelf: &&mut Shelf| Some(shelf.resource) == sequence.resource;
        if is_new
            && !sequence.program.is_timed()
            && let Some(shelf) = self.sequences.shelves.iter_mut().find(own)
        {
            shelf.keep(sequence.program.clone());
        }
    }
}

/// A sequence that was taken from its shelf, to be executed.
pub(super) fn job(seed: u64, known: &Arc<Known>, taken: Taken) -> Option<Job> {
    let path = [Phase::Sequences as u64, taken.resource as u64, taken.number, 1];
    taken.job("sequence", Rng::derive(seed, &path), known)
}

/// Whether an answer says that something of this name is there already.
fn is_taken(exchange: &Exchange) -> bool {
    const TAKEN: [&str; 6] =
        ["already", "duplicate", "exists", "must be unique", "not unique", "in use"];
    let Some(answer) = exchange.answer() else { return false };
    match answer.status {
        409 => true,
        400 | 412 | 422 => {
            let json = read::json(&answer.body).ok();
            let said = message::message(answer, json.as_ref()).unwrap_or_default();
            let said = said.to_ascii_lowercase();
            TAKEN.iter().any(|word| said.contains(word))
        }
        _ => false,
    }
}
