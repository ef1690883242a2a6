//! What has to be made before a call of an operation can be answered.
//!
//! Where a path names a thing that was there before anyone called, that will do. Otherwise calls stand
//! behind those that make what they name, by reference: such a case runs on a fresh service.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::job::{Job, Plan, Sequence};
use super::sequence::job;
use super::{Campaign, Phase};
use crate::case::{Call, Case, Exchange, History, Label, Step};
use crate::check::message;
use crate::choice::Rng;
use crate::generate::sequence::{Move, Program};
use crate::generate::{naming, repair};
use crate::spec::Operation;
use crate::value::read;

/// What is tried to find out what an operation needs.
pub(super) const CLASS: &str = "set-up";

/// It is tried so often to make what an operation needs, since it last led on.
const ATTEMPTS: usize = 4;

/// So many sequences of a kind of thing are tried then where operations were not answered.
const MOST_TOWARDS: usize = 8;

/// What was made may be seen so much later.
const LATER: Duration = Duration::from_millis(100);

/// So much of a refusal is read, in octets.
const MOST_TOLD: usize = 4096;

/// What is found out of what operations need.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// The calls of operations that made what others need, where no example is known to be answered.
    pub(super) makers: BTreeMap<usize, Arc<Call>>,
    /// Operations that were answered as hoped, and did not give what others need.
    lacking: BTreeSet<usize>,
    /// What was refused last when it was tried to have an operation answered, and in which words.
    refused: BTreeMap<usize, (Arc<Case>, String)>,
    /// What was not there when it was tried to have an operation answered, although it had been made.
    absent: BTreeMap<usize, Arc<Case>>,
}

impl Needs {
    /// Remembers a call that was answered as hoped, unless it knows of others; it is found by the name of the
    /// usual one, since what stood in its own may be taken now.
    fn learn_maker(&mut self, number: usize, operation: &Operation, call: &Call, usual: &Call) {
        let mut call = call.clone();
        naming::take(operation, usual, &mut call);
        if call.references().is_empty() {
            self.makers.entry(number).or_insert_with(|| Arc::new(call));
        }
    }
}

/// The usual call of an operation behind those that make what it names.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    before: Arc<[Call]>,
    usual: Arc<Call>,
}

impl Setup {
    /// The set-up that a case is, whose last call was answered as hoped; `None` for a case of one call.
    pub(super) fn of(case: &Case) -> Option<Self> {
        let calls: Vec<Call> = case.calls().cloned().collect();
        let (usual, before) = calls.split_last()?;
        (!before.is_empty()).then(|| Self { before: before.into(), usual: Arc::new(usual.clone()) })
    }

    /// The usual call, which refers to the answers of earlier ones.
    pub(super) fn usual(&self) -> &Arc<Call> {
        &self.usual
    }

    /// A call that was made without knowing of any other, with the names of the usual one.
    pub(super) fn bind(&self, operation: &Operation, call: &mut Call) {
        naming::take(operation, &self.usual, call);
    }

