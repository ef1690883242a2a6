//! Cases from choices, and back: what the shrinker and the mutator work on.

mod timing;

use std::borrow::Cow;
use std::time::Duration;

use super::{confirm, facts, input, symbols, value::any};
use crate::case::{Call, Case, Perturbation, Release, Step, Together};
use crate::choice::{Choice, Draw, Item, Label, Overrun, Source, Trace};
use crate::spec::Service;
use crate::value::Value;

/// A case has at most this many steps.
const MOST_STEPS: usize = 64;

/// The choices that make `draw` give exactly this case; `None` where a step cannot be drawn: its
/// operation is gone from the document.
pub fn lift(service: &Service, case: &Case) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    let waits = waits(case);
    for step in &case.steps {
        items.push(Item::Choice(Choice::Bool(true)));
        items.push(Item::Choice(Choice::Name(step.id().into())));
        if waits {
            timing::lift_length(step.wait().unwrap_or_default(), &mut items);
        }
        match step {
            Step::Call(call) => lift_call(service, call, &mut items)?,
            Step::Together(group) => {
                items.push(Item::Choice(Choice::Branch(rank(group.release)?)));
                for call in &group.calls {
                    items.push(Item::Choice(Choice::Bool(true)));
                    items.push(Item::Choice(Choice::Name(call.id.as_str().into())));
                    if is_skewed(group) {
                        timing::lift_length(call.skew.unwrap_or_default(), &mut items);
                    }
                    if call.same.is_none() {
                        lift_call(service, call, &mut items)?;
                    }
                }
                items.push(Item::Choice(Choice::Bool(false)));
            }
        }
    }
    items.push(Item::Choice(Choice::Bool(false)));
    Some(items)
}

fn lift_call(service: &Service, call: &Call, items: &mut Vec<Item>) -> Option<()> {
    timing::lift(&call.perturb, items);
    for deviation in &call.deviations {
        for (_, parameter) in &deviation.with {
            any::lift(parameter, items);
        }
    }
    input::lift(service.operation(&call.operation)?, call, items).then_some(())
}

/// Whether any step is waited before: then each has a length to wait, so that what is lost with one
/// can be waited before another.
fn waits(case: &Case) -> bool {
    case.steps.iter().any(|step| step.wait().is_some())
}

fn is_skewed(group: &Together) -> bool {
    group.calls.iter().any(|call| call.skew.is_some())
}

/// The number of a way to release calls, the loosest first.
fn rank(release: Release) -> Option<u32> {
    let rank = Release::ALL.iter().position(|known| *known == release)?;
    rank.try_into().ok()
}

/// A case of these choices, as `like` in everything that is not a value: operations, labels,
/// identities, deviations. `None` where a call would not be what its label says, or a symbol would not
/// mean what it did.
pub fn redraw(service: &Service, like: &Case, items: &[Item]) -> Option<(Case, Trace)> {
    let (steps, trace) = Source::replay(items).run(|source| draw(service, like, source)).ok()?;
    let connections = like.connections.clone();
    let mut case = Case { service: like.service.clone(), connections, steps };
    if !holds_end(&case) || !symbols::hold(&case, like) {
        return None;
    }
    for call in case.own_calls_mut() {
        let operation = service.operation(&call.operation)?;
        if let Cow::Owned(settled) = confirm::settled(operation, call)? {
            *call = settled;
        }
    }
    Some((case, trace))
}

/// The simplest case of the same steps: what the places of a case are compared with. It need not be
/// what its labels say.
pub fn simplest(service: &Service, like: &Case) -> Option<Case> {
    let mut simplest = like.clone();
    for step in &mut simplest.steps {
        // Each step alone, so that no choice of one is read by the next.
        let items =
            [Item::Choice(Choice::Bool(true)), Item::Choice(Choice::Name(step.id().into()))];
        let alone = Case { steps: vec![step.clone()], ..Case::default() };
        let drawn = Source::replay(&items).run(|source| draw(service, &alone, source)).ok()?;
        *step = drawn.0.into_iter().next()?;
    }
    Some(simplest)
}

