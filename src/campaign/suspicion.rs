//! Suspicions: failures on their way to be findings. Which are the same fault, which are worth a
//! look, and which did not come back.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::breach::{WIRE, broken, without_indices};
use super::cause;
use super::fault::Fault;
use super::likeness::alike;
use crate::case::{Case, History};
use crate::check::Failure;
use crate::generate::case::{differences, simplest};
use crate::spec::Service;

/// So many failures of a known bucket are looked at to see whether another fault hides behind it.
const MOST_LOOKS: usize = 64;

/// So often a failure that seems to be another fault may turn out to be a known one; then the bucket
/// is left alone.
const MOST_TWICE: usize = 3;

/// So often a failure may not come back before it is left alone.
const MOST_FLEETING: usize = 3;

/// The check whose message is in the service's own words.
const SPOKEN: &str = "not_a_server_error";

/// What makes two failures look the same before they are shrunk.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        let call = history.case.original(&failure.at);
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
        self.is_like(&Self::of(failure, history))
    }

    /// Whether another one is of the same operation and looks the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.operation == other.operation && self.looks_like(other)
    }

    /// Whether a failure, maybe of another operation, looks the same.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        self.check == other.check
            && self.outcome == other.outcome
            && (self.message == other.message
                || self.check == SPOKEN && alike(&self.message, &other.message))
    }
}

/// What is known of one bucket.
#[derive(Debug, Default)]
struct Known {
    /// The smallest cases found in it, each with what to put at its culprits to see it vanish.
    faults: Vec<Fault>,
    /// What was looked at already: the class that was tried, and where.
    looked: HashSet<String>,
    /// How often what seemed to be another fault was a known one.
    twice: usize,
    /// How often it did not come back.
    fleeting: usize,
    /// Whether it is known that it hangs on nothing that was there before.
    settled: bool,
}

/// What to do about a failure.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is known, or not worth a look.
    Nothing,
    /// Nothing like it is known: confirm and shrink it.
    Confirm,
    /// Something like it is known: first see whether it fails without any of the known culprits, as
    /// in this case.
    Neutralise(Arc<Case>),
}

/// All buckets, by operation in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Suspicions {
    buckets: HashMap<String, Vec<(Bucket, Known)>>,
}

impl Suspicions {
    /// What to do about a failure of a bucket in a case that tried this class.
    pub(super) fn next(
        &mut self,
        service: &Service,
        bucket: &Bucket,
        case: &Case,
        class: &str,
    ) -> Next {
        let Some(known) = self.known(bucket) else { return Next::Confirm };
        if known.faults.is_empty() {
            return if known.fleeting < MOST_FLEETING { Next::Confirm } else { Next::Nothing };
        }
        // What fails with the simplest input explains everything in its bucket.
        let plain = |fault: &Fault| {
            fault.neutral.is_empty() && fault.broken.is_empty() && fault.may_show_in(case)
        };
        // An error answer of the wrong shape has that shape whatever brought it about.
        let of_errors = cause::SHAPES.contains(&bucket.check) && !bucket.outcome.starts_with('2');
        let spent = known.looked.len() >= MOST_LOOKS || known.twice >= MOST_TWICE;
        let broken = broken(case);
        // Another broken rule at the same place is the same fault.
        let same_place = broken.iter().any(|place| place != WIRE)
            && known.faults.iter().any(|fault| fault.broken == broken);
        if of_errors || spent || same_place || known.faults.iter().any(plain) {
            return Next::Nothing;
        }
        if !known.looked.insert(format!("{class} {}", special(service, case).join(" "))) {
            return Next::Nothing;
        }
        // All at once: a case may hold several known culprits, each of which alone makes it fail.
        let mut without = case.clone();
        for fault in known.faults.iter().filter(|fault| fault.may_show_in(case)) {
            match fault.neutralised(service, &without) {
                Some(neutral) => without = neutral,
                None => return Next::Nothing,
            }
        }
        if without != *case {
            Next::Neutralise(Arc::new(without))
        } else if broken.is_empty() || known.faults.iter().all(|fault| fault.broken != broken) {
            // It holds none of the known culprits.
            Next::Confirm
        } else {
            Next::Nothing
        }
    }

