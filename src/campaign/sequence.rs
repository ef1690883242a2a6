//! Sequences of calls: which are tried next, where novelty still comes, and what was learned of them.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use super::job::{Job, Plan, Sequence};
use super::setup::Setup;
use super::shelf::{self, Shelf, Taken};
use super::{Campaign, Phase};
use crate::case::{Case, Exchange, History, Label};
use crate::check::message;
use crate::choice::Rng;
use crate::generate::repair;
use crate::generate::sequence::{Known, Move, Program, used};
use crate::spec::{Operation, Service};
use crate::value::{Value, read};

/// Sequences of one kind of thing that stand next to each other in a round.
const TURN: u32 = 4;

/// So many different things are told apart; memory must stay flat.
const MOST_SEEN: usize = 200_000;

/// How often it is tried to make what an operation needs.
const SET_UPS: usize = 4;

/// So many sequences of a kind of thing are tried then where operations were not answered.
const MOST_TOWARDS: usize = 8;

/// What was made may be seen so much later.
const LATER: Duration = Duration::from_millis(100);

/// So much of a refusal is read, in octets.
const MOST_TOLD: usize = 4096;

/// What is tried to find out what an operation needs.
const SET_UP: &str = "set-up";

/// What was tried of sequences, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Sequences {
    known: Known,
    seen: HashSet<u64>,
    shelves: Vec<Shelf>,
    turn: usize,
    /// What was refused last when it was tried to have an operation answered, and in which words.
    refused: BTreeMap<usize, (Arc<Case>, String)>,
    /// What was not there when it was tried to have an operation answered, although it had been made.
    absent: BTreeMap<usize, Arc<Case>>,
}

impl Campaign<'_> {
    /// Finds out what has to be made before operations can be answered that name things; then looks at
    /// what was found on the way.
    pub(super) async fn set_up(&mut self) {
        self.sequences.known.stranger = self.stranger();
        let mut jobs = self.set_ups(0);
        let is_part = !jobs.is_empty() || !self.open.is_empty();
        if is_part {
            self.begin_part(Phase::Sequences, None);
        }
        for attempt in 1..=SET_UPS {
            if jobs.is_empty() || self.is_over() {
                break;
            }
            self.round(jobs, self.deadline, self.width).await;
            jobs = self.set_ups(attempt);
        }
        if !self.is_over() {
            let jobs = self.towards_unreached();
            self.round(jobs, self.deadline, self.width).await;
        }
        self.reaching = false;
        self.follow().await;
        if is_part {
            self.end_part();
        }
    }

    /// What is tried to have each operation answered that was not yet.
    fn set_ups(&mut self, attempt: usize) -> Vec<Job> {
        let known = self.freeze_sequences();
        let operations = 0..self.executor.service.operations.len();
        let wanted: Vec<usize> = operations.filter(|number| self.needs_setup(*number)).collect();
        let repaired = self.repaired(&wanted);
        let job = |operation: usize| {
            let path = [Phase::Sequences as u64, operation as u64, attempt as u64];
            let sequence = Sequence {
                class: SET_UP,
                resource: None,
                program: Program([Move::Do(operation)].into()),
                usual: attempt < 2,
                rng: Rng::derive(self.settings.seed, &path),
                known: Arc::clone(&known),
            };
            let plan = Plan::Sequence(Arc::new(sequence));
            Job { operation, plan, setup: None, nowhere: false }
        };
        wanted.into_iter().map(job).chain(repaired).collect()
    }

    /// What refusals ask for.
    fn repaired(&mut self, wanted: &[usize]) -> Vec<Job> {
        let service = Arc::clone(&self.executor.service);
        let mut jobs = Vec::new();
        for (number, (case, told)) in std::mem::take(&mut self.sequences.refused) {
            let operation = service.operations.get(number).filter(|_| wanted.contains(&number));
            let (Some(operation), Some(last)) = (operation, case.calls().last()) else { continue };
            for call in repair::calls(operation, last, &told) {
                let mut case = (*case).clone();
                let Some(last) = case.calls_mut().last() else { continue };
                *last = call;
                let plan = Plan::Recorded(Arc::new(case));
                jobs.push(Job { operation: number, plan, setup: None, nowhere: false });
            }
        }
        jobs
    }

    /// Who calls as someone else: an isolated identity beside one that calls by default.
    fn stranger(&self) -> Option<String> {
        let [first, others @ ..] = &*self.surroundings.callers else { return None };
        let other = others.iter().find(|caller| caller.isolated)?;
        first.isolated.then(|| other.name.clone())
    }

    /// Whether an operation takes what others give, and no way is known that it is answered.
    fn needs_setup(&self, number: usize) -> bool {
        let Some(operation) = self.executor.service.operations.get(number) else { return false };
        let picked = self.settings.picks(operation) && self.setups[number].is_none();
        if !picked || self.is_given(number) {
            return false;
        }
        let mut takes = self.executor.service.graph().producers(number);
        !self.ledger.is_reached(number) || takes.any(|(_, edge)| operation.is_in_path(&edge.place))
    }

    /// Whether what an operation names was there before anyone called.
    fn is_given(&self, number: usize) -> bool {
        let graph = self.executor.service.graph();
        let resource = graph.resource(number);
        let read = resource.and_then(|resource| resource.read).unwrap_or(number);
        let safe = self.executor.service.operations.get(number).is_some_and(Operation::is_safe);
        let ours = safe || self.executor.permission.is_unbounded();
        ours && (self.given.contains(&number) || self.given.contains(&read))
    }

    /// What is known when the sequences of a round are built.
    pub(super) fn freeze_sequences(&mut self) -> Arc<Known> {
        let bases = (0..self.bases.len()).map(|number| self.literal_base(number)).collect();
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

    /// What may have operations answered that were not yet: some need more than what they name, and some
    /// of what is made is seen only later.
    fn towards_unreached(&mut self) -> Vec<Job> {
        self.fill_shelves();
        let known = self.freeze_sequences();
        let (seed, ledger) = (self.settings.seed, &self.ledger);
        let unreached = |program: &Program| program.operations().any(|o| !ledger.is_reached(o));
        let shelves = self.sequences.shelves.iter_mut();
        let taken = shelves.flat_map(|shelf| shelf.take_usual(MOST_TOWARDS, &unreached));
        let mut jobs: Vec<Job> = taken.filter_map(|taken| job(seed, &known, taken)).collect();
        let wait = self.settings.settle.max(LATER);
        for (operation, case) in std::mem::take(&mut self.sequences.absent) {
            let mut case = (*case).clone();
            let last = case.calls_mut().last().filter(|_| !ledger.is_reached(operation));
            if let Some(last) = last {
                last.wait = Some(wait);
                let plan = Plan::Recorded(Arc::new(case));
                jobs.push(Job { operation, plan, setup: None, nowhere: false });
            }
        }
        jobs
    }

    fn fill_shelves(&mut self) {
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
        let done = history.exchanges.last().filter(|_| history.unfinished.is_none());
        let status = done.and_then(Exchange::status);
        if sequence.class == SET_UP && status.is_some_and(|status| (200..300).contains(&status)) {
            let operation = done.and_then(|exchange| service.number(&exchange.operation));
            if let Some(number) =
                operation.filter(|number| sequence.program.last() == Some(*number))
            {
                self.setups[number] = self.setups[number].take().or(Setup::of(&history.case));
            }
        }
        if sequence.class == SET_UP
            && let Some(exchange) = done.filter(|_| matches!(status, Some(400 | 422)))
            && let Some(number) = service.number(&exchange.operation)
            && let Some(answer) = exchange.answer()
        {
            let head = answer.body.get(..answer.body.len().min(MOST_TOLD)).unwrap_or_default();
            let told = String::from_utf8_lossy(head).into_owned();
            let json = read::json(&answer.body).ok();
            if let Some(said) = message::message(answer, json.as_ref()) {
                self.ledger.refused(number, self.settings.redactor.text(&said).into_owned());
            }
            self.sequences.refused.insert(number, (Arc::clone(&history.case), told));
        }
        if sequence.class == SET_UP
            && let Some(exchange) = done.filter(|_| status == Some(404))
            && let Some(number) = service.number(&exchange.operation)
            && history.case.steps.len() > 1
        {
            self.sequences.absent.insert(number, Arc::clone(&history.case));
        }
        if sequence.class == SET_UP
            && let Some(unfinished) = &history.unfinished
            && let Some(maker) = history.exchanges.last()
            && let Some(number) = sequence.program.last()
            && history.case.call(&unfinished.call).is_some()
        {
            self.ledger.lacks(number, maker.operation.clone(), maker.status());
        }
        let seen = &mut self.sequences.seen;
        let new = features(service, history)
            .into_iter()
            .filter(|feature| seen.len() < MOST_SEEN && seen.insert(*feature))
            .count();
        let own = |shelf: &&mut Shelf| Some(shelf.resource) == sequence.resource;
        if new > 0
            && !sequence.program.is_timed()
            && let Some(shelf) = self.sequences.shelves.iter_mut().find(own)
        {
            shelf.keep(sequence.program.clone());
        }
    }
}