fn draw(service: &Service, like: &Case, source: &mut Source<'_>) -> Draw<Vec<Step>> {
    let waits = waits(like);
    source.list(1, MOST_STEPS, 1.0, |source, _| {
        source.span(Label::Step, |source| {
            let id = source.name("s")?;
            let like = like.steps.iter().find(|step| step.id() == &*id).ok_or(Overrun)?;
            let wait = if waits { timing::length(source)? } else { Duration::ZERO };
            let wait = (!wait.is_zero()).then_some(wait);
            Ok(match like {
                Step::Call(like) => Step::Call(Call { wait, ..call(service, like, source)? }),
                Step::Together(like) => together(service, like, wait, source)?,
            })
        })
    })
}

/// Draws some of the calls of a group; one alone is a step of its own.
fn together(
    service: &Service,
    like: &Together,
    wait: Option<Duration>,
    source: &mut Source<'_>,
) -> Draw<Step> {
    let release = Release::ALL.get(source.branch(Release::ALL.len())?).copied().ok_or(Overrun)?;
    let skewed = is_skewed(like);
    let mut calls = source.list(1, like.calls.len(), 1.0, |source, _| {
        let id = source.name("c")?;
        let like = like.calls.iter().find(|call| call.id == *id).ok_or(Overrun)?;
        let skew = if skewed { timing::length(source)? } else { Duration::ZERO };
        let skew = (!skew.is_zero()).then_some(skew);
        match like.same {
            Some(_) => Ok(Call { skew, ..like.clone() }),
            None => Ok(Call { skew, ..call(service, like, source)? }),
        }
    })?;
    // What repeats a call that is gone would be another call; it stands behind the one it repeats.
    let follows = |(at, call): (usize, &Call)| {
        let same = call.same.as_ref();
        same.is_none_or(|id| calls[..at].iter().any(|before| before.id == *id))
    };
    if !calls.iter().enumerate().all(follows) {
        return Err(Overrun);
    }
    match calls.pop() {
        Some(only) if calls.is_empty() => {
            Ok(Step::Call(Call { wait, skew: None, same: None, ..only }))
        }
        last => {
            calls.extend(last);
            Ok(Step::Together(Together { id: like.id.clone(), wait, release, calls }))
        }
    }
}

fn call(service: &Service, like: &Call, source: &mut Source<'_>) -> Draw<Call> {
    let perturb = timing::draw(&like.perturb, source)?;
    let mut deviations = like.deviations.clone();
    for deviation in &mut deviations {
        for (_, parameter) in &mut deviation.with {
            let drawn = any::draw(source)?;
            // A parameter of another type means nothing to its operation.
            if drawn.kind() != parameter.kind() {
                return Err(Overrun);
            }
            *parameter = drawn;
        }
    }
    let operation = service.operation(&like.operation).ok_or(Overrun)?;
    let drawn = input::draw(operation, &like.id, source)?;
    // A case that is rendered as today's document asks for stays so; any other is its own.
    let asked = || like.render == facts::facts(operation, like);
    let keeps = drawn.render == like.render || asked();
    Ok(Call {
        render: if keeps { drawn.render } else { like.render.clone() },
        same: like.same.clone(),
        wait: like.wait,
        service: like.service.clone(),
        label: like.label,
        auth: like.auth.clone(),
        on: like.on.clone(),
        deviations,
        perturb,
        skew: like.skew,
        want: like.want.clone(),
        saw: like.saw.clone(),
        ..drawn
    })
}

/// Whether every call that is held waits for a later step.
fn holds_end(case: &Case) -> bool {
    case.steps.iter().enumerate().all(|(index, step)| {
        let later = |id: &String| case.steps[index + 1..].iter().any(|step| step.id() == id);
        let bends = step.calls().iter().flat_map(|call| &call.perturb);
        bends.into_iter().all(|bend| match bend {
            Perturbation::Hold { until, .. } => later(until),
            _ => true,
        })
    })
}