    /// Whether anything is known of a bucket.
    pub(super) fn knows(&self, bucket: &Bucket) -> bool {
        let all = self.buckets.get(&bucket.operation);
        all.is_some_and(|all| all.iter().any(|(known, _)| known.looks_like(bucket)))
    }

    /// Remembers a fault of a bucket.
    pub(super) fn found(&mut self, bucket: &Bucket, fault: Fault) {
        self.known_or_new(bucket).faults.push(fault);
    }

    /// Remembers that a failure that seemed to be another was a known one.
    pub(super) fn twice(&mut self, bucket: &Bucket) {
        self.known_or_new(bucket).twice += 1;
    }

    /// Remembers that a failure did not come back.
    pub(super) fn fleeting(&mut self, bucket: &Bucket) {
        self.known_or_new(bucket).fleeting += 1;
    }

    /// Remembers that a failure hangs on nothing that was there before.
    pub(super) fn settle(&mut self, bucket: &Bucket) {
        self.known_or_new(bucket).settled = true;
    }

    /// Whether that is remembered.
    pub(super) fn is_settled(&mut self, bucket: &Bucket) -> bool {
        self.known(bucket).is_some_and(|known| known.settled)
    }

    /// Whether a fault of a bucket is known that takes the same call twice.
    pub(super) fn repeats(&mut self, bucket: &Bucket) -> bool {
        self.known(bucket).is_some_and(|known| known.faults.iter().any(Fault::repeats))
    }

    fn known(&mut self, bucket: &Bucket) -> Option<&mut Known> {
        let all = self.buckets.get_mut(&bucket.operation)?;
        all.iter_mut().find(|(known, _)| known.looks_like(bucket)).map(|(_, known)| known)
    }

    fn known_or_new(&mut self, bucket: &Bucket) -> &mut Known {
        let all = self.buckets.entry(bucket.operation.clone()).or_default();
        let at = all.iter().position(|(known, _)| known.looks_like(bucket)).unwrap_or_else(|| {
            all.push((bucket.clone(), Known::default()));
            all.len() - 1
        });
        &mut all[at].1
    }
}

