//! What the catalogues give for one operation: calls that are planned, in the order they are ideas.

use std::sync::Arc;

use super::edit::{Edit, Leaf, Site};
use super::ideas::Ideas;
use super::pairs::Pairs;
use super::planned::{Planned, Slot, set};
pub use super::random::{random, random_hearing, random_invalid};
use super::value::{Place, draw};
use super::{apart, bends, confirm, input, malformed, scripts};
use crate::case::{Call, Label};
use crate::choice::{Draw, Rng, Source};
use crate::spec::{Location, Operation, Service};
use crate::value::{Pointer, Value};

/// So many calls of one kind are planned for an operation, the first classes of every place first.
const MOST: usize = 20_000;

/// So many random values are tried in a part whose usual value is not what the contract allows.
const MOST_TRIED: u64 = 16;

/// The usual call of an operation: what the catalogues change one thing of.
///
/// The document's examples for parameters that have any, else the simplest call. Optional parts are
/// left out. Where the contract does not allow that, or its values cannot be read back from the wire,
/// other examples and then random values take the place of what is wrong.
///
/// # Errors
/// A required part of the input can have no value.
pub fn baseline(operation: &Operation) -> Draw<Call> {
    let simplest = Source::simplest(&[]).run(|source| input::draw(operation, "s1", source));
    let (mut call, _) = simplest.or_else(|_| {
        Source::random(Rng::new(0)).run(|source| input::draw(operation, "s1", source))
    })?;
    for parameter in input::parameters(operation).filter(|parameter| parameter.required) {
        let example = parameter.examples.iter().chain(examples(input::parameter_place(parameter)));
        let valid = example.into_iter().find(|value| parameter.schema.accepts(value)).cloned();
        let list = input::list(&mut call, parameter.location);
        if let Some(value) = valid
            && let Some(given) = list.iter_mut().find(|(name, _)| *name == parameter.name)
        {
            given.1 = value;
        }
    }
    Ok(mended(operation, call))
}

/// The call with other values in the parts that are not what the contract allows, as far as there are
/// better ones.
fn mended(operation: &Operation, mut call: Call) -> Call {
    let mut faults = confirm::faults(operation, &call);
    for (slot, place) in slots(operation) {
        if faults == 0 {
            break;
        }
        if given(operation, &call, slot).is_none() {
            continue;
        }
        let sparse = Place { fullness: 0.0, ..place };
        let drawn = (0..MOST_TRIED).filter_map(|seed| {
            let drawn = Source::random(Rng::new(seed)).run(|source| draw(sparse, source));
            drawn.ok().map(|(value, _)| value)
        });
        for value in listed(operation, slot, place).into_iter().chain(drawn) {
            let mut other = call.clone();
            let left = match set(operation, &mut other, slot, Some(value)) {
                Some(()) => confirm::faults(operation, &other),
                None => continue,
            };
            if left < faults {
                (call, faults) = (other, left);
            }
            if faults == 0 {
                break;
            }
        }
    }
    call
}

/// The document's examples for a part of the input.
fn listed(operation: &Operation, slot: Slot, place: Place<'_>) -> Vec<Value> {
    let own = match slot {
        Slot::Parameter(index) => operation.parameters.get(index).map(|own| &own.examples),
        Slot::Body(index) => {
            let content = operation.body.as_ref().and_then(|body| body.contents.get(index));
            content.map(|content| &content.examples)
        }
    };
    own.into_iter().flatten().chain(examples(place)).cloned().collect()
}

/// Calls made of the document's own examples.
pub fn examples_of(operation: &Operation) -> Vec<Planned> {
    let Ok(base) = baseline(operation) else { return Vec::new() };
    let base = Arc::new(base);
    let mut planned = vec![Planned::whole("usual", &base)];
    for (slot, place) in slots(operation) {
        for value in listed(operation, slot, place) {
            let edit = Edit {
                class: "example",
                site: Arc::new(Site { pointer: Pointer::root(), root: Value::Null }),
                leaf: Leaf::Value(value),
            };
            planned.push(Planned::boundary(&base, slot, edit, Label::Valid));
        }
    }
    for seed in 0..6 {
        let drawn =
            Source::random(Rng::new(seed)).run(|source| input::draw(operation, "s1", source));
        if let Ok((call, _)) = drawn {
            planned.push(Planned::whole("usual", &Arc::new(call)));
        }
    }
    planned
}

