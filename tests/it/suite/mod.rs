//! The JSON Schema Test Suite, where the shared folder is there: every label that a schema's cases
//! have is agreed to by a second validator, and every instance is lifted and drawn again.

mod judge;
mod schemas;

use std::collections::BTreeMap;
use std::sync::Arc;

use phi_fuzz::case::{Call, Label};
use phi_fuzz::choice::{Rng, Source};
use phi_fuzz::generate::ideas::Ideas;
use phi_fuzz::generate::planned::Planned;
use phi_fuzz::generate::value::{Place, Setting, draw, lift};
use phi_fuzz::generate::{catalogue, confirm};
use phi_fuzz::spec::Operation;
use phi_fuzz::value::Value;

use judge::Judge;
use schemas::Group;

/// So many cases of either label are judged for each schema, where there are so many.
const CASES: usize = 60;

/// So many planned calls of either label are judged at most.
const MOST_PLANNED: usize = 120;

/// What one draft gave.
#[derive(Default)]
struct Found {
    /// Cases judged by both, by label.
    judged: BTreeMap<&'static str, usize>,
    contradicted: Vec<String>,
    /// Rules that were named, and those of them that the second validator does not see broken.
    named: usize,
    misnamed: Vec<String>,
    shows: [usize; 2],
    missing: [Vec<String>; 2],
    lifted: usize,
    failed_to_lift: Vec<String>,
}

#[test]
fn labels_are_those_of_a_second_validator_for_every_schema_of_drafts_4_and_2020_12() {
    let drafts = ["draft4", "draft2020-12"];
    let Some(found) = std::thread::scope(|scope| {
        let drafts = drafts.map(|draft| scope.spawn(move || check(draft)));
        drafts.map(|draft| draft.join().unwrap()).into_iter().collect::<Option<Vec<Found>>>()
    }) else {
        return;
    };
    let missing = |which: usize| -> Vec<&String> {
        found.iter().flat_map(|found| &found.missing[which]).collect()
    };
    let shown = |which: usize| found.iter().map(|found| found.shows[which]).sum::<usize>();
    let (valid, invalid) = (missing(0), missing(1));
    println!("no valid value for {} of {}: {valid:#?}", valid.len(), shown(0));
    println!("no invalid value for {} of {}: {invalid:#?}", invalid.len(), shown(1));
    for found in &found {
        for wrong in [&found.contradicted, &found.misnamed, &found.failed_to_lift] {
            assert!(wrong.is_empty(), "{wrong:#?}");
        }
    }
    assert!(valid.len() * 100 < shown(0), "too many schemas without a valid value");
    assert!(invalid.len() * 50 < shown(1), "too many schemas without an invalid value");
}

fn check(draft: &'static str) -> Option<Found> {
    let groups = schemas::groups(draft)?;
    let formats = judge::known_formats(draft);
    let mut found = Found::default();
    for group in &groups {
        found.lift(group);
        found.label(group, &formats);
    }
    println!(
        "{draft}: {} schemas; formats judged: {}; cases judged: {:?}, contradicted: {}; rules \
         judged: {}, misnamed: {}; instances lifted: {}, not lifted: {}",
        groups.len(),
        formats.join(", "),
        found.judged,
        found.contradicted.len(),
        found.named,
        found.misnamed.len(),
        found.lifted,
        found.failed_to_lift.len(),
    );
    Some(found)
}

impl Found {
    fn lift(&mut self, group: &Group) {
        let place = Place::root(group.schema.shapes(), Setting::default());
        for (value, _) in &group.instances {
            let mut items = Vec::new();
            lift(place, value, &mut items);
            let again = Source::replay(&items).run(|source| draw(place, source));
            self.lifted += 1;
            if again.as_ref().map(|(value, _)| value) != Ok(value) {
                self.failed_to_lift.push(format!("{}: {value} gives {again:?}", group.name));
            }
        }
    }

    fn label(&mut self, group: &Group, formats: &[String]) {
        let judge = Judge::new(group, formats);
        let operation = group.operation();
        for (which, wanted) in [Label::Valid, Label::Invalid].into_iter().enumerate() {
            let calls =
                if wanted == Label::Valid { valid(&operation) } else { invalid(&operation) };
            let (mut agreed, mut unjudged) = (0, 0);
            for call in calls.iter().filter(|call| call.label == wanted) {
                let Some(value) = call.body.as_ref().and_then(|body| body.value()) else {
                    continue;
                };
                for deviation in &call.deviations {
                    let Some(broken) = judge.breaks(value, deviation) else { continue };
                    self.named += 1;
                    if !broken && !judge.rounds(value) {
                        self.misnamed.push(format!("{}: {value} {deviation:?}", group.name));
                    }
                }
                let by_format = call.deviations.iter().any(|deviation| deviation.rule == "format");
                let Some(accepts) = judge.accepts(value, wanted == Label::Invalid && by_format)
                else {
                    unjudged += 1;
                    continue;
                };
                *self.judged.entry(wanted.name()).or_default() += 1;
                if accepts == (wanted == Label::Valid) {
                    agreed += 1;
                } else if !judge.rounds(value) {
                    let rules = &call.deviations;
                    self.contradicted
                        .push(format!("{}: {value} is {wanted:?} {rules:?}", group.name));
                }
            }
            let shown = |(_, valid): &(Value, bool)| *valid == (wanted == Label::Valid);
            if group.instances.iter().any(shown) {
                self.shows[which] += 1;
                if agreed + unjudged == 0 {
                    let why = group.schema.doubt().unwrap_or_default();
                    self.missing[which].push(format!("{} {why}", group.name));
                }
            }
        }
    }
}

/// Random and planned calls.
fn valid(operation: &Operation) -> Vec<Call> {
    let random = (0..CASES as u64)
        .filter_map(|seed| catalogue::random(operation, Rng::new(seed)).ok())
        .filter(|call| confirm::confirms(operation, call));
    let base = catalogue::baseline(operation).ok().map(Arc::new);
    let planned = base
        .map(|base| catalogue::boundary(operation, &base, &Ideas::default()))
        .unwrap_or_default();
    random.chain(some(&planned).filter_map(|planned| planned.call(operation))).collect()
}

fn invalid(operation: &Operation) -> Vec<Call> {
    let base = catalogue::baseline(operation).ok().map(Arc::new);
    let planned = base
        .map(|base| catalogue::invalid(operation, &base, &Ideas::default()))
        .unwrap_or_default();
    let random =
        (0..CASES as u64).filter_map(|seed| catalogue::random_invalid(operation, Rng::new(seed)));
    some(&planned).filter_map(|planned| planned.call(operation)).chain(random).collect()
}

/// Planned calls spread over all that there are.
fn some(planned: &[Planned]) -> impl Iterator<Item = &Planned> {
    planned.iter().step_by(planned.len().div_ceil(MOST_PLANNED).max(1))
}
