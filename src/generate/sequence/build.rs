//! From a program to a case.

use std::time::Duration;

use super::{Known, Move, Program, fresh};
use crate::case::{
    self, Auth, Call, Case, Connection, Label, Perturbation, Position, Step, Together,
};
use crate::choice::{Draw, Overrun, Rng, Source};
use crate::generate::contrast::contrast;
use crate::generate::{catalogue, confirm, input, naming};
use crate::spec::graph::EdgeId;
use crate::spec::{Service, idempotency_key};
use crate::value::{Symbol, Value};

/// What is made for what is made for a call, and so on, goes this deep.
const DEEPEST: usize = 5;

/// How much later than another, in milliseconds, a call may go on that is released with it.
const SKEWS: [u64; 4] = [1, 2, 5, 10];

/// So many of a crowd of calls come at once with one that is the very same, at least and at most.
const CROWD: (i128, i128) = (2, 7);

/// The connection that is idle for a while.
const LINE: &str = "c1";

/// A case has at most so many steps.
const MOST_STEPS: usize = 24;

/// A call that the program came to.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) operation: usize,
    pub(super) call: Call,
    /// Whether it comes at once with the one before.
    beside: bool,
    /// Whether it is not over when what comes next is.
    held: bool,
}

/// A case on its way.
pub(super) struct Builder<'b> {
    pub(super) service: &'b Service,
    pub(super) known: &'b Known,
    pub(super) steps: Vec<Made>,
    names: usize,
    usual: bool,
}

/// The case of a program, confirmed call by call; the input of each is drawn, or the usual one where
/// `usual` says so.
///
/// # Errors
/// A call can have no input, or is not what it should be.
pub fn build(
    service: &Service,
    known: &Known,
    program: &Program,
    usual: bool,
    rng: Rng,
) -> Draw<Case> {
    let run = |source: &mut Source<'_>| {
        let mut builder = Builder { service, known, steps: Vec::new(), names: 0, usual };
        for step in program.0.iter() {
            let before = builder.steps.len();
            match step {
                Move::Do(operation) => builder.call(*operation, DEEPEST, false, source)?,
                Move::Broken(operation) => builder.call(*operation, DEEPEST, true, source)?,
                Move::Stranger(operation) => builder.by_stranger(*operation, source)?,
                Move::Later(operation) => builder.later(*operation, source)?,
                Move::Idle(operation) => builder.idle(*operation, source)?,
                Move::Held(operation) => builder.held(*operation, source)?,
                Move::Again(times) => (0..*times).try_for_each(|_| builder.again())?,
                Move::Beside(operation) => builder.beside(*operation, source)?,
                Move::Twins(times) => {
                    builder.name_last(source)?;
                    let (least, most) = CROWD;
                    let times = match i128::from(*times) {
                        times @ ..=1 => times,
                        times if usual => times,
                        times => source.int(least, most, times.clamp(least, most))?,
                    };
                    (0..times).try_for_each(|_| builder.twin(source))?;
                }
            }
            builder.let_go(before)?;
        }
        let is_named = builder.steps.iter().any(|made| made.call.on.is_some());
        let connections = is_named.then(|| (LINE.to_owned(), Connection::default()));
        let connections = connections.into_iter().collect();
        Ok(Case { service: service.name.clone(), connections, steps: builder.grouped() })
    };
    Ok(Source::random(rng).run(run)?.0)
}

/// The edges that the calls of a case use, each with the id of the call that takes by it.
pub fn used(service: &Service, case: &Case) -> Vec<(EdgeId, String)> {
    let graph = service.graph();
    let mut all = Vec::new();
    for call in case.calls() {
        let Some(number) = service.number(&call.operation) else { continue };
        for (id, edge) in graph.producers(number) {
            let given = case::value_at(call, &edge.place);
            let from = given.and_then(|value| match value {
                Value::Symbol(symbol) => match &**symbol {
                    Symbol::From(reference) => case.call(&reference.call),
                    _ => None,
                },
                _ => None,
            });
            let is_own = |from: &Call| service.number(&from.operation) == Some(edge.from);
            if from.is_some_and(is_own) {
                all.push((id, call.id.clone()));
            }
        }
    }
    all
}

