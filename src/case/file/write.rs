//! Writing a case file.

use super::members::put;
use super::{FORMAT, call};
use crate::case::{Case, Connection, Finding, Step, Together};
use crate::value::{Object, Value, duration, write as json};

/// Writes a case file: canonical, with its final newline.
///
/// What [`super::read`] would refuse (an id that stands twice, a reference to a later call) is
/// written as it stands; cases are well-formed by construction.
pub fn write(finding: &Finding) -> String {
    let mut out = Object::new();
    let text = |text: &str| Value::text(text);
    let texts = |list: &[String]| {
        (!list.is_empty()).then(|| Value::Array(list.iter().map(|item| text(item)).collect()))
    };
    put(&mut out, "phi_fuzz", Value::int(FORMAT));
    put(&mut out, "check", text(&finding.check));
    put(&mut out, "at", text(&finding.at));
    put(&mut out, "why", text(&finding.why));
    put(&mut out, "service", text(&finding.case.service));
    let known = finding
        .known
        .as_ref()
        .map(|known| Value::object([("issue", text(&known.issue)), ("until", text(&known.until))]));
    put(&mut out, "known", known);
    let connections = finding.case.connections.iter().map(|(n, c)| (n.as_str(), connection(c)));
    put(
        &mut out,
        "connections",
        (!finding.case.connections.is_empty()).then(|| Value::object(connections)),
    );
    put(&mut out, "steps", steps(&finding.case));
    let boundary = finding.boundary.as_ref().map(|boundary| {
        Value::object([
            ("at", text(&boundary.at)),
            ("passes", boundary.passes.to_file()),
            ("fails", boundary.fails.to_file()),
        ])
    });
    put(&mut out, "boundary", boundary);
    put(&mut out, "irrelevant", texts(&finding.irrelevant));
    let reproduced = [
        ("failed", Value::int(finding.reproduced.failed)),
        ("of", Value::int(finding.reproduced.of)),
    ];
    put(&mut out, "reproduced", Value::object(reproduced));
    put(&mut out, "replays", Value::int(finding.replays));
    put(&mut out, "minimal", (!finding.minimal).then_some(Value::Bool(false)));
    put(&mut out, "also", texts(&finding.also));
    json::pretty(&Value::Object(out)) + "\n"
}

/// The steps of a case, as they stand under `steps`.
pub fn steps(case: &Case) -> Value {
    Value::Array(case.steps.iter().map(step).collect())
}

fn connection(connection: &Connection) -> Value {
    let mut out = Object::new();
    put(&mut out, "http", connection.http.map(Value::int));
    put(&mut out, "initial_window", connection.initial_window.map(Value::int));
    Value::Object(out)
}

fn step(step: &Step) -> Value {
    match step {
        Step::Call(call) => call::write(call),
        Step::Together(group) => together(group),
    }
}

fn together(group: &Together) -> Value {
    let mut out = Object::new();
    put(&mut out, "id", Value::text(group.id.as_str()));
    put(&mut out, "wait", group.wait.map(|wait| Value::String(duration::write(wait).into())));
    put(&mut out, "release", Value::text(group.release.name()));
    put(&mut out, "together", Value::Array(group.calls.iter().map(call::write).collect()));
    Value::Object(out)
}