fn examples(place: Place<'_>) -> std::slice::Iter<'_, Value> {
    place.shapes.node(place.node).map_or([].iter(), |node| node.examples.iter())
}

/// The parts of an operation's input, each with its place.
pub(super) fn slots(operation: &Operation) -> Vec<(Slot, Place<'_>)> {
    let parameters = operation.parameters.iter().enumerate().filter(|(_, parameter)| {
        input::parameters(operation).any(|known| std::ptr::eq(known, *parameter))
    });
    let parameters = parameters
        .map(|(index, parameter)| (Slot::Parameter(index), input::parameter_place(parameter)));
    let contents = operation.body.iter().flat_map(|body| body.contents.iter().enumerate());
    let bodies = contents
        .filter_map(|(index, content)| Some((Slot::Body(index), input::body_place(content)?)));
    parameters.chain(bodies).collect()
}

/// The value that a call has in a slot.
pub(super) fn given(operation: &Operation, call: &Call, slot: Slot) -> Option<Value> {
    match slot {
        Slot::Parameter(index) => input::given(call, operation.parameters.get(index)?).cloned(),
        Slot::Body(index) => {
            let content = operation.body.as_ref()?.contents.get(index)?;
            let own = input::content_of(operation, call)?;
            call.body.as_ref().filter(|_| std::ptr::eq(own, content))?.value().cloned()
        }
    }
}

/// One value at a boundary, all else as in `base`, the first class of every place first; then two
/// values at once.
pub fn boundary(operation: &Operation, base: &Arc<Call>, ideas: &Ideas) -> Vec<Planned> {
    let mut planned: Vec<(usize, Planned)> = Vec::new();
    let mut pairs = Pairs::default();
    for (slot, place) in slots(operation) {
        let edges = ideas.edges(place, given(operation, base, slot));
        edges.paired.iter().for_each(|edits| pairs.add(slot, edits));
        let alone = edges.alone.iter().cloned();
        planned.extend(
            alone.map(|(ordinal, edit, label)| {
                (ordinal, Planned::boundary(base, slot, edit, label))
            }),
        );
    }
    in_turn(planned).into_iter().chain(pairs.planned(base)).collect()
}

/// One broken rule, all else as in `base`; the first rule of every place first.
pub fn invalid(operation: &Operation, base: &Arc<Call>, ideas: &Ideas) -> Vec<Planned> {
    let mut planned: Vec<(usize, Planned)> = Vec::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        if parameter.required && parameter.location != Location::Path {
            planned.push((0, Planned::missing(base, Slot::Parameter(index))));
        }
    }
    let needs_body =
        operation.body.as_ref().is_some_and(|body| body.required && !body.contents.is_empty());
    // A call of gRPC without a message is no call.
    if needs_body && operation.rpc.is_none() {
        planned.push((0, Planned::missing(base, Slot::Body(0))));
    }
    for (slot, place) in slots(operation) {
        let is_lawful = |value: &Value| travels_lawfully(operation, slot, place, value);
        let breaks = ideas.breaks(place, given(operation, base, slot), &is_lawful);
        let breaks = breaks.iter().cloned();
        planned.extend(
            breaks
                .map(|(ordinal, rule, edit)| (ordinal, Planned::breaking(base, slot, rule, edit))),
        );
    }
    // No octets say a text where a number is asked for. What is large is of the kind that is asked for.
    let may_be_said = |planned: &Planned| {
        operation.rpc.is_none() || planned.breaks_largely() || planned.call(operation).is_some()
    };
    planned.retain(|(_, planned)| may_be_said(planned));
    in_turn(planned)
}

/// Whether a value of a parameter goes out as what its schema may admit: as 7 does, and nothing at all,
/// where a text is asked for.
fn travels_lawfully(operation: &Operation, slot: Slot, place: Place<'_>, value: &Value) -> bool {
    let parameter = match slot {
        Slot::Parameter(index) => operation.parameters.get(index),
        Slot::Body(_) => None,
    };
    let parameter = parameter.filter(|_| place.setting.textual);
    parameter.is_some_and(|parameter| confirm::may_be_lawful(&parameter.schema, value))
}

/// The first of every place, then the second, and so on.
fn in_turn(mut planned: Vec<(usize, Planned)>) -> Vec<Planned> {
    planned.sort_by_key(|(ordinal, _)| *ordinal);
    planned.into_iter().map(|(_, planned)| planned).take(MOST).collect()
}

/// Calls whose timing is bent.
pub fn bent(operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    // What is not what the contract allows is refused at once, however it is sent.
    if !confirm::confirms(operation, base) {
        return Vec::new();
    }
    [scripts::planned(operation, base), bends::planned(base)].concat()
}

