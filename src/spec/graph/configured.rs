//! Edges that a person adds or switches off.

use super::survey::Survey;
use super::tally::Tally;
use super::{Edge, Given, Why};
use crate::spec::{Location, Operation, Service};
use crate::value::{Pointer, Source, nearest};

/// An edge that a person adds, or says is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The operation that gives.
    from: usize,
    /// What of it; `None` for how it tells what it made.
    given: Option<Given>,
    /// The operation that takes.
    to: usize,
    /// Where; `None` for its last path parameter.
    place: Option<String>,
    /// Whether there is no such edge.
    off: bool,
}

impl Own {
    /// Reads the two ends: `POST /users /id` (a place of the body; also `header/NAME`) and
    /// `GET /profiles/{profile_id}` (also with a place: `POST /orders json/customer_id`).
    ///
    /// # Errors
    /// The service has no such operation, or the operation no such parameter.
    pub fn read(service: &Service, from: &str, to: &str, off: bool) -> Result<Self, String> {
        let (from, given) = operation(service, from)?;
        let (to, place) = operation(service, to)?;
        let given = given.map(part).transpose()?;
        if let Some(place) = place {
            taken(&service.operations[to], place)?;
        }
        if !off && place.is_none() && last(&service.operations[to]).is_none() {
            let name = &service.operations[to].name;
            return Err(format!(
                "`{name}` has no path parameter; name the place: `{name} json/id`"
            ));
        }
        Ok(Self { from, given, to, place: place.map(str::to_owned), off })
    }
}

/// Whether a service has the operation that one end of an edge names.
pub fn knows(service: &Service, end: &str) -> bool {
    operation(service, end).is_ok()
}

/// The operation at the beginning of one end, and the place behind it.
fn operation<'e>(service: &Service, end: &'e str) -> Result<(usize, Option<&'e str>), String> {
    let (method, rest) = end.split_once(' ').unwrap_or((end, ""));
    let (path, place) = match rest.trim_start().split_once(' ') {
        Some((path, place)) => (path, Some(place.trim())),
        None => (rest.trim(), None),
    };
    let name = format!("{} {path}", method.to_ascii_uppercase());
    let number = service.number(&name);
    number.map(|number| (number, place)).ok_or_else(|| {
        let names: Vec<&str> = service.operations.iter().map(|o| &*o.name).collect();
        let near = nearest::nearest(&name, &names);
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        format!("there is no operation `{name}`{near}")
    })
}

/// A part of an answer.
fn part(text: &str) -> Result<Given, String> {
    let source = if text.starts_with('/') {
        Source::Body(Pointer::parse(text)?)
    } else {
        crate::value::Reference::parse(&format!("from/{text}"))
            .map_err(|_| {
                format!("`{text}` names no part of an answer; write /POINTER or header/NAME")
            })?
            .source
    };
    Ok(Given::Answer { source, matching: None })
}

/// Checks that a place is one of an operation.
fn taken(operation: &Operation, place: &str) -> Result<(), String> {
    let (part, name) = place.split_once('/').unwrap_or((place, ""));
    let named = |parameter: &&crate::spec::Parameter| parameter.location.part() == part;
    let parts = ["path", "query", "headers", "cookies"];
    let bodies = operation.body.iter().flat_map(|body| &body.contents);
    if parts.contains(&part) {
        let name = name.split('/').next().unwrap_or(name).replace("~1", "/").replace("~0", "~");
        let known = operation.parameters.iter().filter(named).any(|p| p.name == name);
        return if known { Ok(()) } else { Err(format!("`{}` has no `{place}`", operation.name)) };
    }
    if bodies.map(|content| content.kind.part()).any(|own| own == part) {
        return Ok(());
    }
    Err(format!(
        "`{}` has no `{place}`; write path/NAME, query/NAME or json/POINTER",
        operation.name
    ))
}

fn last(operation: &Operation) -> Option<String> {
    let parameters = operation.parameters.iter().filter(|p| p.location == Location::Path);
    let placed =
        parameters.filter_map(|p| Some((operation.path.rfind(&format!("{{{}}}", p.name))?, p)));
    let (_, parameter) = placed.max_by_key(|(at, _)| *at)?;
    Some(format!("path{}", Pointer::root().child(&*parameter.name)))
}

pub(super) fn apply(survey: &Survey<'_>, own: &[Own], tally: &mut Tally<'_, '_>) {
    for own in own.iter().filter(|own| own.off) {
        tally.retain(|edge| {
            let same = edge.from == own.from && edge.to == own.to;
            let given = own.given.as_ref().is_none_or(|given| *given == edge.given);
            let place = own.place.as_ref().is_none_or(|place| *place == edge.place);
            !(same && given && place)
        });
    }
    for own in own.iter().filter(|own| !own.off) {
        let place = own.place.clone();
        let Some(place) = place.or_else(|| last(survey.service.operations.get(own.to)?)) else {
            continue;
        };
        let told = survey.resources.iter().find(|resource| resource.create == Some(own.from));
        let id = || told.and_then(|resource| resource.id.clone());
        let usual = || Given::body(&Pointer::root().child("id"));
        let given = own.given.clone().or_else(id).unwrap_or_else(usual);
        tally.allow_circle(own.to, &place);
        let (from, to) = (own.from, own.to);
        tally.add(Edge { from, given, to, place, why: Why::Configured, belief: 1.0 });
    }
}
