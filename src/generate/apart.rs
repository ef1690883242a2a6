//! Calls that come in unusual frames, or among others: the usual call, with one rule at a time.
//!
//! What reads frames and takes connections is one thing for all operations of a service, so that most of
//! this is tried at one of them alone.

use std::sync::Arc;

use super::planned::Planned;
use crate::case::{Call, Deviation};
use crate::value::Value;
use crate::wire::deviation::{Danger, Domain, Rule, of_crowds, of_frames};
use crate::wire::render;

/// Rules that send the request more than once, or for long: for one operation of a service.
const ONCE: [&str; 3] = ["interleaved_streams", "surplus_streams", "tiny_window"];

/// What is tried at every operation.
pub(super) fn each(base: &Arc<Call>) -> Vec<Planned> {
    of_frames().filter(|rule| !is_once(rule)).flat_map(|rule| planned(rule, base)).collect()
}

/// What is tried at one operation of a service, the most harmless first.
pub(super) fn once(base: &Arc<Call>) -> Vec<Planned> {
    let rules = of_frames().chain(of_crowds()).filter(|rule| is_once(rule));
    let mut planned: Vec<Planned> = rules.flat_map(|rule| planned(rule, base)).collect();
    planned.sort_by_key(|planned| planned.danger);
    planned
}

fn is_once(rule: &Rule) -> bool {
    let is_crowd = of_crowds().any(|crowd| crowd.name == rule.name);
    rule.danger == Danger::Dangerous || is_crowd || ONCE.contains(&rule.name)
}

/// A rule with its simplest parameters, and with each text that they may be.
fn planned(rule: &'static Rule, base: &Arc<Call>) -> Vec<Planned> {
    let Ok(plain) = render::plain(base, "") else { return Vec::new() };
    if !rule.applies(base, &plain.request) {
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
    use super::*;
    use crate::case::Label;
    use crate::generate::catalogue;
    use crate::generate::fixture::taking;

    #[test]
    fn every_rule_is_tried_once_and_no_dangerous_one_at_every_operation() {
        let operation = taking("{}", "");
        let base = Arc::new(catalogue::baseline(&operation).unwrap());
        let (each, once) = (each(&base), once(&base));
        assert!(each.iter().all(|planned| planned.danger == Danger::Safe));
        let tried =
            |rule: &Rule| each.iter().chain(&once).any(|planned| planned.class == rule.name);
        assert!(of_frames().chain(of_crowds()).all(tried));
        assert_eq!(once.last().map(|planned| planned.danger), Some(Danger::Dangerous));
        let settings = each.iter().filter(|planned| planned.class == "settings_in_request");
        assert_eq!(settings.count(), 3);
        for planned in each.iter().chain(&once) {
            let call = planned.call(&operation).unwrap();
            assert_eq!(call.label, Label::Unspecified, "{}", planned.class);
            assert_eq!(planned.needs_http2(), of_frames().any(|rule| rule.name == planned.class));
            assert!(render::request(&call, "").is_ok(), "{}", planned.class);
        }
    }
}