/// The places of a case whose values differ from those of another, each with its call: `s1/json/qty`.
///
/// Only innermost places are named; a place that only one of them has counts. A body that only the
/// first has differs in its members.
pub fn differences(case: &Case, other: &Case) -> Vec<String> {
    let mut places = Vec::new();
    for call in case.calls() {
        let Some(twin) = other.call(&call.id) else { continue };
        let lists = [
            ("path", &call.path, &twin.path),
            ("query", &call.query, &twin.query),
            ("headers", &call.headers, &twin.headers),
            ("cookies", &call.cookies, &twin.cookies),
        ];
        for (part, ours, theirs) in lists {
            let object = |list: &[(String, Value)]| {
                Value::object(list.iter().map(|(name, value)| (name.as_str(), value.clone())))
            };
            compare(&format!("{}/{part}", call.id), &object(ours), &object(theirs), &mut places);
        }
        let part = call.body.as_ref().or(twin.body.as_ref()).map(crate::case::Body::part);
        let value = |call: &Call| call.body.as_ref().and_then(|body| body.value()).cloned();
        if let Some(part) = part {
            let place = format!("{}/{part}", call.id);
            match (value(call), value(twin)) {
                (Some(ours), Some(theirs)) => compare(&place, &ours, &theirs, &mut places),
                (Some(Value::Object(ours)), None) if !ours.is_empty() => {
                    let nothing = Value::object::<&str>([]);
                    compare(&place, &Value::Object(ours), &nothing, &mut places);
                }
                (None, None) => {}
                _ => places.push(place),
            }
        }
    }
    places
}

fn compare(place: &str, ours: &Value, theirs: &Value, places: &mut Vec<String>) {
    let below = |token: &str| format!("{place}/{}", token.replace('~', "~0").replace('/', "~1"));
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (key, value) in ours {
                match theirs.get(&key.lossy()) {
                    Some(other) => compare(&below(&key.lossy()), value, other, places),
                    None => places.push(below(&key.lossy())),
                }
            }
            let missing = theirs.keys().filter(|key| !ours.contains(&key.lossy()));
            places.extend(missing.map(|key| below(&key.lossy())));
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (value, other)) in ours.iter().zip(theirs).enumerate() {
                compare(&below(&index.to_string()), value, other, places);
            }
        }
        _ if ours == theirs => {}
        _ => places.push(place.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Body, Deviation, Label};
    use crate::generate::fixture::{json, service};

    const PATHS: &str = r#"{"/orders":{"post":{
        "requestBody":{"required":true,"content":{"application/json":{"schema":{
            "type":"array","items":{"type":"integer","minimum":1}}}}},
        "responses":{}}}}"#;

    fn case(body: &str, at: &str) -> Case {
        let call = Call {
            id: "s1".to_owned(),
            operation: "POST /orders".to_owned(),
            label: Label::Invalid,
            body: Some(Body::Json(json(body))),
            deviations: vec![Deviation::schema("minimum", at)],
            ..Call::default()
        };
        Case::of("shop", call)
    }

    #[test]
    fn a_broken_element_is_found_again_where_those_before_it_are_gone() {
        let service = service(PATHS);
        let like = case("[5,6,0]", "json/2");
        let items = lift(&service, &like).unwrap();
        let (again, trace) = redraw(&service, &like, &items).unwrap();
        assert_eq!(again, like);
        // Without the first element.
        let element = (0..trace.spans.len())
            .find(|span| {
                trace.spans[*span].label == crate::choice::Label::Element
                    && trace.path(*span).len() > 3
            })
            .unwrap();
        let mut items = trace.items();
        items.drain(trace.spans[element].start..trace.spans[element].end);
        let (shorter, _) = redraw(&service, &like, &items).unwrap();
        assert_eq!(shorter, case("[6,0]", "json/1"));
    }

    #[test]
    fn a_body_that_only_the_first_has_differs_in_its_members() {
        let with = |body| Case::of("shop", Call { id: "s1".to_owned(), body, ..Call::default() });
        let told = |body| differences(&with(Some(Body::Json(json(body)))), &with(None));
        assert_eq!(told(r#"{"limit":-1,"sort":{"by":1}}"#), ["s1/json/limit", "s1/json/sort"]);
        assert_eq!(told("{}"), ["s1/json"]);
        assert_eq!(told("[1]"), ["s1/json"]);
    }

    #[test]
    fn a_case_that_is_not_what_it_says_is_not_drawn() {
        let service = service(PATHS);
        let like = case("[5,0]", "json/1");
        let items = lift(&service, &case("[5,6]", "json/1")).unwrap();
        assert!(redraw(&service, &like, &items).is_none());
    }
}
