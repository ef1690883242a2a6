//! What calls ended with: their statuses, their answers, and what is seen afterwards.

use std::collections::{BTreeMap, BTreeSet};

use super::super::look::{self, NAME as LOOK};
use super::super::{Seen, View, content, volatile, wording};
use crate::schema::format::Format;
use crate::value::{Pointer, Value};

/// Statuses that refuse a call because of others, so that it did not happen.
const REFUSALS: [u16; 5] = [409, 412, 423, 425, 429];

/// Integers above this, and less than a day apart in any unit, are times.
const EPOCH: f64 = 1e9;
const DAY: f64 = 86_400.0;

/// What calls ended with.
#[derive(Debug)]
pub(super) struct Outcome<'f> {
    /// For each call that came, by its number: its status, and its answer where that is a success in JSON.
    answers: BTreeMap<usize, (u16, Option<&'f Value>)>,
    /// What is seen afterwards, where it is looked at.
    look: Option<(u16, Option<&'f Value>)>,
}

/// What changes by itself, in the answer to each call, and in what is seen at the end.
#[derive(Debug, Default)]
pub(super) struct Volatile {
    answers: BTreeMap<usize, BTreeSet<Pointer>>,
    look: BTreeSet<Pointer>,
}

/// How two outcomes differ; the later ones are nearer to each other.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Difference {
    /// A call is answered with another status, or another one.
    Status,
    /// What is seen at the end differs at a place.
    Look {
        /// The place.
        at: Pointer,
        /// What is shown there.
        shown: String,
    },
    /// The answer to a call differs at a place.
    Answer {
        /// The number of the call.
        at: usize,
        /// The place.
        place: Pointer,
        /// What is told there.
        shown: String,
    },
}

impl<'f> Outcome<'f> {
    /// What calls of a history ended with; `None` where one was not answered by the service itself, or
    /// failed, so that it is not known whether it happened.
    pub(super) fn of<'c>(
        view: &'f View<'_>,
        calls: impl IntoIterator<Item = (usize, &'c str)>,
        looked_at: bool,
    ) -> Option<Self> {
        let mut answers = BTreeMap::new();
        for (at, id) in calls {
            answers.insert(at, told(view, view.call(id)?)?);
        }
        let look =
            if looked_at { Some(told(view, look::named(view, LOOK)?.last()?)?) } else { None };
        Some(Self { answers, look })
    }

    /// The same where it does not matter which of the calls was answered how.
    pub(super) fn of_any(mut self) -> Self {
        let mut statuses: Vec<u16> = self.answers.values().map(|(status, _)| *status).collect();
        statuses.sort_unstable();
        for ((_, answer), status) in self.answers.iter_mut().zip(statuses) {
            *answer = (status, None);
        }
        self
    }

    /// Whether the calls were answered with the same statuses, and the looks at the end.
    pub(super) fn has_statuses_of(&self, other: &Self) -> bool {
        let statuses = |outcome: &Self| -> Vec<u16> {
            let answers = outcome.answers.values().chain(&outcome.look);
            answers.map(|(status, _)| *status).collect()
        };
        statuses(self) == statuses(other)
    }

    /// The calls that were refused because of others.
    pub(super) fn refused(&self) -> Vec<usize> {
        let refused = self.answers.iter().filter(|(_, (status, _))| REFUSALS.contains(status));
        refused.map(|(at, _)| *at).collect()
    }

    /// The statuses in words, the least first.
    pub(super) fn statuses(&self) -> String {
        let mut all: Vec<String> =
            self.answers.values().map(|(status, _)| status.to_string()).collect();
        all.sort();
        all.join(" and ")
    }

    /// What is seen at a place at the end, in words.
    pub(super) fn shown(&self, at: &Pointer) -> String {
        let body = self.look.and_then(|(_, body)| body);
        body.and_then(|body| at.find(body)).map_or_else(|| "nothing".to_owned(), wording::short)
    }