/// Calls by which the connections of a service are tried, not its operations: each once, with the number
/// of the operation it is tried at.
pub fn apart(candidates: &[apart::Candidate<'_>], is_unbounded: bool) -> Vec<(usize, Planned)> {
    let confirmed = candidates.iter().filter(|(_, own, base)| confirm::confirms(own, base));
    apart::spread(&confirmed.copied().collect::<Vec<_>>(), is_unbounded)
}

/// Calls that are damaged on the wire.
pub fn malformed(service: &Service, operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    malformed::planned(service, operation, base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::fixture::{service, taking};

    #[test]
    fn a_short_budget_reaches_the_most_telling_classes_of_every_place() {
        let members: Vec<String> =
            (0..15).map(|n| format!(r#""m{n}":{{"type":"string"}}"#)).collect();
        let body = format!(r#"{{"type":"object","properties":{{{}}}}}"#, members.join(","));
        let operation = taking(&body, "");
        let base = Arc::new(baseline(&operation).unwrap());
        let planned = boundary(&operation, &base, &Ideas::default());
        assert!(planned.len() > 1_500);
        let soon = |class: &str, budget: usize| {
            planned.iter().take(budget).filter(|planned| planned.class == class).count()
        };
        for class in ["minLength", "NUL"] {
            assert_eq!(soon(class, 3 * 16), 15, "{class}");
        }
        for class in ["lone high surrogate", "astral", "length 256", "length 65536"] {
            assert_eq!(soon(class, 8 * 16), 15, "{class}");
        }
    }

    #[test]
    fn the_usual_call_is_what_the_contract_allows() {
        let numeric = r#"{"type":"object","required":["id","n"],"properties":{
            "id":{"type":"string","format":"int64"},
            "n":{"type":"integer","minimum":1,"maximum":100}}}"#;
        let even = r#"{"type":"object","required":["a","b"],"properties":{
            "a":{"type":"string","pattern":"^(?=.*[A-Z])(?=.*[0-9]).{8,}$"},
            "b":{"type":"string","minLength":30,"format":"uri"}}}"#;
        let list = r#"{"name":"q","in":"query","required":true,
            "schema":{"type":"array","items":{"type":"string"}}}"#;
        for (body, parameter) in [(numeric, ""), (even, ""), ("{}", list)] {
            let operation = taking(body, parameter);
            let base = baseline(&operation).unwrap();
            assert!(confirm::confirms(&operation, &base), "{base:?}");
        }
        let operation = taking(numeric, "");
        let base = Arc::new(baseline(&operation).unwrap());
        let bodies = |planned: Vec<Planned>| -> Vec<String> {
            let calls = planned.iter().filter_map(|planned| planned.call(&operation));
            calls.filter_map(|call| Some(call.body?.value()?.to_string())).collect()
        };
        let tried = bodies(boundary(&operation, &base, &Ideas::default()));
        for body in [
            r#"{"id":"9223372036854775807","n":1}"#,
            r#"{"id":"-9223372036854775808","n":1}"#,
            r#"{"id":"0","n":100}"#,
        ] {
            assert!(tried.contains(&body.to_owned()), "{body}: {tried:?}");
        }
        let broken = bodies(invalid(&operation, &base, &Ideas::default()));
        assert!(broken.contains(&r#"{"id":"9223372036854775808","n":1}"#.to_owned()));
    }

    #[test]
    fn what_only_a_text_too_long_to_be_sent_satisfies_has_no_value() {
        for schema in [
            r#"{"type":"string","minLength":900000000}"#,
            r#"{"type":"string","pattern":"^a{1000000000}$"}"#,
            r#"{"type":"string","pattern":"^(a{1000}b){1000000}$"}"#,
            r#"{"type":"array","minItems":900000000}"#,
        ] {
            let required = taking(schema, "");
            assert!(baseline(&required).is_err(), "{schema}");
            assert!(random(&required, Rng::new(0)).is_err(), "{schema}");
            let object = format!(r#"{{"type":"object","properties":{{"a":{schema},"b":{{}}}}}}"#);
            let optional = taking(&object, "");
            let base = Arc::new(baseline(&optional).unwrap());
            let planned = boundary(&optional, &base, &Ideas::default()).into_iter().chain(invalid(
                &optional,
                &base,
                &Ideas::default(),
            ));
            assert!(planned.filter_map(|planned| planned.call(&optional)).count() > 20, "{schema}");
        }
    }

    #[test]
    fn no_rule_of_a_parameter_is_broken_by_what_goes_out_as_a_lawful_text() {
        let planned = |schema: &str| {
            let parameter = format!(r#"{{"name":"q","in":"query","schema":{schema}}}"#);
            let paths =
                format!(r#"{{"/a":{{"get":{{"parameters":[{parameter}],"responses":{{}}}}}}}}"#);
            let operation = service(&paths).operations.remove(0);
            let base = Arc::new(baseline(&operation).unwrap());
            let planned = invalid(&operation, &base, &Ideas::default());
            (planned.iter().filter(|p| p.call(&operation).is_some()).count(), planned.len())
        };
        assert_eq!(planned(r#"{"type":"string"}"#), (0, 0));
        assert_eq!(planned(r#"{"type":["integer","string"]}"#), (0, 0));
        let (sent, planned) = planned(r#"{"type":"integer","minimum":1}"#);
        assert!(sent > 10 && planned < sent + 3, "{sent} of {planned}");
    }

    #[test]
    fn nothing_is_planned_twice_at_one_place() {
        let operation = taking(r#"{"type":"string","maxLength":64}"#, "");
        let base = Arc::new(baseline(&operation).unwrap());
        let mut bodies = std::collections::HashSet::new();
        for planned in boundary(&operation, &base, &Ideas::default()) {
            let Some(call) = planned.call(&operation) else { continue };
            let Some(crate::case::Body::Json(body)) = call.body else { panic!("no body") };
            assert!(bodies.insert(body.clone()), "{} {body}", planned.class);
        }
    }
}
