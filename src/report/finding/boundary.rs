//! Where a failure begins: the last value that passes, and the first that fails.

use super::super::words::shown;
use super::{came, value};
use crate::campaign::Found;
use crate::case::Code;
use crate::value::duration;
use crate::wire::grpc;

/// The boundary of a finding in a line, where it has one.
pub(super) fn told(found: &Found) -> Option<String> {
    of_time(found).or_else(|| of_value(found))
}

/// `qty = 1000 → 500 "quantity table exhausted"   (999 → 201)`
fn of_value(found: &Found) -> Option<String> {
    let boundary = found.finding.boundary.as_ref()?;
    let (_, place) = boundary.at.split_once('/')?;
    let came = came(found, &found.finding.at);
    let passes = passes(found, &came);
    Some(format!(
        "{} = {} → {came}   ({} {passes})",
        shown(&place_for_people(place)),
        value(&boundary.fails),
        value(&boundary.passes),
    ))
}

/// `→ 201`, or `passes` where the status is not what differs from what came.
fn passes(found: &Found, came: &str) -> String {
    let is_method = found.finding.call().is_some_and(|call| grpc::is_method(&call.operation));
    let shown = |status: u16| {
        let code = Code::of_http(&status.to_string()).filter(|_| is_method);
        code.and_then(Code::name).map_or_else(|| status.to_string(), str::to_owned)
    };
    let status = found.neighbour.map(shown);
    status
        .filter(|status| !came.starts_with(&**status))
        .map_or_else(|| "passes".to_owned(), |status| format!("→ {status}"))
}

/// `fails from 500ms before s2 on   (200ms → 200)`, `fails where s2 comes at once   (1s later → 200)`, or
/// `fails where s1 is stalled for 500ms at headers   (200ms passes)`.
fn of_time(found: &Found) -> Option<String> {
    let boundary = found.finding.boundary.as_ref()?;
    let (step, what) = boundary.at.split_once('/')?;
    let bend = match what.split_once('/').unwrap_or((what, "")) {
        ("wait", "") => None,
        ("skew", "") => Some(format!("goes on {} later", boundary.fails.as_str()?)),
        ("perturb", index) => {
            let call = found.finding.case.call(step)?;
            Some(format!("is {}", call.perturb.get(index.parse::<usize>().ok()?)?))
        }
        _ => return None,
    };
    let passes = passes(found, &came(found, &found.finding.at));
    let (fails, before) = (boundary.fails.as_str()?, boundary.passes.as_str()?);
    if let Some(bend) = bend {
        return Some(format!("fails where {} {bend}   ({before} {passes})", shown(step)));
    }
    if duration::parse(fails).is_ok_and(|pause| pause.is_zero()) {
        return Some(format!(
            "fails where {} comes at once   ({before} later {passes})",
            shown(step)
        ));
    }
    Some(format!("fails from {fails} before {} on   ({before} {passes})", shown(step)))
}

/// `json/a/b` → `a/b`; `query/limit` → `query limit`.
fn place_for_people(place: &str) -> String {
    match place.split_once('/') {
        Some(("json" | "form" | "multipart" | "xml" | "proto", rest)) => rest.to_owned(),
        Some((part, rest)) => format!("{part} {rest}"),
        None => place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture;
    use super::*;
    use crate::case::{Boundary, Perturbation, Position};
    use crate::value::Value;
    use std::time::Duration;

    fn told_of(place: &str, fails: &str, passes: &str, neighbour: Option<u16>) -> String {
        let mut found = fixture::history_found();
        let at = format!("{}/{place}", found.finding.at);
        let pause = Duration::from_millis(500);
        for call in found.finding.case.calls_mut() {
            call.perturb = vec![Perturbation::Stall { at: Position::Headers, pause }];
        }
        let (passes, fails) = (Value::text(passes), Value::text(fails));
        found.finding.boundary = Some(Boundary { at, passes, fails });
        found.neighbour = neighbour;
        told(&found).unwrap().replace(&*found.finding.at, "AT")
    }

    #[test]
    fn a_length_of_time_is_told_by_what_takes_it() {
        let told = [
            told_of("wait", "0ms", "1s", Some(204)),
            told_of("wait", "500ms", "200ms", Some(204)),
            told_of("skew", "5ms", "2ms", None),
            told_of("perturb/0", "500ms", "200ms", None),
        ];
        assert_eq!(
            told,
            [
                "fails where AT comes at once   (1s later → 204)",
                "fails from 500ms before AT on   (200ms → 204)",
                "fails where AT goes on 5ms later   (2ms passes)",
                "fails where AT is stalled for 500ms at headers   (200ms passes)",
            ]
        );
    }
}
