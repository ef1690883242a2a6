//! `phi-fuzz list`: operations, what will be tried, what cannot be tested and why.

mod graph;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::super::args::{Flags, List};
use super::super::resolve::Resolved;
use super::super::session::Session;
use super::super::{Error, Exit, connect, launch};

use crate::execute::Permission;
use crate::generate::ideas::Ideas;
use crate::generate::{catalogue, obstacle};
use crate::report::words::{counted, listed, number, shown};
use crate::spec::{Operation, Place, Problem, Service};
use crate::value::{Object, Value, write};

pub(in crate::cli) fn run(session: &Session, list: &List) -> Result<Exit, Error> {
    let flags =
        Flags { fetch: list.fetch.clone(), select: list.select.clone(), ..Flags::default() };
    let resolved = Resolved::new(session, flags)?;
    let mut all = Vec::new();
    for named in resolved.services(&list.specs, &[])? {
        let document = launch::block_on(connect::load(&resolved, &named, Duration::ZERO))?;
        let service = document.service;
        if list.graph {
            let picked = |operation: &Operation| resolved.picks(operation);
            session.console.result(&graph::text(&service, &document.address, picked))?;
            continue;
        }
        let mut problems: HashMap<&str, Vec<&Problem>> = HashMap::new();
        for problem in service.problems.iter().filter(|problem| !problem.lost) {
            problems
                .entry(problem.operation.as_deref().unwrap_or_default())
                .or_default()
                .push(problem);
        }
        let picked = service.operations.iter().filter(|operation| resolved.picks(operation));
        let ideas = Ideas::default();
        let rows = picked.map(|operation| {
            let problems = problems.remove(&*operation.name).unwrap_or_default();
            Row::of(&service, operation, problems, &ideas)
        });
        let rows = rows.collect();
        let text = Listing { service: &service, address: &document.address, rows };
        if list.json {
            all.push(text.json());
        } else {
            session.console.result(&text.text())?;
        }
    }
    if list.json {
        let all = match all.len() {
            1 => all.remove(0),
            _ => Value::Array(all),
        };
        session.console.result(&write::pretty(&all))?;
    }
    Ok(Exit::WHOLE)
}

/// What is listed of a service.
struct Listing<'s> {
    service: &'s Service,
    address: &'s str,
    rows: Vec<Row<'s>>,
}

/// What is listed of an operation.
struct Row<'s> {
    operation: &'s Operation,
    /// Parameters by part of the call, `*` behind those that must be there.
    takes: Vec<(&'static str, Vec<String>)>,
    /// Media types of the body.
    bodies: Vec<&'s str>,
    tries: Result<Tries, String>,
    problems: Vec<&'s Problem>,
}

/// How many cases are planned.
#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    boundary: u64,
    invalid: u64,
    malformed: u64,
}

impl<'s> Row<'s> {
    fn of(
        service: &'s Service,
        operation: &'s Operation,
        problems: Vec<&'s Problem>,
        ideas: &Ideas,
    ) -> Self {
        let mut takes: Vec<(&'static str, Vec<String>)> = Vec::new();
        for parameter in &operation.parameters {
            let part = parameter.location.part();
            let mark = if parameter.required { "*" } else { "" };
            let name = format!("{}{mark}", shown(&parameter.name));
            match takes.iter_mut().find(|(known, _)| *known == part) {
                Some((_, names)) => names.push(name),
                None => takes.push((part, vec![name])),
            }
        }
        let contents = operation.body.iter().flat_map(|body| &body.contents);
        let tries = catalogue::baseline(operation)
            .map(|base| {
                let base = Arc::new(base);
                Tries {
                    boundary: catalogue::boundary(operation, &base, ideas).len() as u64,
                    invalid: catalogue::invalid(operation, &base, ideas).len() as u64,
                    malformed: catalogue::malformed(service, operation, &base).len() as u64,
                }
            })
            .map_err(|_| obstacle::told(operation));
        Self {
            operation,
            takes,
            bodies: contents.map(|content| content.media_type.as_str()).collect(),
            tries,
            problems,
        }
    }

    /// What calling it does to the service.
    fn effect(&self) -> &'static str {
        if self.operation.destroys() {
            "destroys"
        } else if self.operation.is_safe() {
            "reads"
        } else if Permission::is_foreign_write(self.operation) {
            "changes what is there"
        } else {
            "creates"
        }
    }

