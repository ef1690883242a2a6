//! Calls that were released together at the end of a history.

use super::deed::{self, deeds};
use super::{FollowUp, Seen, View, look, own, wording};
use crate::case::{Call, Case, Label, Step, Together};

/// Calls that were released together at the end of a history.
pub(super) struct Race<'v, 'a> {
    pub(super) group: &'a Together,
    /// What came of each.
    pub(super) seen: Vec<&'v Seen<'a>>,
    /// The call that shows what they did, where there is one.
    pub(super) read: Option<Call>,
}

/// The group at the end of a history, a write among its calls, where all it can do is done to what the
/// history made.
pub(super) fn at_end<'v, 'a>(view: &'v View<'a>) -> Option<Race<'v, 'a>> {
    let case = &view.history.case;
    let (Step::Together(group), before) = case.steps.split_last()? else { return None };
    if before.iter().any(|step| matches!(step, Step::Together(_))) {
        return None;
    }
    let deeds = deeds(view);
    let mut seen = Vec::new();
    let mut read = None;
    let mut writes = false;
    for call in &group.calls {
        let (index, own) =
            view.seen().iter().enumerate().find(|(_, seen)| seen.exchange.call == call.id)?;
        let is_safe = own.operation?.is_safe();
        if own.exchange.label != Label::Valid || !own.call.perturb.is_empty() {
            return None;
        }
        writes |= !is_safe;
        let deed = deed::of(view, index, own);
        if !is_safe {
            let effect = own::effect(view, &deeds, &deed?)?;
            read = read.or(effect.read);
        }
        seen.push(own);
    }
    writes.then_some(Race { group, seen, read })
}

impl Race<'_, '_> {
    /// What of operations is tried ever more seldom.
    pub(super) fn key(&self) -> String {
        let mut names: Vec<&str> = self.seen.iter().map(|seen| seen.name()).collect();
        names.sort_unstable();
        names.join(" ")
    }

    /// Whether two of the calls, one of them a write, were done: where all others were refused, there was
    /// nothing to mix up.
    pub(super) fn is_contested(&self) -> bool {
        let done = || self.seen.iter().filter(|seen| seen.is_success());
        done().count() > 1 && done().any(|seen| seen.operation.is_some_and(|own| !own.is_safe()))
    }

    /// The history before the group with these steps in its place, and looks at the end.
    pub(super) fn follow_up(&self, view: &View<'_>, steps: Vec<Step>) -> FollowUp {
        let case = &view.history.case;
        let before = &case.steps[..case.steps.len() - 1];
        let steps = before.iter().cloned().chain(steps).collect();
        let case = Case { steps, ..(**case).clone() };
        match &self.read {
            Some(read) => look::after(view, case, read),
            None => look::follow_up(case),
        }
    }

    /// The group as it was.
    pub(super) fn together(&self) -> Vec<Step> {
        vec![Step::Together(self.group.clone())]
    }

    /// Its calls of these numbers one after the other.
    pub(super) fn one_after_the_other(&self, order: &[usize]) -> Vec<Step> {
        let calls: Vec<Call> = self.group.in_order().collect();
        let ordered = order.iter().map(|at| &calls[*at]);
        ordered.map(|call| Step::Call(Call { want: None, saw: None, ..call.clone() })).collect()
    }

    /// The last write that is no repetition: it says what it is itself.
    pub(super) fn last_write(&self) -> Option<&Seen<'_>> {
        let mut calls = self.group.calls.iter().zip(&self.seen).rev();
        let is_write = |seen: &Seen<'_>| seen.operation.is_some_and(|own| !own.is_safe());
        let (_, last) = calls.find(|(call, seen)| call.same.is_none() && is_write(seen))?;
        Some(last)
    }

    /// What the calls are.
    pub(super) fn told(&self) -> String {
        let titles: Vec<String> = self.seen.iter().map(|seen| seen.title().into_owned()).collect();
        match &titles[..] {
            [first, rest @ ..] if rest.iter().all(|other| other == first) => {
                format!("{} calls of {first}", titles.len())
            }
            _ => wording::list(&titles),
        }
    }
}
