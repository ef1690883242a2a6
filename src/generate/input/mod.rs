//! The input of an operation: drawing a call and lifting it.

mod lift;

pub use lift::lift;

use super::facts::facts_with;
use super::value::{self, Place, Setting, any};
use crate::case::{Body, Call};
use crate::choice::{Alphabet, Choice, Draw, Label, Overrun, Source};
use crate::schema::Shapes;
use crate::schema::shape::Constants;
use crate::spec::{self, BodyKind, Content, Location, Operation, Parameter, Style};
use crate::value::Value;
use crate::wire::body::usual_media_type;
use crate::wire::facts::{Facts, token};
use crate::wire::media;

/// How often an optional body is drawn.
const OPTIONAL_BODY: f64 = 0.8;

/// Far beyond what any server takes in the head of a request, in code points: longer texts there only
/// cost time.
const LONGEST_IN_HEAD: usize = 1 << 16;

/// Header parameters that OpenAPI says are described elsewhere (OpenAPI 3.2.0, section 4.12.2.1).
const DESCRIBED_ELSEWHERE: [&str; 3] = ["accept", "content-type", "authorization"];

/// The parameters that are a call's to set.
pub fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|parameter| {
        parameter.location != Location::Header
            || !DESCRIBED_ELSEWHERE.contains(&&*parameter.name.to_ascii_lowercase())
    })
}

/// Where the value of a parameter stands.
pub fn parameter_place(parameter: &Parameter) -> Place<'_> {
    let (alphabet, least_text) = match parameter.location {
        Location::Path => (Alphabet::Visible, 1),
        Location::Header => (Alphabet::Visible, 0),
        Location::Cookie => (Alphabet::Alphanumeric, 0),
        Location::Query | Location::QueryString => (Alphabet::Any, 0),
    };
    // A media type of its own and `deepObject` speak of more than text.
    let textual = parameter.content.is_none()
        && parameter.style != Style::DeepObject
        && parameter.location != Location::QueryString;
    let setting =
        Setting { alphabet, least_text, most_text: Some(LONGEST_IN_HEAD), textual, octets: false };
    let schema = &parameter.schema;
    Place::root(if textual { schema.written_shapes() } else { schema.shapes() }, setting)
}

/// Where the value of a body stands; `None` for one without a schema.
pub fn body_place(content: &Content) -> Option<Place<'_>> {
    let octets = matches!(content.kind, BodyKind::Multipart | BodyKind::Bytes);
    let setting = Setting { octets, ..Setting::default() };
    content.schema.as_ref().map(|schema| Place::root(schema.shapes(), setting))
}

/// The content that the body of a call is in: that of its part, and of its media type where there are
/// several; `None` where the operation has no such one.
pub fn content_of<'o>(operation: &'o Operation, call: &Call) -> Option<&'o Content> {
    let body = operation.body.as_ref()?;
    body.contents.get(content_index(body, call)?)
}

fn content_index(promised: &spec::Body, call: &Call) -> Option<usize> {
    let given = call.body.as_ref()?;
    let mut same = promised
        .contents
        .iter()
        .enumerate()
        .filter(|(_, content)| content.kind.part() == given.part());
    let (first, content) = same.next()?;
    if same.clone().next().is_none() {
        return Some(first);
    }
    let named = Facts::new(&call.render).get(given.part()).unwrap_or_default();
    let named = named.split(' ').find(|word| word.contains('/'));
    let named = named.unwrap_or(usual_media_type(content.kind));
    let is_named = |content: &Content| {
        media::concrete(&content.media_type).replace(' ', "") == named.replace(' ', "")
    };
    if is_named(content) {
        return Some(first);
    }
    Some(same.find(|(_, content)| is_named(content)).map_or(first, |(index, _)| index))
}

/// The value that a call gives a parameter.
pub fn given<'c>(call: &'c Call, parameter: &Parameter) -> Option<&'c Value> {
    let list = match parameter.location {
        Location::Path => &call.path,
        Location::Query | Location::QueryString => &call.query,
        Location::Header => &call.headers,
        Location::Cookie => &call.cookies,
    };
    list.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value)
}

/// The place of a parameter in a call.
pub fn place_of(parameter: &Parameter) -> String {
    format!("{}/{}", parameter.location.part(), token(&parameter.name))
}

/// A body of this kind with this value.
pub fn body(kind: BodyKind, value: Value) -> Body {
    match kind {
        BodyKind::Json => Body::Json(value),
        BodyKind::Form => Body::Form(value),
        BodyKind::Multipart => Body::Multipart(value),
        BodyKind::Xml => Body::Xml(value),
        BodyKind::Text => Body::Text(value),
        BodyKind::Bytes => Body::Bytes(value),
        BodyKind::Proto => Body::Proto(value),
    }
}

