//! Calls that are damaged on the wire: every rule for messages, at every place it can be applied,
//! with each of its parameters in turn.
//!
//! The registry knows no contract. What a rule's label depends on there is told by [`label`], for
//! calls that are planned and for those that are confirmed alike. Left out is `missing_parameter`,
//! which goes out as the schema deviation `required` does.

use std::sync::Arc;

use super::fullest::fullest;
use super::input;
use super::planned::{Planned, Slot, set};
use super::value::draw;
use crate::case::{Body, Call, Deviation, Label};
use crate::choice::{Rng, Source};
use crate::spec::{Location, Operation, Parameter, Service, Style};
use crate::value::Value;
use crate::wire::deviation::{Domain, Rule, apply, of_messages, of_rpc};
use crate::wire::parameter::Notation;
use crate::wire::protobuf::mapping;
use crate::wire::{Request, danger, media, render};

/// At this many places of a call a rule is applied with all its parameters, at the others with one of
/// them, another one at each.
const FULL_PLACES: usize = 6;

/// The turn of what is done at further places: after everything else.
const LATE: usize = 1 << 16;

/// Calls that are damaged on the wire, those with the simplest parameters first. What has no place in the usual
/// message of a method is done to the fullest.
pub(super) fn planned(service: &Service, operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    let rules: Vec<&'static Rule> = match operation.rpc {
        Some(_) => of_rpc().collect(),
        None => of_messages().filter(|rule| rule.name != "missing_parameter").collect(),
    };
    let mut planned = damaged(service, operation, base, &rules);
    if let Some(full) = fullest(operation, base) {
        let is_done = |rule: &&Rule| planned.iter().any(|(_, planned)| planned.class == rule.name);
        let rules: Vec<_> = rules.into_iter().filter(|rule| !is_done(rule)).collect();
        planned.extend(damaged(service, operation, &full, &rules));
    }
    planned.sort_by_key(|(turn, _)| *turn);
    let styles = styles(operation, base);
    planned.into_iter().map(|(_, planned)| planned).chain(styles).collect()
}