impl Builder<'_> {
    /// The last step of an operation.
    pub(super) fn latest(&self, operation: usize) -> Option<usize> {
        self.steps.iter().rposition(|made| made.operation == operation)
    }

    /// All steps of an operation.
    pub(super) fn all(&self, operation: usize) -> impl Iterator<Item = usize> {
        let steps = self.steps.iter().enumerate();
        steps.filter(move |(_, made)| made.operation == operation).map(|(number, _)| number)
    }

    /// Appends a call and, before it, what it needs.
    pub(super) fn call(
        &mut self,
        number: usize,
        depth: usize,
        broken: bool,
        source: &mut Source<'_>,
    ) -> Draw<()> {
        if self.steps.len() >= MOST_STEPS {
            return Ok(());
        }
        let operation = self.service.operations.get(number).ok_or(Overrun)?;
        let base = self.known.bases.get(number).and_then(Option::as_ref);
        let mut call = if broken {
            let seed = source.uniform(1 << 64)? as u64;
            catalogue::random_invalid(operation, Rng::new(seed)).ok_or(Overrun)?
        } else {
            // What is made on the way only has to be there.
            let on_the_way = depth < DEEPEST && self.known.proved.contains(&number);
            let usual = self.usual || source.bool(0.5)? || on_the_way;
            match base.filter(|_| usual) {
                Some(base) => {
                    let mut call = (**base).clone();
                    fresh::again(&mut call, &mut self.names);
                    call
                }
                None => input::draw_hearing(operation, "s1", &[&self.known.heard], source)?,
            }
        };
        let plain = call.clone();
        self.bind(number, &mut call, depth, source)?;
        if !broken && naming::is_same(operation, &call, &plain) && self.names_what_it_makes(number)
        {
            // Whoever chooses a name must not meet what another one has made under it.
            fresh::renew_name(operation, &mut call, &mut self.names);
        }
        if !broken && self.known.conflicts.contains(&number) {
            fresh::renew(operation, &mut call, &mut self.names);
        }
        if !broken {
            call = confirm::lawful(operation, call, Label::Valid).ok_or(Overrun)?;
        } else if !confirm::confirms(operation, &call) {
            return Err(Overrun);
        }
        self.push(number, call);
        Ok(())
    }

    /// Whether an operation makes what its own path names.
    fn names_what_it_makes(&self, number: usize) -> bool {
        let graph = self.service.graph();
        let resource = graph.resource(number);
        resource.is_some_and(|own| own.create_is_put && own.create == Some(number))
    }

    /// Appends a call by someone who has nothing to do with what was made.
    fn by_stranger(&mut self, number: usize, source: &mut Source<'_>) -> Draw<()> {
        let stranger = self.known.stranger.clone().ok_or(Overrun)?;
        self.call(number, DEEPEST, false, source)?;
        let made = self.steps.last_mut().ok_or(Overrun)?;
        made.call.auth = Auth::Identity(stranger);
        Ok(())
    }

    /// Appends a call that comes a while after the one before.
    fn later(&mut self, number: usize, source: &mut Source<'_>) -> Draw<()> {
        let before = self.steps.len();
        self.call(number, DEEPEST, false, source)?;
        let made = self.steps.get_mut(before).ok_or(Overrun)?;
        made.call.wait = Some(self.known.awhile);
        Ok(())
    }

    /// The same over one connection with the one before.
    fn idle(&mut self, number: usize, source: &mut Source<'_>) -> Draw<()> {
        let before = self.steps.len();
        self.later(number, source)?;
        let from = before.checked_sub(1).ok_or(Overrun)?;
        for made in self.steps.iter_mut().skip(from) {
            made.call.on = Some(LINE.to_owned());
        }
        Ok(())
    }

    /// Appends a call that is not over when what comes next is.
    fn held(&mut self, number: usize, source: &mut Source<'_>) -> Draw<()> {
        self.call(number, DEEPEST, false, source)?;
        self.steps.last_mut().ok_or(Overrun)?.held = true;
        Ok(())
    }

    /// Lets a call before this step end once the last one has: that one cannot take anything from it.
    fn let_go(&mut self, before: usize) -> Draw<()> {
        let (earlier, new) = self.steps.split_at_mut(before);
        let (Some(last), Some(held)) = (new.last(), earlier.last_mut().filter(|made| made.held))
        else {
            return Ok(());
        };
        if new.iter().any(|made| made.call.references().contains(&held.call.id.as_str())) {
            return Err(Overrun);
        }
        held.held = false;
        let until = last.call.id.clone();
        held.call.perturb = vec![Perturbation::Hold { at: Position::BeforeLastByte, until }];
        Ok(())
    }

    /// How much later a call goes on that is released together with others: mostly at once.
    fn skew(&self, source: &mut Source<'_>) -> Draw<Option<Duration>> {
        if self.usual || !source.bool(0.3)? {
            return Ok(None);
        }
        Ok(Some(Duration::from_millis(SKEWS[source.branch(SKEWS.len())?])))
    }

    /// Appends the last call once more.
    fn again(&mut self) -> Draw<()> {
        let last = self.steps.last().ok_or(Overrun)?;
        let (operation, mut call) = (last.operation, last.call.clone());
        if self.steps.len() >= MOST_STEPS {
            return Ok(());
        }
        if self.known.conflicts.contains(&operation)
            && let Some(known) = self.service.operations.get(operation)
        {
            fresh::again(&mut call, &mut self.names);
            call = confirm::lawful(known, call, Label::Valid).ok_or(Overrun)?;
        }
        self.push(operation, call);
        Ok(())
    }

    /// Appends a call that comes at once with the one before: it can neither take anything from that one,
    /// nor need anything made in between.
    fn beside(&mut self, number: usize, source: &mut Source<'_>) -> Draw<()> {
        let before = self.steps.len();
        self.call(number, DEEPEST, false, source)?;
        let skew = self.skew(source)?;
        let (earlier, new) = self.steps.split_at_mut(before);
        let [made] = new else { return Err(Overrun) };
        let last = earlier.last().ok_or(Overrun)?;
        if made.call.references().contains(&last.call.id.as_str()) {
            return Err(Overrun);
        }
        made.beside = true;
        made.call.skew = skew;
        if self.usual && last.operation == number {
            self.contrasted(number);
        }
        Ok(())
    }

    /// Has the last two calls say different things, where both are the usual one.
    fn contrasted(&mut self, number: usize) {
        let base = self.known.bases.get(number).and_then(Option::as_ref);
        let (Some(base), Some(operation)) = (base, self.service.operations.get(number)) else {
            return;
        };
        let [.., first, second] = &mut self.steps[..] else { return };
        if first.call.body != base.body || second.call.body != base.body {
            return;
        }
        if let Some([one, other]) = contrast(operation, base) {
            for (made, call) in [(first, one), (second, other)] {
                made.call.body = call.body;
                made.call.label = made.call.label.max(call.label);
            }
        }
    }

    /// Gives the last call an idempotency key, where its operation takes one: the calls that follow are to be
    /// the very same.
    fn name_last(&mut self, source: &mut Source<'_>) -> Draw<()> {
        let last = self.steps.last_mut().ok_or(Overrun)?;
        let Some(operation) = self.service.operations.get(last.operation) else { return Ok(()) };
        let is_named = idempotency_key(operation).is_some() && (self.usual || source.bool(0.5)?);
        if is_named && let Some(named) = fresh::named(operation, &last.call, &mut self.names) {
            last.call = confirm::lawful(operation, named, Label::Valid).ok_or(Overrun)?;
        }
        Ok(())
    }

    /// Appends the very call before, at once with it.
    fn twin(&mut self, source: &mut Source<'_>) -> Draw<()> {
        let skew = self.skew(source)?;
        let last = self.steps.last().ok_or(Overrun)?;
        let (operation, original) = (last.operation, last.call.same.as_ref());
        let same = Some(original.unwrap_or(&last.call.id).clone());
        self.push(operation, Call { same, skew, ..Call::default() });
        if let Some(made) = self.steps.last_mut() {
            made.beside = true;
        }
        Ok(())
    }

    /// The steps, with groups of calls that come at once; those are called `a`, `b`, …
    fn grouped(self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for Made { call, beside, .. } in self.steps {
            match steps.last_mut() {
                Some(Step::Together(group)) if beside => group.calls.push(call),
                Some(step) if beside => {
                    let id = step.id().to_owned();
                    let calls = step.calls().iter().cloned().chain([call]).collect();
                    let release = self.known.release;
                    *step = Step::Together(Together { id, wait: None, release, calls });
                }
                _ => steps.push(Step::Call(call)),
            }
        }
        let mut letters = 'a'..='z';
        for step in &mut steps {
            let Step::Together(group) = step else { continue };
            for at in 0..group.calls.len() {
                let Some(letter) = letters.next() else { break };
                let old = std::mem::replace(&mut group.calls[at].id, letter.to_string());
                let repeats =
                    group.calls.iter_mut().filter(|call| call.same.as_ref() == Some(&old));
                repeats.for_each(|call| call.same = Some(letter.to_string()));
            }
        }
        steps
    }

    fn push(&mut self, operation: usize, mut call: Call) {
        call.id = format!("s{}", self.steps.len() + 1);
        self.steps.push(Made { operation, call, beside: false, held: false });
    }
}

#[cfg(test)]
mod tests;