/// How full random calls are, each as likely: from what is required to everything.
const FULLNESS: [f64; 8] = [0.0, 0.15, 0.3, 0.5, 0.5, 0.7, 0.85, 1.0];

/// Draws a call of an operation, with the facts it is rendered by.
///
/// Some random calls are sparse and some full, as a whole; now and then a free value is a constant
/// that the contract names anywhere.
///
/// # Errors
/// A required part of the input can have no value.
pub fn draw(operation: &Operation, id: &str, source: &mut Source<'_>) -> Draw<Call> {
    draw_hearing(operation, id, &[], source)
}

/// The same, where a free value is now and then a constant that was heard elsewhere, too.
///
/// # Errors
/// A required part of the input can have no value.
pub fn draw_hearing<'c>(
    operation: &'c Operation,
    id: &str,
    heard: &[&'c Constants],
    source: &mut Source<'_>,
) -> Draw<Call> {
    let mut constants: Vec<&Constants> = Vec::new();
    let mut fullness = 0.5;
    if let Some(dice) = source.dice() {
        fullness = dice.pick(&FULLNESS).copied().unwrap_or(fullness);
        let parameters = parameters(operation).map(|parameter| &parameter.schema);
        let bodies = operation.body.iter().flat_map(|body| &body.contents);
        let schemas = parameters.chain(bodies.filter_map(|content| content.schema.as_ref()));
        constants = schemas.map(|schema| schema.shapes().constants()).collect();
        constants.extend(heard);
    }
    let place = |place| Place { constants: &constants, fullness, ..place };
    let mut call = Call { id: id.to_owned(), operation: operation.name.clone(), ..Call::default() };
    let more =
        if source.mark(&Choice::Extra(Shapes::ANY.0)) { draw_extra(source)? } else { vec![] };
    for parameter in parameters(operation) {
        source.span(Label::Field, |source| {
            if is_given(parameter.required, fullness, source)? {
                let value = value::draw(place(parameter_place(parameter)), source)?;
                list(&mut call, parameter.location).push((parameter.name.clone(), value));
            }
            Ok(())
        })?;
    }
    for (location, name, value) in more {
        list(&mut call, location).push((name, value));
    }
    if let Some(promised) = operation.body.as_ref().filter(|body| !body.contents.is_empty()) {
        let drawn = source.span(Label::Field, |source| {
            if !is_given(promised.required, OPTIONAL_BODY, source)? {
                return Ok(None);
            }
            let chosen = source.branch(promised.contents.len())?;
            let content = &promised.contents[chosen];
            let place = body_place(content).map(place);
            source
                .span(Label::Alternative, |source| draw_body(content, place, source))
                .map(|body| Some((content, body)))
        })?;
        let (content, body) = drawn.unzip();
        call.body = body;
        call.render = facts_with(operation, &call, content);
    } else {
        call.render = facts_with(operation, &call, None);
    }
    Ok(call)
}

/// Draws a call with any value at all in every part that is required.
///
/// # Errors
/// Too many choices were drawn.
pub fn draw_any(operation: &Operation, id: &str, source: &mut Source<'_>) -> Draw<Call> {
    let mut call = Call { id: id.to_owned(), operation: operation.name.clone(), ..Call::default() };
    for parameter in parameters(operation).filter(|parameter| parameter.required) {
        let value = any::draw(source)?;
        list(&mut call, parameter.location).push((parameter.name.clone(), value));
    }
    let promised = operation.body.as_ref().filter(|body| body.required);
    let content = promised.and_then(|body| body.contents.first());
    if let Some(content) = content {
        call.body = Some(body(content.kind, any::draw(source)?));
    }
    call.render = facts_with(operation, &call, content);
    Ok(call)
}

fn draw_body(content: &Content, place: Option<Place<'_>>, source: &mut Source<'_>) -> Draw<Body> {
    let value = match place {
        Some(place) => value::draw(place, source)?,
        None => match content.kind {
            BodyKind::Text => Value::String(source.text(0, 1 << 24, Alphabet::Any)?),
            BodyKind::Bytes => Value::Bytes(source.octets(0, 1 << 24)?),
            _ => any::draw(source)?,
        },
    };
    Ok(body(content.kind, value))
}

/// The values of a location in a call.
pub fn list(call: &mut Call, location: Location) -> &mut Vec<(String, Value)> {
    match location {
        Location::Path => &mut call.path,
        Location::Query | Location::QueryString => &mut call.query,
        Location::Header => &mut call.headers,
        Location::Cookie => &mut call.cookies,
    }
}

/// The locations of parameters that a contract need not name.
const OPEN: [Location; 3] = [Location::Query, Location::Header, Location::Cookie];