/// A call damaged by each rule, with the turns in which that comes.
fn damaged(
    service: &Service,
    operation: &Operation,
    base: &Arc<Call>,
    rules: &[&'static Rule],
) -> Vec<(usize, Planned)> {
    let Some(plain) = rendered(operation, base) else { return Vec::new() };
    let mut planned: Vec<(usize, Planned)> = Vec::new();
    for rule in rules.iter().copied() {
        let all = parameters(rule, &plain);
        for (index, place) in rule.places(base, &plain).into_iter().enumerate() {
            let turns = all.iter().enumerate().filter_map(|(ordinal, with)| {
                let full = index < FULL_PLACES;
                let turn = if full { ordinal } else { LATE + index };
                (full || index % all.len() == ordinal).then_some((turn, with))
            });
            for (turn, with) in turns {
                let with = with.clone();
                let deviation = Deviation { with, ..rule.deviation(place.clone()) };
                let method = rule.text(&deviation, "method");
                let method = method.as_deref().filter(|_| rule.name == "undocumented_method");
                let expected = method.is_some_and(|method| {
                    is_documented(service, operation, method) || is_implied(operation, method)
                });
                let label = label(operation, rule, &deviation).filter(|_| !expected);
                let Some(label) = label else { continue };
                let call = Call { deviations: vec![deviation.clone()], ..(**base).clone() };
                if apply(&call, &mut plain.clone()).is_ok() {
                    let danger = danger::of_deviation(rule, &deviation);
                    planned
                        .push((turn, Planned::damaged(base, rule.name, deviation, label, danger)));
                }
            }
        }
    }
    planned
}

/// A call as it goes out, before it is damaged.
pub(super) fn rendered(operation: &Operation, base: &Call) -> Option<Request> {
    let (Some(rpc), Some(Body::Proto(value))) = (&operation.rpc, &base.body) else {
        return Some(render::plain(base, "").ok()?.request);
    };
    let octets = mapping::encode(value, &rpc.input).ok()?;
    let written = Call { body: Some(Body::Wire(octets)), ..base.clone() };
    Some(Request {
        message: Some(rpc.input.descriptor().clone()),
        ..render::plain(&written, "").ok()?.request
    })
}

/// The label that a wire deviation gives a call of this operation; `None` where the contract allows
/// what it does.
pub(super) fn label(operation: &Operation, rule: &Rule, deviation: &Deviation) -> Option<Label> {
    match rule.name {
        "missing_parameter" | "misplaced_parameter" => {
            let mut required = input::parameters(operation).filter(|parameter| parameter.required);
            let at = deviation.at.as_deref()?;
            required.any(|parameter| input::place_of(parameter) == at).then_some(rule.label)
        }
        // A stream may hold any number of messages.
        "no_message" | "two_messages" => {
            let streams = operation.rpc.as_ref().is_some_and(|rpc| rpc.streams_in);
            (!streams).then_some(rule.label)
        }
        "empty_body" | "blank_body" => {
            let required = operation.body.as_ref().is_some_and(|body| body.required);
            Some(if required { rule.label } else { Label::Unspecified })
        }
        "wrong_content_type" | "unsupported_content_type" => {
            let sent = rule.text(deviation, "type")?;
            let contents = operation.body.iter().flat_map(|body| &body.contents);
            let mut taken = contents.map(|content| &*content.media_type);
            let is_taken = taken.any(|range| {
                let essence = range.split(';').next().unwrap_or(range);
                media::matches(&sent, essence)
            });
            (!is_taken).then_some(rule.label)
        }
        "undocumented_method" => {
            let method = rule.text(deviation, "method").filter(|method| rule.knows(method))?;
            // What servers add by themselves they may answer as they like.
            let label =
                if is_implied(operation, &method) { Label::Unspecified } else { rule.label };
            (method != operation.method).then_some(label)
        }
        _ => Some(rule.label),
    }
}

/// Whether the document has this method at a path that the operation's may be taken for.
fn is_documented(service: &Service, operation: &Operation, method: &str) -> bool {
    service
        .meeting(&operation.path)
        .any(|other| other.method == method || is_implied(other, method) && method == "HEAD")
}

/// Whether servers serve this method by themselves where the operation is.
fn is_implied(operation: &Operation, method: &str) -> bool {
    method == "OPTIONS" || method == "HEAD" && operation.method == "GET"
}

/// The parameters to try: the simplest, then one at a time something else.
fn parameters(rule: &Rule, request: &Request) -> Vec<Vec<(String, Value)>> {
    let simplest: Vec<(String, Value)> = rule
        .parameters
        .iter()
        .map(|parameter| (parameter.name.to_owned(), parameter.domain.simplest()))
        .collect();
    let mut all = vec![simplest.clone()];
    for (index, parameter) in rule.parameters.iter().enumerate() {
        for value in values(parameter.domain, request) {
            let mut changed = simplest.clone();
            changed[index].1 = value;
            if !all.contains(&changed) {
                all.push(changed);
            }
        }
    }
    all
}

/// Some values of a domain: all texts; the ends, the middle and the neighbours of numbers.
fn values(domain: Domain, request: &Request) -> Vec<Value> {
    let Some(range) = domain.range(request) else {
        let Domain::Text(texts) = domain else { return Vec::new() };
        return texts.iter().map(|text| Value::text(*text)).collect();
    };
    let (min, max) = (*range.start(), *range.end());
    let simplest = domain.simplest().as_i64().unwrap_or(min);
    let mut ints = match domain {
        // Damage of any size is the same damage, and the greatest only costs time.
        Domain::Int { .. } => vec![simplest - 1, simplest + 1, simplest * 2, simplest * 8],
        _ => vec![simplest + 1, min.midpoint(max), max - 1, max],
    };
    ints.retain(|int| range.contains(int));
    ints.dedup();
    ints.into_iter().map(Value::from).collect()
}

/// Arrays and objects written in another style than the contract's.
fn styles(operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    let mut planned = Vec::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        if parameter.content.is_some() {
            continue;
        }
        let with = |value: Option<Value>| {
            let mut call = (**base).clone();
            set(operation, &mut call, Slot::Parameter(index), Some(value?))?;
            Some(Arc::new(call))
        };
        let location = parameter.location;
        let nested = (parameter.style == Style::DeepObject).then(|| composed(parameter, is_nested));
        if let Some(call) = with(nested.flatten()) {
            let notation = Notation { nested: true, ..Notation::of(parameter) };
            let place = input::place_of(parameter);
            planned.push(Planned::styled(&call, place, notation.fact(location)));
        }
        let Some(call) = with(composed(parameter, is_filled)) else { continue };
        let own = Notation::of(parameter).fact(location);
        for style in styles_of(location) {
            for explode in [false, true] {
                let other = Notation { explode, ..Notation::of_style(*style) }.fact(location);
                if other != own {
                    planned.push(Planned::styled(&call, input::place_of(parameter), other));
                }
            }
        }
    }
    planned
}