/// A sequence that was taken from its shelf, to be executed.
fn job(seed: u64, known: &Arc<Known>, taken: Taken) -> Option<Job> {
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

/// What a history shows: each operation with its status and the shape of its answer, and which outcome
/// followed which.
fn features(service: &Service, history: &History) -> Vec<u64> {
    let mut all = Vec::new();
    let mut before: Option<(usize, u16)> = None;
    for exchange in &history.exchanges {
        let Some(number) = service.number(&exchange.operation) else { continue };
        let status = exchange.status().unwrap_or_default();
        let body = exchange.answer().and_then(|answer| read::json(&answer.body).ok());
        let mut hasher = DefaultHasher::new();
        (number, status).hash(&mut hasher);
        if let Some(body) = &body {
            shape(body, 3, &mut hasher);
        }
        all.push(hasher.finish());
        let mut hasher = DefaultHasher::new();
        (before, number, status).hash(&mut hasher);
        all.push(hasher.finish());
        before = Some((number, status));
    }
    all
}

/// What kind of answer it is: its members and their kinds, down to a depth.
fn shape(value: &Value, depth: u8, hasher: &mut DefaultHasher) {
    value.kind().hash(hasher);
    match value {
        Value::Object(members) if depth > 0 => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            // A map from ids says no more by having more of them.
            for (key, value) in members.into_iter().take(64) {
                key.hash(hasher);
                shape(value, depth - 1, hasher);
            }
        }
        Value::Array(items) => {
            items.len().min(2).hash(hasher);
            if let Some(first) = items.first().filter(|_| depth > 0) {
                shape(first, depth - 1, hasher);
            }
        }
        _ => {}
    }
}