/// Whether a part is there: one that need not be as likely as this, one that has to be unless a
/// replay marks that it is not.
fn is_given(required: bool, likely: f64, source: &mut Source<'_>) -> Draw<bool> {
    if required { Ok(!source.mark(&Choice::Missing)) } else { source.bool(likely) }
}

fn draw_extra(source: &mut Source<'_>) -> Draw<Vec<(Location, String, Value)>> {
    source.list(0, 256, 1.0, |source, _| {
        let location = OPEN[source.branch(OPEN.len())?];
        let name = source.text(0, 1 << 20, Alphabet::Alphanumeric)?;
        let name = name.as_str().ok_or(Overrun)?.to_owned();
        Ok((location, name, any::draw(source)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Rng;
    use crate::generate::fixture::service;

    const PATHS: &str = r#"{"/things":{"post":{
        "parameters":[{"name":"ids","in":"query","required":true,"style":"pipeDelimited","explode":false,
            "schema":{"type":"array","items":{"type":"integer"},"minItems":2}}],
        "requestBody":{"required":true,"content":{
            "application/json":{"schema":{"type":"object","required":["a"],
                "properties":{"a":{"type":"integer"}}}},
            "application/merge-patch+json":{"schema":{"type":"integer"}},
            "multipart/form-data":{"schema":{"type":"object","required":["file"],
                "properties":{"file":{"type":"string","contentMediaType":"image/png"}}}}}},
        "responses":{}}}}"#;

    #[test]
    fn parameters_of_no_type_are_texts() {
        let paths = r#"{"/things/{id}":{"get":{"parameters":[
            {"name":"id","in":"path","required":true,"schema":{}},
            {"name":"q","in":"query","required":true,"schema":{"maxLength":3}},
            {"name":"n","in":"query","required":true,"schema":{"minimum":3}},
            {"name":"ids","in":"query","required":true,"schema":{"type":"array","items":{}}},
            {"name":"deep","in":"query","required":true,"style":"deepObject","schema":{}},
            {"name":"Tenant","in":"header","required":true}],
            "responses":{}}}}"#;
        let service = service(paths);
        let operation = &service.operations[0];
        let (mut any, mut deep) = (0, 0);
        for seed in 0..60 {
            let drawn = Source::random(Rng::new(seed)).run(|source| draw(operation, "s1", source));
            let call = drawn.unwrap().0;
            let query = |name: &str| call.query.iter().find(|(key, _)| key == name).unwrap();
            assert!(call.path[0].1.as_text().is_some() && call.headers[0].1.as_text().is_some());
            assert!(query("q").1.as_text().is_some_and(|text| text.len() <= 3));
            assert!(query("ids").1.as_array().unwrap().iter().all(|id| id.as_text().is_some()));
            any += usize::from(query("n").1.as_text().is_none());
            deep += usize::from(query("deep").1.as_object().is_some());
            let mut items = Vec::new();
            assert!(lift(operation, &call, &mut items));
            let again = Source::replay(&items).run(|source| draw(operation, "s1", source));
            assert_eq!(again.unwrap().0, call);
        }
        assert!(any > 10 && deep > 3, "{any} {deep}");
        // What was no text in a recorded case is drawn again all the same.
        let mut call = crate::generate::catalogue::baseline(operation).unwrap();
        assert!(call.path[0].1.as_text().is_some());
        call.path[0].1 = Value::object([("a", Value::from(1))]);
        let mut items = Vec::new();
        assert!(lift(operation, &call, &mut items));
        let again = Source::replay(&items).run(|source| draw(operation, "s1", source));
        assert_eq!(again.unwrap().0, call);
    }

    #[test]
    fn every_drawn_call_carries_the_facts_it_is_rendered_by_and_is_lifted() {
        let service = service(PATHS);
        let operation = &service.operations[0];
        let mut media_types = Vec::new();
        for seed in 0..60 {
            let drawn = Source::random(Rng::new(seed)).run(|source| draw(operation, "s1", source));
            let (call, _) = drawn.unwrap();
            assert!(call.render.contains(&("query/ids".to_owned(), "pipeDelimited".to_owned())));
            let media_type = content_of(operation, &call).unwrap().media_type.clone();
            let patch = call.render.contains(&("json".to_owned(), media_type.clone()));
            assert_eq!(patch, media_type == "application/merge-patch+json", "{:?}", call.render);
            if !media_types.contains(&media_type) {
                media_types.push(media_type);
            }
            let mut items = Vec::new();
            assert!(lift(operation, &call, &mut items));
            let again = Source::replay(&items).run(|source| draw(operation, "s1", source));
            assert_eq!(again.unwrap().0, call);
        }
        assert_eq!(media_types.len(), 3);
    }
}
