//! What the very same calls were answered the first time: a service that answers otherwise now was changed
//! by what came between, and a case that hangs on that would not fail alone, on a fresh service.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;
use foldhash::fast::FixedState;

use crate::case::{Call, Case, History, Step};

/// So many beginnings of cases are remembered; memory must stay flat.
const MOST: usize = 500_000;

/// 429 Too Many Requests (RFC 6585, section 4) and 503 Service Unavailable (RFC 9110, section 15.6.4): say
/// nothing of the call.
const OVERLOADED: [u16; 2] = [429, 503];

/// The statuses of what was sent first and second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct First {
    pub(super) first: u16,
    pub(super) second: Option<u16>,
}

/// What the beginnings of cases ended with: their last call, when they were first executed.
#[derive(Debug, Default)]
pub(super) struct Firsts(Mutex<HashMap<u64, First>>);

impl Firsts {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, First>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what was answered, by [`answers`].
    pub(super) fn note(&self, answers: impl IntoIterator<Item = (u64, u16)>) {
        let mut known = self.open();
        for (key, status) in answers {
            if let Some(known) = known.get_mut(&key) {
                known.second.get_or_insert(status);
            } else if known.len() < MOST {
                known.insert(key, First { first: status, second: None });
            }
        }
    }

    /// Remembers what a file says of a case that calls the very same twice in order to fail: what the first
    /// one is answered where nothing came before. Whether it is such a case.
    pub(super) fn remember(&self, case: &Case, id: &str, now: Option<u16>) -> bool {
        let Some(twin) = twin(case, id) else { return false };
        let Some(want) = twin.want.as_ref().filter(|want| want.allows(now)) else { return false };
        let first = want.status.first().and_then(|status| status.parse().ok());
        let key = case.step_of(&twin.id).and_then(|at| keys(case).get(at).copied());
        self.note(key.zip(first));
        first.is_some() && first != now
    }

    /// What a case that ends with this call was answered the first time.
    pub(super) fn of(&self, case: &Case, id: &str) -> Option<First> {
        let at = case.step_of(id)?;
        let key = keys(case).get(at).copied()?;
        self.open().get(&key).copied()
    }

    /// What it was answered the first time, where that was another status than now, and none that a
    /// service gives whatever it is asked.
    pub(super) fn other(&self, history: &History, id: &str) -> Option<u16> {
        let First { first, .. } = self.of(&history.case, id)?;
        let now = history.exchange(id)?.status();
        (now != Some(first) && first < 500 && !OVERLOADED.contains(&first)).then_some(first)
    }

    /// Whether what a call was answered may hang on the calls of the case alone: it was answered so the
    /// first time, or is the very same as one before it in the case, and that is what made the difference.
    pub(super) fn explains(&self, history: &History, id: &str) -> bool {
        let Some(twin) = twin(&history.case, id) else { return self.other(history, id).is_none() };
        let now = history.status(id);
        let is_usual = now.is_some_and(|status| !OVERLOADED.contains(&status));
        self.of(&history.case, &twin.id).is_none_or(|known| {
            history.status(&twin.id) == Some(known.first) || is_usual && now == known.second
        })
    }

    /// Whether a call is the very same as one before it in its case, was answered otherwise the first time,
    /// and that it is made twice explains what it is answered now. What names a thing by a value may well
    /// hang on that being there: it has to be answered otherwise now, too.
    pub(super) fn is_by_repeating(&self, history: &History, id: &str) -> bool {
        let Some(twin) = twin(&history.case, id) else { return false };
        let Some(First { first, .. }) = self.of(&history.case, &twin.id) else { return false };
        let names = twin.path.iter().any(|(_, value)| value.is_concrete());
        history.status(id) != Some(first)
            && if names {
                history.status(&twin.id) == Some(first)
            } else {
                self.explains(history, id)
            }
    }
}

/// The first call of a case that is the very same as a later one.
pub(super) fn twin<'c>(case: &'c Case, id: &str) -> Option<&'c Call> {
    let call = case.call(id)?;
    case.own_calls().take_while(|other| other.id != id).find(|other| other.is_same_as(call))
}

/// Whether a case calls the very same twice.
pub(super) fn repeats(case: &Case) -> bool {
    case.own_calls().any(|call| twin(case, &call.id).is_some())
}

/// What a history tells, for [`Firsts::note`].
pub(super) fn answers(history: &History) -> Vec<(u64, u16)> {
    let status = |call: &Call| history.exchange(&call.id)?.status();
    let calls = history.case.calls().zip(keys(&history.case));
    calls.map_while(|(call, key)| Some((key, status(call)?))).collect()
}