    /// How this differs from what the calls of an order ended with.
    pub(super) fn difference(&self, order: &Self, volatile: &Volatile) -> Option<Difference> {
        let none = BTreeSet::new();
        for (at, (status, _)) in &order.answers {
            if self.answers.get(at).is_none_or(|(own, _)| own != status) {
                return Some(Difference::Status);
            }
        }
        if let (Some((own_status, own)), Some((status, other))) = (self.look, order.look) {
            if own_status != status {
                return Some(Difference::Status);
            }
            if let Some(at) = places(own, other, &volatile.look).into_iter().next() {
                let shown = self.shown(&at);
                return Some(Difference::Look { at, shown });
            }
        }
        for (at, (_, other)) in &order.answers {
            let own = self.answers.get(at).and_then(|(_, body)| *body);
            let known = volatile.answers.get(at).unwrap_or(&none);
            // What is told late is told as it is then.
            let late = self.look.and_then(|(_, look)| look);
            let is_late = |place: &Pointer| {
                let told = own.and_then(|own| place.find(own));
                told.is_some()
                    && content::same(told, late.and_then(|late| content::shown(late, place)))
            };
            if let Some(place) =
                places(own, *other, known).into_iter().find(|place| !is_late(place))
            {
                let shown = own.and_then(|own| place.find(own));
                let shown = shown.map_or_else(|| "nothing".to_owned(), wording::short);
                return Some(Difference::Answer { at: *at, place, shown });
            }
        }
        None
    }
}

/// The status of an answer, and what it tells where it is a success in JSON.
fn told<'f>(view: &View<'_>, seen: &'f Seen<'_>) -> Option<(u16, Option<&'f Value>)> {
    let status = seen.exchange.status()?;
    if status >= 500 || view.is_from_gateway(seen) {
        return None;
    }
    Some((status, seen.json().filter(|_| seen.is_success())))
}

impl Volatile {
    /// What changes in the answer to one call changes in that to another that is the same.
    pub(super) fn share(&mut self, from: usize, to: usize) {
        if from != to
            && let Some(places) = self.answers.get(&from).cloned()
        {
            self.answers.entry(to).or_default().extend(places);
        }
    }

    /// Learns from the same order run twice.
    pub(super) fn learn(&mut self, first: &Outcome<'_>, again: &Outcome<'_>) {
        let differ = |one: Option<&Value>, other: Option<&Value>| match (one, other) {
            (Some(one), Some(other)) => volatile::places(one, other),
            _ => BTreeSet::new(),
        };
        for (at, (_, body)) in &first.answers {
            let other = again.answers.get(at).and_then(|(_, body)| *body);
            self.answers.entry(*at).or_default().extend(differ(*body, other));
        }
        if let (Some((_, one)), Some((_, other))) = (first.look, again.look) {
            self.look.extend(differ(one, other));
        }
    }
}

/// The places where two answers differ but for what changes by itself.
fn places(own: Option<&Value>, other: Option<&Value>, known: &BTreeSet<Pointer>) -> Vec<Pointer> {
    let (own, other) = match (own, other) {
        (Some(own), Some(other)) => (own, other),
        (None, None) => return Vec::new(),
        _ => return vec![Pointer::root()],
    };
    let counts =
        |at: &Pointer| !volatile::covers(known, at) && !are_times(at.find(own), at.find(other));
    volatile::places(own, other).into_iter().filter(counts).collect()
}

/// Whether two values are times of about the same day: what is written later is told later.
fn are_times(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(Value::String(one)), Some(Value::String(other))) => {
            let is_time = |text: &crate::value::Text| {
                Format::DateTime.accepts_text(text) || Format::Date.accepts_text(text)
            };
            is_time(one) && is_time(other)
        }
        (Some(Value::Number(one)), Some(Value::Number(other))) => {
            let (one, other) = (one.as_f64(), other.as_f64());
            // Seconds, milliseconds, microseconds or nanoseconds.
            [1.0, 1e3, 1e6, 1e9].iter().any(|unit| {
                one >= EPOCH * unit && other >= EPOCH * unit && (one - other).abs() <= DAY * unit
            })
        }
        _ => false,
    }
}