    fn text(&self) -> String {
        let operation = self.operation;
        let mut text = shown(&operation.name);
        let mut about: Vec<String> = vec![self.effect().to_owned()];
        about.extend(operation.id.as_deref().map(|id| format!("id {}", shown(id))));
        if !operation.tags.is_empty() {
            about.push(format!("tags {}", shown(&operation.tags.join(", "))));
        }
        if operation.deprecated {
            about.push("deprecated".to_owned());
        }
        if !operation.security.is_empty() {
            about.push(format!("asks for {}", security(operation)));
        }
        let _ = writeln!(text, "  ({})", about.join("; "));
        let mut takes: Vec<String> = self
            .takes
            .iter()
            .map(|(part, names)| format!("{part} {}", listed(names, 12)))
            .collect();
        if let Some(rpc) = &operation.rpc {
            takes.push(message(rpc.streams_in, rpc.input.name()));
        } else if let Some(body) = &operation.body {
            let mark = if body.required { "*" } else { "" };
            takes.push(format!("body{mark} {}", shown(&self.bodies.join(", "))));
        }
        if !takes.is_empty() {
            let _ = writeln!(text, "  takes {}", takes.join("; "));
        }
        if let Some(rpc) = &operation.rpc {
            let _ = writeln!(text, "  gives {}", message(rpc.streams_out, rpc.output.name()));
            if !rpc.ruled.is_empty() {
                let _ = writeln!(text, "  has rules for {}", listed(&rpc.ruled, 12));
            }
        }
        match &self.tries {
            Ok(tries) => {
                let _ = writeln!(
                    text,
                    "  tries up to {}, {} that break a rule, {} that are malformed",
                    counted(tries.boundary, "boundary case"),
                    number(tries.invalid),
                    number(tries.malformed)
                );
            }
            Err(why) => {
                let _ = writeln!(text, "  cannot be tested: {why}");
            }
        }
        for problem in &self.problems {
            let _ = writeln!(text, "  problem: {}", told(problem));
        }
        text
    }

    fn json(&self) -> Value {
        let operation = self.operation;
        let texts =
            |list: &mut dyn Iterator<Item = &str>| Value::Array(list.map(Value::text).collect());
        let mut out = Object::new();
        out.push("name", Value::text(operation.name.as_str()));
        if let Some(id) = &operation.id {
            out.push("id", Value::text(id.as_str()));
        }
        out.push("tags", texts(&mut operation.tags.iter().map(String::as_str)));
        out.push("deprecated", Value::Bool(operation.deprecated));
        out.push("effect", Value::text(self.effect()));
        let parameters = operation.parameters.iter().map(|parameter| {
            Value::object([
                ("in", Value::text(parameter.location.part())),
                ("name", Value::text(parameter.name.as_str())),
                ("required", Value::Bool(parameter.required)),
            ])
        });
        out.push("parameters", Value::Array(parameters.collect()));
        if let Some(body) = &operation.body {
            let body = [
                ("required", Value::Bool(body.required)),
                ("media_types", texts(&mut self.bodies.iter().copied())),
            ];
            out.push("body", Value::object(body));
        }
        if let Some(rpc) = &operation.rpc {
            let message = |streams, message: &str| {
                Value::object([("message", Value::text(message)), ("stream", Value::Bool(streams))])
            };
            out.push("input", message(rpc.streams_in, rpc.input.name()));
            out.push("output", message(rpc.streams_out, rpc.output.name()));
            out.push("ruled", texts(&mut rpc.ruled.iter().map(String::as_str)));
        }
        match &self.tries {
            Ok(tries) => {
                out.push("boundary_cases", Value::int(tries.boundary));
                out.push("invalid_cases", Value::int(tries.invalid));
                out.push("malformed_cases", Value::int(tries.malformed));
            }
            Err(why) => out.push("untestable", Value::text(why.as_str())),
        }
        out.push("place", place(&operation.place));
        Value::Object(out)
    }
}