/// A value that a parameter may be, of a kind.
fn composed(parameter: &Parameter, kind: fn(&Value) -> bool) -> Option<Value> {
    let place = input::parameter_place(parameter);
    (0..16).find_map(|seed| {
        let drawn = Source::random(Rng::new(seed)).run(|source| draw(place, source)).ok();
        drawn.map(|(value, _)| value).filter(kind)
    })
}

/// An array or object with something in it.
fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.len() > 1,
        Value::Object(object) => !object.is_empty(),
        _ => false,
    }
}

/// An object with an array or object in it that has something in it.
fn is_nested(value: &Value) -> bool {
    let compound = |value: &Value| match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
        _ => false,
    };
    value.as_object().is_some_and(|object| object.iter().any(|(_, member)| compound(member)))
}

/// The styles of a place in a request (OpenAPI 3.2.0, section 4.12.2.2).
fn styles_of(location: Location) -> &'static [Style] {
    match location {
        Location::Path => &[Style::Simple, Style::Label, Style::Matrix],
        Location::Query => {
            &[Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject]
        }
        Location::QueryString => &[],
        Location::Header => &[Style::Simple],
        Location::Cookie => &[Style::Form, Style::Cookie],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::catalogue;
    use crate::generate::fixture::service;
    use crate::wire::deviation::Danger;

    const PATHS: &str = r#"{
        "/things/{id}":{
            "parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],
            "get":{"parameters":[
                    {"name":"tags","in":"query","schema":{"type":"array","items":{"type":"string"}}}],
                "responses":{}},
            "put":{"parameters":[{"name":"v","in":"query","required":true,"schema":{"type":"integer"}}],
                "requestBody":{"required":true,"content":{
                    "application/json":{"schema":{"type":"object","required":["a"]}},
                    "text/*":{}}},
                "responses":{}}},
        "/things/all":{"delete":{"responses":{}}}}"#;

    /// Every damaged call of an operation: its rule, first parameter, label and danger.
    fn damaged(name: &str) -> Vec<(String, String, Label, Danger)> {
        let service = service(PATHS);
        let operation = service.operation(name).unwrap();
        let base = Arc::new(catalogue::baseline(operation).unwrap());
        let planned = catalogue::malformed(&service, operation, &base);
        let told = planned.iter().map(|planned| {
            let call = planned.call(operation).unwrap();
            let first = call.deviations.first();
            let with = first.and_then(|deviation| deviation.with.first());
            let with = with.map(|(_, value)| value.to_string()).unwrap_or_default();
            (planned.class.to_owned(), with, call.label, planned.danger)
        });
        told.collect()
    }

    fn of(damaged: &[(String, String, Label, Danger)], rule: &str) -> Vec<String> {
        damaged.iter().filter(|(name, ..)| name == rule).map(|(_, with, ..)| with.clone()).collect()
    }

    #[test]
    fn every_rule_that_can_be_applied_is_tried() {
        let put = damaged("PUT /things/{id}");
        for rule in ["truncate", "duplicate_key", "content_length", "chunk_size", "bad_accept"] {
            assert!(!of(&put, rule).is_empty(), "{rule}");
        }
        assert!(of(&put, "missing_parameter").is_empty() && of(&put, "unexpected_body").is_empty());
        let label = |rule: &str| put.iter().find(|(name, ..)| name == rule).map(|(_, _, l, _)| *l);
        assert_eq!(label("empty_body"), Some(Label::Malformed));
        assert_eq!(label("misplaced_parameter"), Some(Label::Invalid));
        assert!(put.iter().any(|(.., danger)| *danger == Danger::Remote));
        let get = damaged("GET /things/{id}");
        assert!(!of(&get, "unexpected_body").is_empty());
    }

    #[test]
    fn methods_that_the_document_has_at_the_path_are_not_called_undocumented() {
        let get = damaged("GET /things/{id}");
        let methods = of(&get, "undocumented_method");
        assert_eq!(methods, [r#""PATCH""#, r#""POST""#, r#""TRACE""#, r#""QUERY""#]);
        let danger = |method: &str| get.iter().find(|(_, with, ..)| with == method).map(|d| d.3);
        assert_eq!(danger(r#""POST""#), Some(Danger::Remote));
        assert_eq!(danger(r#""TRACE""#), Some(Danger::Safe));
    }

    #[test]
    fn media_types_that_the_operation_takes_are_not_called_wrong() {
        let put = damaged("PUT /things/{id}");
        let types = of(&put, "wrong_content_type");
        assert!(types.contains(&r#""application/xml""#.to_owned()), "{types:?}");
        assert!(!types.contains(&r#""text/plain""#.to_owned()), "{types:?}");
    }

    #[test]
    fn lists_are_written_in_every_other_style() {
        let get = damaged("GET /things/{id}");
        let styled = get.iter().filter(|(class, ..)| class == "another style");
        assert!(styled.clone().count() >= 5);
        assert!(styled.clone().all(|(_, _, label, _)| *label == Label::Unspecified));
    }

    #[test]
    fn members_of_deep_objects_are_written_in_further_brackets_too() {
        let paths = r#"{"/a":{"get":{"parameters":[{"name":"d","in":"query","required":true,
            "style":"deepObject","schema":{"type":"object","required":["x"],"properties":{
                "x":{"type":"object","required":["y"],"properties":{"y":{"const":1}}}}}}],
            "responses":{}}}}"#;
        let service = service(paths);
        let operation = &service.operations[0];
        let base = Arc::new(catalogue::baseline(operation).unwrap());
        let planned = catalogue::malformed(&service, operation, &base);
        let calls = planned.iter().filter_map(|planned| planned.call(operation));
        let targets: Vec<(String, Label)> = calls
            .filter_map(|call| Some((render::plain(&call, "").ok()?.request.target, call.label)))
            .collect();
        assert!(targets.contains(&("/a?d%5Bx%5D%5By%5D=1".to_owned(), Label::Unspecified)));
    }

    #[test]
    fn json_is_damaged_at_every_place() {
        let members: Vec<String> = (0..20).map(|n| format!(r#""m{n}":{{"const":"a"}}"#)).collect();
        let names: Vec<String> = (0..20).map(|n| format!("\"m{n}\"")).collect();
        let body = format!(
            r#"{{"type":"object","required":[{}],"properties":{{{}}}}}"#,
            names.join(","),
            members.join(",")
        );
        let paths = format!(
            r#"{{"/a":{{"post":{{"requestBody":{{"required":true,"content":{{"application/json":
                {{"schema":{body}}}}}}},"responses":{{}}}}}}}}"#
        );
        let service = service(&paths);
        let operation = &service.operations[0];
        let base = Arc::new(catalogue::baseline(operation).unwrap());
        let planned = catalogue::malformed(&service, operation, &base);
        let mut places = std::collections::HashSet::new();
        let mut escapes = std::collections::HashSet::new();
        for planned in planned.iter().filter(|planned| planned.class == "bad_escape") {
            let deviation = planned.call(operation).unwrap().deviations.remove(0);
            let later = deviation.at.as_deref() == Some("json/m19");
            assert!(places.insert(deviation.at.clone()) || !later);
            escapes.extend(deviation.with.into_iter().map(|(_, value)| value));
        }
        assert!(places.len() == 20 && escapes.len() > 5, "{places:?}");
    }
}
