//! Calls that come in unusual frames, or among others: the usual call, with one rule at a time.
//!
//! What reads frames and takes connections is one thing for all operations of a service: each rule is
//! tried once, another one at each operation.

use std::sync::Arc;

use super::malformed;
use super::planned::Planned;
use crate::case::{Call, Deviation};
use crate::spec::Operation;
use crate::value::Value;
use crate::wire::deviation::{Danger, Domain, Rule, of_crowds, of_frames};

/// Rules that send the request more than once, besides those that are dangerous or set others beside it.
const OFTEN: [&str; 2] = ["interleaved_streams", "surplus_streams"];

/// An operation that may be chosen: its number, and its usual call.
pub type Candidate<'c> = (usize, &'c Operation, &'c Arc<Call>);

/// What is tried at which operation. What is sent more than once goes to those that change nothing; to
/// others only where there are none and everything may be written to (`is_unbounded`).
pub(super) fn spread(candidates: &[Candidate<'_>], is_unbounded: bool) -> Vec<(usize, Planned)> {
    let safe: Vec<_> = candidates.iter().filter(|(_, operation, _)| operation.is_safe()).collect();
    // What comes in the middle of a request comes best in the middle of a body.
    let (full, bare): (Vec<_>, Vec<_>) =
        candidates.iter().partition(|(.., base)| base.body.is_some());
    let once = if full.is_empty() { bare } else { full };
    let mut planned = Vec::new();
    for rule in of_frames().chain(of_crowds()) {
        let own = match (is_sent_often(rule), safe.is_empty()) {
            (true, true) if !is_unbounded => continue,
            (true, false) => &safe,
            _ => &once,
        };
        // The first that it can be applied at, beginning elsewhere for each rule.
        let begin = planned.len() % own.len().max(1);
        let turns = own[begin..].iter().chain(&own[..begin]);
        let mut all =
            turns.map(|(index, operation, base)| (*index, self::planned(rule, operation, base)));
        let first = all.find(|(_, planned)| !planned.is_empty());
        let first = first.into_iter();
        planned.extend(first.flat_map(|(index, all)| all.into_iter().map(move |one| (index, one))));
    }
    planned
}

fn is_sent_often(rule: &Rule) -> bool {
    let is_crowd = of_crowds().any(|crowd| crowd.name == rule.name);
    rule.danger == Danger::Dangerous || is_crowd || OFTEN.contains(&rule.name)
}

/// A rule with its simplest parameters, and with each text that they may be.
fn planned(rule: &'static Rule, operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    let Some(plain) = malformed::rendered(operation, base) else { return Vec::new() };
    if !rule.applies(base, &plain) {
        return Vec::new();
    }
    let with = |name: &str, value: Value| {
        let of = |parameter: &crate::wire::deviation::Parameter| {
            let simplest = || parameter.domain.simplest();
            let value = if parameter.name == name { value.clone() } else { simplest() };
            (parameter.name.to_owned(), value)
        };
        rule.parameters.iter().map(of).collect::<Vec<_>>()
    };
    let mut all = vec![with("", Value::Null)];
    for parameter in rule.parameters {
        if let Domain::Text(texts) = parameter.domain {
            all.extend(texts.iter().skip(1).map(|text| with(parameter.name, Value::text(*text))));
        }
    }
    let planned = all.into_iter().map(|with| {
        let deviation = Deviation { with, ..rule.deviation(None) };
        Planned::damaged(base, rule.name, deviation, rule.label, rule.danger)
    });
    planned.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::case::{Case, Label};
    use crate::choice::{Choice, Item};
    use crate::generate::case::{lift, redraw};
    use crate::generate::catalogue;
    use crate::generate::fixture::service;
    use crate::wire::render;

    const BODY: &str = r#""requestBody":{"content":{"application/json":{"schema":{"const":1}}},
        "required":true},"responses":{}"#;

    /// What is tried at which operation of a service, by name.
    fn spread_over(paths: &str, is_unbounded: bool) -> Vec<(String, Planned)> {
        let service = service(paths);
        let bases: Vec<_> = service
            .operations
            .iter()
            .map(|operation| Arc::new(catalogue::baseline(operation).unwrap()))
            .collect();
        let candidates: Vec<Candidate<'_>> = service
            .operations
            .iter()
            .zip(&bases)
            .enumerate()
            .map(|(index, (operation, base))| (index, operation, base))
            .collect();
        let planned = spread(&candidates, is_unbounded);
        for (index, planned) in &planned {
            let call = planned.call(&service.operations[*index]).unwrap();
            assert_eq!(call.label, Label::Unspecified, "{}", planned.class);
            assert_eq!(planned.needs_http2(), of_frames().any(|rule| rule.name == planned.class));
            assert!(render::request(&call, "").is_ok(), "{}", planned.class);
        }
        let name = |index: usize| service.operations[index].name.clone();
        planned.into_iter().map(|(index, planned)| (name(index), planned)).collect()
    }

    #[test]
    fn every_rule_is_tried_once_for_all_operations() {
        let paths = format!(
            r#"{{"/a":{{"get":{{"responses":{{}}}},"put":{{{BODY}}}}},"/b":{{"get":{{"responses":{{}}}}}}}}"#
        );
        let spread = spread_over(&paths, true);
        for rule in of_frames().chain(of_crowds()) {
            let times = spread.iter().filter(|(_, planned)| planned.class == rule.name).count();
            assert_eq!(
                times,
                if rule.name == "settings_in_request" { 3 } else { 1 },
                "{}",
                rule.name
            );
        }
        for (name, planned) in &spread {
            let rule = of_frames().chain(of_crowds()).find(|rule| rule.name == planned.class);
            assert_eq!(name.starts_with("GET"), rule.is_some_and(is_sent_often), "{name}");
        }
        let often = spread.iter().filter(|(name, _)| name.starts_with("GET"));
        assert_eq!(often.map(|(name, _)| name).collect::<BTreeSet<_>>().len(), 2);
    }

    #[test]
    fn a_count_is_drawn_again_smaller() {
        let service = service(r#"{"/a":{"get":{"responses":{}}}}"#);
        let base = catalogue::baseline(&service.operations[0]).unwrap();
        let flood = |count: i64| {
            let with = vec![("count".to_owned(), Value::int(count))];
            let deviations = vec![Deviation { with, ..Deviation::wire("ping_flood") }];
            let call = Call { label: Label::Unspecified, deviations, ..base.clone() };
            Case::of("t", call)
        };
        let mut items = lift(&service, &flood(777)).unwrap();
        for item in &mut items {
            if *item == Item::Choice(Choice::Int(777)) {
                *item = Item::Choice(Choice::Int(20));
            }
        }
        let (smaller, _) = redraw(&service, &flood(777), &items).unwrap();
        assert_eq!(smaller, flood(20));
    }

    #[test]
    fn what_writes_is_sent_often_only_where_everything_may_be_written() {
        let paths = format!(r#"{{"/a":{{"post":{{{BODY}}}}}}}"#);
        let often = |spread: Vec<(String, Planned)>| {
            spread.iter().filter(|(_, planned)| planned.class == "burst").count()
        };
        assert_eq!(often(spread_over(&paths, true)), 1);
        assert_eq!(often(spread_over(&paths, false)), 0);
    }
}