/// What goes one way in a call of gRPC.
fn message(streams: bool, message: &str) -> String {
    let name = shown(message);
    if streams { format!("a stream of {name}") } else { name }
}

impl Listing<'_> {
    fn text(&self) -> String {
        let title = shown(&self.service.title);
        let mut text = format!("{title} ({})\n\n", shown(self.address));
        for row in &self.rows {
            let _ = writeln!(text, "{}", row.text());
        }
        let problems = || self.service.problems.iter();
        for (title, problems) in [
            ("not tested", problems().filter(|problem| problem.lost).collect::<Vec<_>>()),
            ("wrong in the document", problems().filter(|p| p.operation.is_none()).collect()),
        ] {
            if !problems.is_empty() {
                let _ = writeln!(text, "{title}");
            }
            for problem in &problems {
                let about = problem.operation.as_deref().map(|name| format!("{}: ", shown(name)));
                let _ = writeln!(text, "  {}{}", about.unwrap_or_default(), told(problem));
            }
            if !problems.is_empty() {
                text.push('\n');
            }
        }
        text + &self.summary()
    }

    fn summary(&self) -> String {
        let sum = |of: fn(&Tries) -> u64| -> u64 {
            self.rows.iter().filter_map(|row| row.tries.as_ref().ok()).map(of).sum()
        };
        let destroying = self.rows.iter().filter(|row| row.operation.destroys()).count() as u64;
        let mut parts = vec![
            counted(self.rows.len() as u64, "operation"),
            format!("up to {}", counted(sum(|tries| tries.boundary), "boundary case")),
            format!("{} that break a rule", number(sum(|tries| tries.invalid))),
            format!("{} malformed", number(sum(|tries| tries.malformed))),
            format!("{} destroy", number(destroying)),
        ];
        let problems = self.service.problems.len() as u64;
        if problems > 0 {
            parts.push(counted(problems, "problem"));
        }
        parts.join(" · ")
    }

    fn json(&self) -> Value {
        let problems = self.service.problems.iter().map(|problem| {
            let mut out = Object::new();
            out.push("place", place(&problem.place));
            if let Some(operation) = &problem.operation {
                out.push("operation", Value::text(operation.as_str()));
                out.push("lost", Value::Bool(problem.lost));
            }
            out.push("message", Value::text(problem.message.as_str()));
            Value::Object(out)
        });
        Value::object([
            ("service", Value::text(self.service.name.as_str())),
            ("title", Value::text(self.service.title.as_str())),
            ("address", Value::text(self.address)),
            ("operations", Value::Array(self.rows.iter().map(Row::json).collect())),
            ("problems", Value::Array(problems.collect())),
        ])
    }
}

/// `bearer, or key and tenant`
fn security(operation: &Operation) -> String {
    let ways: Vec<String> = operation
        .security
        .iter()
        .map(|all| if all.is_empty() { "nothing".to_owned() } else { all.join(" and ") })
        .collect();
    shown(&ways.join(", or "))
}

/// `specs/shop.yaml:12 #/paths/~1orders/post: message`
fn told(problem: &Problem) -> String {
    shown(&format!("{}: {}", problem.place, problem.message))
}

fn place(place: &Place) -> Value {
    let mut out = Object::new();
    out.push("document", Value::text(place.document.as_str()));
    out.push("pointer", Value::text(place.pointer.as_str()));
    if let Some(line) = place.line {
        out.push("line", Value::int(line as u64));
    }
    Value::Object(out)
}
