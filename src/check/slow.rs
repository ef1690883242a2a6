//! A call that is slow to come in, and others beside it.

use std::time::Duration;

use super::{Seen, View};
use crate::case::{Call, Case, Label, Perturbation, Position, Release, Step, Together};

/// A shorter silence cannot be told from a busy moment.
const LEAST: Duration = Duration::from_millis(500);

/// A call that is slow to come in.
pub(super) struct Slow<'v, 'a> {
    pub(super) seen: &'v Seen<'a>,
    /// The silence in or before its body.
    pub(super) silence: Duration,
}

/// The last call of a history with a silence in or before its body, where it is answered.
pub(super) fn last<'v, 'a>(view: &'v View<'a>) -> Option<Slow<'v, 'a>> {
    let silence = |seen: &Seen<'_>| {
        let is_before_end = |at: &Position| {
            matches!(at, Position::Headers | Position::Body(_) | Position::BeforeLastByte)
        };
        seen.call.perturb.iter().find_map(|bend| match bend {
            Perturbation::Stall { at, pause } if is_before_end(at) => Some(*pause),
            _ => None,
        })
    };
    let mut slow = view.seen().iter().rev();
    let slow = slow.find_map(|seen| Some(Slow { seen, silence: silence(seen)? }))?;
    let is_it = slow.seen.exchange.label == Label::Valid
        && slow.seen.call.body.is_some()
        && slow.seen.answer().is_some()
        && slow.silence >= LEAST;
    is_it.then_some(slow)
}

impl Slow<'_, '_> {
    /// The same with no longer a silence than this.
    pub(super) fn at_most(self, longest: Duration) -> Self {
        Self { silence: self.silence.min(longest), ..self }
    }

    /// The call itself, where it is a step of its own.
    pub(super) fn call<'v>(&self, view: &'v View<'_>) -> Option<&'v Call> {
        let case = &view.history.case;
        match &case.steps[case.step_of(&self.seen.exchange.call)?] {
            Step::Call(call) => Some(call),
            Step::Together(_) => None,
        }
    }

    /// The history up to the call, with others beside it.
    pub(super) fn beside(
        &self,
        view: &View<'_>,
        others: impl IntoIterator<Item = Call>,
    ) -> Option<Case> {
        let case = &view.history.case;
        let at = case.step_of(&self.seen.exchange.call)?;
        let mut slow = Call { want: None, saw: None, wait: None, ..self.call(view)?.clone() };
        for bend in &mut slow.perturb {
            if let Perturbation::Stall { pause, .. } = bend {
                *pause = (*pause).min(self.silence);
            }
        }
        let group = Together {
            id: "beside".to_owned(),
            wait: case.steps[at].wait(),
            release: Release::Plain,
            calls: std::iter::once(slow).chain(others).collect(),
        };
        let steps = case.steps[..at].iter().cloned().chain([Step::Together(group)]).collect();
        Some(Case { steps, ..(**case).clone() })
    }
}

/// A call by somebody who is not slow, that much later.
pub(super) fn other(id: &str, call: &Call, skew: Duration) -> Call {
    let (id, perturb, skew) = (id.to_owned(), Vec::new(), Some(skew));
    Call { id, skew, perturb, want: None, saw: None, wait: None, ..call.clone() }
}

/// The same where nobody is slow.
pub(super) fn without(case: &Case) -> Case {
    let mut case = case.clone();
    case.calls_mut().for_each(|call| call.perturb.clear());
    case
}