/// The places of a case that are not as simple as can be, numbers of elements left out: two random
/// cases with the same ones are looked at once.
fn special(service: &Service, case: &Case) -> Vec<String> {
    let Some(simple) = simplest(service, case) else { return Vec::new() };
    let mut places: Vec<String> =
        differences(case, &simple).iter().map(|place| without_indices(place)).collect();
    places.sort();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::fault::Neutral;
    use crate::case::{Body, Call, Deviation, Label};
    use crate::schema::Documents;
    use crate::spec::openapi;
    use crate::value::{Value, read};

    /// A service that takes a name and, where one likes, a number.
    fn service() -> Service {
        let document = r#"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/a":{"post":{
            "requestBody":{"required":true,"content":{"application/json":{"schema":{
                "type":"object","required":["name"],"properties":{
                    "name":{"type":"string","minLength":1},
                    "credit":{"type":"integer","minimum":0},
                    "items":{"type":"array","items":{"type":"integer"}}}}}}},
            "responses":{"201":{"description":"made"}}}}}}"#;
        let mut documents = Documents::new();
        let root = documents.add("t.json", read::json(document.as_bytes()).unwrap(), None);
        openapi::read(&Arc::new(documents), &root).unwrap()
    }

    fn case(json: &str) -> Case {
        let body = Body::Json(read::json(json.as_bytes()).unwrap());
        Case::of(
            "t",
            Call {
                id: "s1".to_owned(),
                operation: "POST /a".to_owned(),
                body: Some(body),
                ..Call::default()
            },
        )
    }

    fn invalid(json: &str, rule: &'static str, at: &str) -> Case {
        let mut case = case(json);
        for call in case.calls_mut() {
            call.label = Label::Invalid;
            call.deviations = vec![Deviation::schema(rule, at.to_owned())];
        }
        case
    }

    fn bucket() -> Bucket {
        Bucket {
            check: "not_a_server_error",
            operation: "POST /a".to_owned(),
            outcome: "500".to_owned(),
            message: "internal".to_owned(),
        }
    }

    fn at(place: &str, value: Option<Value>) -> Neutral {
        Neutral { operation: "POST /a".to_owned(), place: place.to_owned(), value }
    }

    fn fault(neutral: &[(&str, Option<Value>)]) -> Fault {
        let neutral = neutral.iter().map(|(place, value)| at(place, value.clone())).collect();
        Fault { steps: vec!["POST /a".to_owned()], broken: Vec::new(), neutral }
    }

    /// What is to be done about a case once these faults are known.
    fn next(faults: &[Fault], case: &Case) -> Next {
        let mut suspicions = Suspicions::default();
        for fault in faults {
            suspicions.found(&bucket(), fault.clone());
        }
        suspicions.next(&service(), &bucket(), case, "class")
    }

    fn credit() -> Fault {
        fault(&[("json/credit", None)])
    }

    #[test]
    fn a_case_that_holds_a_known_culprit_is_tried_without_it() {
        let without = Arc::new(case(r#"{"name":"0"}"#));
        assert_eq!(
            next(&[credit()], &case(r#"{"name":"0","credit":9}"#)),
            Next::Neutralise(without)
        );
    }

    #[test]
    fn all_known_culprits_go_at_once() {
        let name = fault(&[("json/name", Some(Value::text("0")))]);
        let without = Arc::new(case(r#"{"name":"0","items":[1]}"#));
        let both = case(r#"{"name":"x","credit":9,"items":[1]}"#);
        assert_eq!(next(&[credit(), name], &both), Next::Neutralise(without));
    }

    #[test]
    fn a_case_without_a_known_culprit_is_another_fault() {
        assert_eq!(next(&[credit()], &case(r#"{"name":"\u0000"}"#)), Next::Confirm);
        let broken = invalid(r#"{"name":1}"#, "type", "json/name");
        assert_eq!(next(&[credit()], &broken), Next::Confirm);
    }

    #[test]
    fn what_fails_with_the_simplest_input_explains_everything() {
        assert_eq!(next(&[fault(&[])], &case(r#"{"name":"x"}"#)), Next::Nothing);
    }

    #[test]
    fn another_broken_rule_at_the_same_place_is_the_same_fault() {
        let fault = Fault { broken: vec!["json/credit".to_owned()], ..credit() };
        let below = invalid(r#"{"name":"0","credit":-1}"#, "minimum", "json/credit");
        assert_eq!(next(&[fault], &below), Next::Nothing);
    }

    #[test]
    fn a_part_that_another_needs_is_put_in() {
        let fault = fault(&[("json/name", Some(Value::text("0"))), ("json/credit", None)]);
        let neutral = fault.neutralised(&service(), &case(r#"{"credit":9}"#));
        assert_eq!(neutral, Some(case(r#"{"name":"0"}"#)));
    }

    #[test]
    fn places_that_were_looked_at_are_not_looked_at_again() {
        let mut suspicions = Suspicions::default();
        suspicions.found(&bucket(), credit());
        let (service, bucket) = (service(), bucket());
        let mut next = |json: &str| suspicions.next(&service, &bucket, &case(json), "random");
        assert_eq!(next(r#"{"name":"a"}"#), Next::Confirm);
        assert_eq!(next(r#"{"name":"b"}"#), Next::Nothing);
        assert_eq!(next(r#"{"name":"b","items":[1]}"#), Next::Confirm);
    }

    #[test]
    fn what_does_not_come_back_is_left_alone_after_a_few_times() {
        let mut suspicions = Suspicions::default();
        let case = case(r#"{"name":"a"}"#);
        for _ in 0..MOST_FLEETING {
            assert_eq!(suspicions.next(&service(), &bucket(), &case, ""), Next::Confirm);
            suspicions.fleeting(&bucket());
        }
        assert_eq!(suspicions.next(&service(), &bucket(), &case, ""), Next::Nothing);
    }
}
