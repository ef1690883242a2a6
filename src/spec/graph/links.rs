//! Edges that the document spells out as links (OpenAPI 3.2.0, sections 4.20 and 4.20.3).

use super::survey::{Survey, made};
use super::tally::Tally;
use super::{Edge, Given, Why};
use crate::spec::{Link, Location, Operation};
use crate::value::{Pointer, Source, Value};

const BELIEF: f64 = 0.95;

pub(super) fn find(survey: &Survey<'_>, tally: &mut Tally<'_, '_>) {
    let operations = &survey.service.operations;
    let numbers: std::collections::HashMap<&str, usize> =
        operations.iter().enumerate().map(|(number, o)| (&*o.name, number)).collect();
    for (from, operation) in operations.iter().enumerate() {
        for link in made(operation).flat_map(|response| &response.links) {
            let Some(&to) = numbers.get(&*link.operation) else { continue };
            for (place, given) in places(operation, &operations[to], link) {
                let why = Why::Link { name: link.name.clone() };
                tally.add(Edge { from, given, to, place, why, belief: BELIEF });
            }
        }
    }
}

/// What a link fills, and with what. Constants are no dependency.
fn places(from: &Operation, to: &Operation, link: &Link) -> Vec<(String, Given)> {
    let parameters = link.parameters.iter().filter_map(|(name, value)| {
        let given = expression(from, value.as_str()?)?;
        Some((place(to, name)?, given))
    });
    let mut all: Vec<_> = parameters.collect();
    let content = to.body.as_ref().and_then(|body| body.contents.first());
    if let (Some(body), Some(content)) = (&link.body, content) {
        members(from, body, content.kind.part(), &Pointer::root(), &mut all);
    }
    all
}

/// The expressions in a body that is given whole or by members.
fn members(
    from: &Operation,
    value: &Value,
    part: &str,
    at: &Pointer,
    out: &mut Vec<(String, Given)>,
) {
    match value {
        Value::String(text) => {
            let given = text.as_str().and_then(|text| expression(from, text));
            out.extend(given.map(|given| (format!("{part}{at}"), given)));
        }
        Value::Object(object) => {
            object
                .iter()
                .for_each(|(key, value)| members(from, value, part, &at.child(key.clone()), out));
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                members(from, value, part, &at.index(index), out);
            }
        }
        _ => {}
    }
}

/// Where parameters are, as links spell it.
const PARTS: [(&str, Location); 4] = [
    ("path", Location::Path),
    ("query", Location::Query),
    ("header", Location::Header),
    ("cookie", Location::Cookie),
];

/// The place of a parameter, whose name may say where it is: `path.id`.
fn place(to: &Operation, name: &str) -> Option<String> {
    let known = |location: Location, name: &str| {
        let parameter = to.parameter(location, name)?;
        Some(format!("{}{}", location.part(), Pointer::root().child(&*parameter.name)))
    };
    let qualified = name.split_once('.').and_then(|(part, name)| {
        let (_, location) = PARTS.into_iter().find(|(known, _)| *known == part)?;
        known(location, name)
    });
    qualified.or_else(|| PARTS.into_iter().find_map(|(_, location)| known(location, name)))
}

/// A runtime expression, bare or in braces; `None` for constants and for what no answer tells.
fn expression(from: &Operation, text: &str) -> Option<Given> {
    let text = text.trim();
    let bare = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let answer = |source| Some(Given::Answer { source, matching: None });
    let pointer = |text: &str| match text.strip_prefix('#') {
        Some(pointer) => Pointer::parse(pointer).ok(),
        None => text.is_empty().then(Pointer::root),
    };
    if let Some(rest) = bare.strip_prefix("$response.") {
        return match rest.strip_prefix("header.") {
            Some(name) => answer(Source::Header(name.to_ascii_lowercase())),
            None => answer(Source::Body(pointer(rest.strip_prefix("body")?)?)),
        };
    }
    if bare == "$statusCode" {
        return answer(Source::Status);
    }
    let rest = bare.strip_prefix("$request.")?;
    if let Some(rest) = rest.strip_prefix("body") {
        let content = from.body.as_ref()?.contents.first()?;
        return Some(Given::Input(format!("{}{}", content.kind.part(), pointer(rest)?)));
    }
    let (part, name) = rest.split_once('.')?;
    let location = match part {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        _ => return None,
    };
    let parameter = from.parameter(location, name)?;
    Some(Given::Input(format!("{}{}", location.part(), Pointer::root().child(&*parameter.name))))
}