/// For each beginning of a case what tells it apart, whatever its steps are called, as far as no time plays
/// a part.
fn keys(case: &Case) -> Vec<u64> {
    let is_numbered = |(step, number): (&Step, usize)| {
        step.id().strip_prefix('s').and_then(|rest| rest.parse().ok()) == Some(number)
    };
    if !case.steps.iter().zip(1..).all(is_numbered) {
        return keys(&case.numbered().0);
    }
    let mut hasher = FixedState::default().build_hasher();
    let key = |step: &Step| {
        let Step::Call(call) = step else { return None };
        if call.wait.is_some() || !call.perturb.is_empty() {
            return None;
        }
        if call.want.is_some() || call.saw.is_some() {
            Call { want: None, saw: None, ..call.clone() }.hash(&mut hasher);
        } else {
            call.hash(&mut hasher);
        }
        Some(hasher.finish())
    };
    case.steps.iter().map_while(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Answer, Exchange, Outcome};

    fn call(id: &str, operation: &str) -> Call {
        Call { id: id.to_owned(), operation: operation.to_owned(), ..Call::default() }
    }

    /// A history of calls with these ids, operations and statuses.
    fn history(calls: &[(&str, &str, u16)]) -> History {
        let steps = calls.iter().map(|(id, operation, _)| Step::Call(call(id, operation)));
        let case = Case { steps: steps.collect(), ..Case::default() };
        let exchanges = calls.iter().map(|(id, operation, status)| {
            let answer = Answer { status: *status, ..Answer::default() };
            Exchange::of(&call(id, operation), Outcome::Answered(answer))
        });
        History { exchanges: exchanges.collect(), case: case.into(), unfinished: None }
    }

    fn seen(histories: &[&[(&str, &str, u16)]]) -> Firsts {
        let firsts = Firsts::default();
        for calls in histories {
            firsts.note(answers(&history(calls)));
        }
        firsts
    }

    #[test]
    fn what_is_answered_as_ever_hangs_on_nothing_else() {
        let now = history(&[("s1", "POST /a", 500)]);
        for before in [&[][..], &[&[("s1", "POST /a", 500)][..]], &[&[("s1", "POST /b", 201)][..]]]
        {
            assert!(seen(before).explains(&now, "s1"));
        }
        assert!(!seen(&[&[("s1", "POST /a", 201)]]).explains(&now, "s1"));
    }

    #[test]
    fn a_service_that_was_not_well_the_first_time_says_nothing_of_the_call() {
        let now = history(&[("s1", "POST /a", 201)]);
        for before in [429, 500, 503] {
            assert!(seen(&[&[("s1", "POST /a", before)]]).explains(&now, "s1"));
        }
    }

    #[test]
    fn a_case_is_known_again_whatever_its_steps_are_called() {
        let firsts = seen(&[&[("s2", "POST /a", 201), ("s4", "GET /a", 200)]]);
        let now = history(&[("s1", "POST /a", 201), ("s2", "GET /a", 404)]);
        assert_eq!(firsts.other(&now, "s2"), Some(200));
        assert_eq!(firsts.other(&now, "s1"), None);
    }

    #[test]
    fn the_very_same_call_before_makes_the_difference_where_it_did_so_the_first_time() {
        let twice = |first, second| history(&[("s1", "POST /a", first), ("s2", "POST /a", second)]);
        let begun = |second| seen(&[&[("s1", "POST /a", 201)], &[("s1", "POST /a", second)]]);
        // Done once before already, it is what it was the second time.
        assert!(begun(500).explains(&twice(500, 500), "s2"));
        // It was done twice, and no harm came of that.
        assert!(!begun(201).explains(&twice(500, 500), "s2"));
        // A service that has too much to do may say so of each.
        assert!(!begun(503).explains(&twice(503, 503), "s2"));
        // Done here first.
        assert!(begun(201).explains(&twice(201, 500), "s2"));
    }

    #[test]
    fn what_names_a_thing_by_a_value_is_by_repeating_only_where_the_first_call_is_answered_otherwise_now()
     {
        let twice = |first, named: bool| {
            let mut history = history(&[("s1", "PATCH /a", first), ("s2", "PATCH /a", 500)]);
            let mut case = (*history.case).clone();
            if named {
                let name = ("id".to_owned(), crate::value::Value::text("x"));
                case.calls_mut().for_each(|call| call.path.push(name.clone()));
            }
            history.case = case.into();
            history
        };
        for (first, named, is_so) in [(200, true, true), (500, true, false), (500, false, true)] {
            let firsts = Firsts::default();
            firsts.note(answers(&twice(200, named)).into_iter().take(1));
            firsts.note(answers(&twice(500, named)).into_iter().take(1));
            assert_eq!(
                firsts.is_by_repeating(&twice(first, named), "s2"),
                is_so,
                "{first} {named}"
            );
        }
    }

    #[test]
    fn what_is_told_apart_by_time_is_not_remembered() {
        let mut bent = history(&[("s1", "POST /a", 201)]);
        let mut case = (*bent.case).clone();
        case.calls_mut().for_each(|call| call.wait = Some(std::time::Duration::from_secs(1)));
        bent.case = case.into();
        assert_eq!(answers(&bent), []);
    }
}