    /// The case of a call like the usual one behind those that it needs.
    pub(super) fn case(&self, service: &str, mut call: Call) -> Case {
        call.id.clone_from(&self.usual.id);
        let mut wanted: Vec<String> = call.references().into_iter().map(str::to_owned).collect();
        let mut steps = vec![Step::Call(call)];
        for earlier in self.before.iter().rev() {
            if wanted.contains(&earlier.id) {
                wanted.extend(earlier.references().into_iter().map(str::to_owned));
                steps.push(Step::Call(earlier.clone()));
            }
        }
        steps.reverse();
        Case { service: service.to_owned(), connections: Vec::new(), steps }
    }
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
        let (mut attempt, mut last) = (1, ATTEMPTS);
        while !jobs.is_empty() && !self.is_over() {
            let known = self.known_ways();
            self.round(jobs, self.deadline, self.width).await;
            if self.known_ways() > known {
                last = attempt + ATTEMPTS;
            }
            jobs = if attempt < last { self.set_ups(attempt) } else { Vec::new() };
            attempt += 1;
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

    /// A call of an operation that was answered as hoped, and knows of no other call.
    pub(super) fn answered_base(&self, number: usize) -> Option<Arc<Call>> {
        self.bases[number].as_ref().or_else(|| self.sequences.needs.makers.get(&number)).cloned()
    }

    /// Of how many operations it is known how what they need is made, or how they make what others need.
    fn known_ways(&self) -> usize {
        self.setups.iter().flatten().count() + self.sequences.needs.makers.len()
    }

    /// What is tried to have each operation answered that was not yet.
    fn set_ups(&mut self, attempt: usize) -> Vec<Job> {
        let mut known = self.freeze_sequences();
        let lacking = &self.sequences.needs.lacking;
        let proved =
            |number: &usize| !lacking.contains(number) && self.answered_base(*number).is_some();
        Arc::make_mut(&mut known).proved = (0..self.bases.len()).filter(proved).collect();
        let operations = 0..self.executor.service.operations.len();
        let wanted: Vec<usize> = operations.filter(|number| self.needs_setup(*number)).collect();
        let repaired = self.repaired(&wanted);
        let job = |operation: usize| {
            let path = [Phase::Sequences as u64, operation as u64, attempt as u64];
            let sequence = Sequence {
                class: CLASS,
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
        for (number, (case, told)) in std::mem::take(&mut self.sequences.needs.refused) {
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
        for (operation, case) in std::mem::take(&mut self.sequences.needs.absent) {
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

    /// Learns from what came of an attempt to have an operation answered: how it can be, what was missing.
    pub(super) fn learn_set_up(&mut self, history: &History, sequence: &Sequence) {
        let service = Arc::clone(&self.executor.service);
        let lacking = history.exchanges.last().filter(|_| history.unfinished.is_some());
        for exchange in &history.exchanges {
            if !matches!(exchange.status(), Some(200..300)) || exchange.label != Label::Valid {
                continue;
            }
            let Some(number) = service.number(&exchange.operation) else { continue };
            if lacking.is_some_and(|own| own.call == exchange.call) {
                self.sequences.needs.lacking.insert(number);
            } else if self.bases[number].is_none()
                && let Some(usual) = self.literal_base(number)
                && let Some(call) = history.case.call(&exchange.call)
            {
                let operation = &service.operations[number];
                self.sequences.needs.learn_maker(number, operation, call, &usual);
            }
        }
        let done = history.exchanges.last().filter(|_| history.unfinished.is_none());
        let status = done.and_then(Exchange::status);
        if let Some(exchange) = done.filter(|_| matches!(status, Some(200..300)))
            && let Some(number) = service.number(&exchange.operation)
            && sequence.program.last() == Some(number)
        {
            self.setups[number] = self.setups[number].take().or(Setup::of(&history.case));
        }
        if let Some(exchange) = done.filter(|_| matches!(status, Some(400 | 422)))
            && let Some(number) = service.number(&exchange.operation)
            && let Some(answer) = exchange.answer()
        {
            let head = answer.body.get(..answer.body.len().min(MOST_TOLD)).unwrap_or_default();
            let told = String::from_utf8_lossy(head).into_owned();
            let json = read::json(&answer.body).ok();
            if let Some(said) = message::message(answer, json.as_ref()) {
                self.ledger.refused(number, self.settings.redactor.text(&said).into_owned());
            }
            self.sequences.needs.refused.insert(number, (Arc::clone(&history.case), told));
        }
        if let Some(exchange) = done.filter(|_| status == Some(404))
            && let Some(number) = service.number(&exchange.operation)
            && history.case.steps.len() > 1
        {
            self.sequences.needs.absent.insert(number, Arc::clone(&history.case));
        }
        if let Some(unfinished) = &history.unfinished
            && let Some(maker) = history.exchanges.last()
            && let Some(number) = sequence.program.last()
            && history.case.call(&unfinished.call).is_some()
        {
            self.ledger.lacks(number, maker.operation.clone(), maker.status());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::load;
    use crate::value::{Reference, Source, Symbol, Value};

    fn call(name: Value) -> Call {
        Call { path: vec![("id".to_owned(), name)], ..Call::default() }
    }

    #[test]
    fn a_maker_goes_by_the_usual_name_and_knows_of_no_other_call() {
        let document =
            r#"{"openapi":"3.1.0","info":{},"paths":{"/f/{id}":{"put":{"responses":{}}}}}"#;
        let service = load::alone("t.json", document.as_bytes()).unwrap().service;
        let operation = &service.operations[0];
        let usual = call(Value::text("usual"));
        let mut needs = Needs::default();
        let mut knowing = call(Value::text("taken"));
        let other = Reference { call: "s1".to_owned(), source: Source::Status, matching: None };
        knowing.query.push(("in".to_owned(), Value::Symbol(Box::new(Symbol::From(other)))));
        needs.learn_maker(0, operation, &knowing, &usual);
        assert!(needs.makers.is_empty());
        let mut first = call(Value::text("taken"));
        first.query.push(("q".to_owned(), Value::text("first")));
        needs.learn_maker(0, operation, &first, &usual);
        needs.learn_maker(0, operation, &call(Value::text("second")), &usual);
        assert_eq!((&needs.makers[&0].path, &needs.makers[&0].query), (&usual.path, &first.query));
    }
}
