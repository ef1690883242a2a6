//! Suspicions: failures on their way to be findings. Which are the same fault, which are worth a
//! look, and which did not come back.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::cause;
use crate::case::{Case, History};
use crate::check::Failure;
use crate::value::Value;

/// So many failures of a known bucket are looked at to see whether another fault hides behind it.
const MOST_LOOKS: usize = 24;

/// What makes two failures look the same before they are shrunk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bucket {
    /// The check.
    pub(super) check: &'static str,
    /// The operation whose exchange shows it.
    pub(super) operation: String,
    /// The class of the outcome.
    pub(super) outcome: String,
    /// The normalised message.
    pub(super) message: String,
}

impl Bucket {
    /// The bucket of a failure in a history.
    pub(super) fn of(failure: &Failure, history: &History) -> Self {
        let call = history.case.call(&failure.at);
        let operation = call.map(|call| call.operation.clone()).unwrap_or_default();
        Self {
            check: failure.check,
            operation,
            outcome: failure.outcome.clone(),
            message: failure.message.clone(),
        }
    }

    /// Whether a failure in a history belongs to it.
    pub(super) fn is_of(&self, failure: &Failure, history: &History) -> bool {
        Self::of(failure, history) == *self
    }
}

/// What is known of one bucket.
#[derive(Debug, Default)]
struct Known {
    /// The smallest cases found in it, each with what to put at its culprits to see it vanish.
    faults: Vec<Fault>,
    /// What was looked at already: the class that was tried, and where.
    looked: HashSet<String>,
    /// It did not come back: it is not tried again.
    fleeting: bool,
}

/// A fault that was found.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// The values that made it vanish, or the usual ones, by place; `None` removes the member.
    pub(super) neutral: Vec<(String, Option<Value>)>,
}

/// What to do about a failure.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is known, or not worth a look.
    Nothing,
    /// Nothing like it is known: confirm and shrink it.
    Confirm,
    /// Something like it is known: first see whether it fails without the known culprits.
    Neutralise(Vec<Arc<Case>>),
}

/// All buckets.
#[derive(Debug, Default)]
pub(super) struct Suspicions {
    buckets: HashMap<Bucket, Known>,
}

impl Suspicions {
    /// What to do about a failure of a bucket in a case that tried this class.
    pub(super) fn next(&mut self, bucket: &Bucket, case: &Case, class: &str) -> Next {
        let Some(known) = self.buckets.get_mut(bucket) else { return Next::Confirm };
        if known.fleeting || known.looked.len() >= MOST_LOOKS {
            return Next::Nothing;
        }
        // An error answer of the wrong shape has that shape whatever brought it about.
        let of_errors = cause::SHAPES.contains(&bucket.check) && !bucket.outcome.starts_with('2');
        if known.faults.is_empty() || of_errors {
            return Next::Nothing;
        }
        let Some(call) = case.calls().last() else { return Next::Nothing };
        let place =
            call.deviations.iter().filter_map(|d| d.at.clone()).collect::<Vec<_>>().join(" ");
        if !known.looked.insert(format!("{class} {place} {}", shape(case))) {
            return Next::Nothing;
        }
        let without =
            known.faults.iter().map(|fault| fault.neutralised(case)).collect::<Option<Vec<_>>>();
        match without {
            Some(cases) => Next::Neutralise(cases.into_iter().map(Arc::new).collect()),
            None => Next::Nothing,
        }
    }

    /// Remembers a fault of a bucket.
    pub(super) fn found(&mut self, bucket: &Bucket, fault: Fault) {
        self.buckets.entry(bucket.clone()).or_default().faults.push(fault);
    }

    /// Remembers that a failure did not come back.
    pub(super) fn fleeting(&mut self, bucket: &Bucket) {
        let known = self.buckets.entry(bucket.clone()).or_default();
        known.fleeting = known.faults.is_empty();
    }
}

/// Which optional places a case has: two random cases of one shape are looked at once.
fn shape(case: &Case) -> String {
    let mut places: Vec<String> = Vec::new();
    for call in case.calls() {
        let lists = [&call.path, &call.query, &call.headers, &call.cookies];
        places.extend(lists.iter().flat_map(|list| list.iter().map(|(name, _)| name.clone())));
        let body = call.body.as_ref().and_then(|body| body.value());
        if let Some(Value::Object(object)) = body {
            places.extend(object.keys().map(|key| key.lossy().into_owned()));
        }
    }
    places.join(",")
}

impl Fault {
    /// The case without the culprits; the same one where it has none of them.
    pub(super) fn neutralised(&self, case: &Case) -> Option<Case> {
        let mut other = case.clone();
        let call = other.calls_mut().last()?;
        for (place, value) in &self.neutral {
            crate::case::set_value_at(call, place, value.clone());
        }
        Some(other)
    }
}
