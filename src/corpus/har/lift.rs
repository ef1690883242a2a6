//! From a recorded request to a call: what the document knows of it.

use percent_encoding::percent_decode_str;

use super::entry::Entry;
use crate::case::{Body, Call};
use crate::generate::input;
use crate::schema::Schema;
use crate::spec::template::segments;
use crate::spec::{
    ApiKeyPlace, BodyKind, Location, Operation, Parameter, SchemeKind, Service, Style,
};
use crate::value::redact::Redactor;
use crate::value::{Object, Text, Value, read};
use crate::wire::facts::facts_with;
use crate::wire::media;
use crate::wire::parameter::readings;

/// The call of an operation that a request is.
///
/// # Errors
/// Why it is none.
pub(super) fn call(service: &Service, entry: &Entry, bases: &[&str]) -> Result<Call, String> {
    let (operation, path) = find(service, entry, bases)
        .ok_or_else(|| "asked for what the document does not know".to_owned())?;
    let mut call = Call { operation: operation.name.clone(), ..Call::default() };
    for parameter in input::parameters(operation).filter(|p| !is_credential(service, p)) {
        let value = match parameter.location {
            Location::Path => segment(operation, &path, &parameter.name)
                .map(|text| meant(&parameter.schema, &[text])),
            Location::Query => in_query(parameter, &entry.query),
            Location::Header => {
                let own =
                    |(name, _): &&(String, String)| name.eq_ignore_ascii_case(&parameter.name);
                let text = entry.headers.iter().find(own).map(|(_, value)| value.clone());
                text.map(|text| meant(&parameter.schema, &[text]))
            }
            // Cookies are credentials as a rule; a whole query string has no parts.
            Location::Cookie | Location::QueryString => None,
        };
        if let Some(value) = value {
            input::list(&mut call, parameter.location).push((parameter.name.clone(), value));
        }
    }
    let content = body(operation, entry, &mut call)?;
    call.render = facts_with(operation, &call, content);
    Ok(call)
}

/// Puts symbols where configured secrets stand.
pub(super) fn redact(call: &mut Call, redactor: &Redactor) {
    let lists = [&mut call.path, &mut call.query, &mut call.headers, &mut call.cookies];
    let values = lists.into_iter().flatten().map(|(_, value)| value);
    for value in values.chain(call.body.as_mut().and_then(Body::value_mut)) {
        let redacted = redactor.value(value).into_owned();
        *value = redacted;
    }
}

/// The operation that a request is for, with the decoded segments of its path.
fn find<'s>(
    service: &'s Service,
    entry: &Entry,
    bases: &[&str],
) -> Option<(&'s Operation, Vec<String>)> {
    let servers = service.servers.iter().map(|server| path_of(server));
    let mut bases: Vec<&str> = bases.iter().copied().chain([""]).chain(servers).collect();
    bases.sort_by_key(|base| std::cmp::Reverse(base.len()));
    bases.into_iter().find_map(|base| {
        let path = entry.path.strip_prefix(base.trim_end_matches('/'))?;
        let path: Vec<String> = segments(path).map(decode).collect();
        let fits = service.operations.iter().filter(|operation| {
            operation.method == entry.method && fits(&operation.path, &path).is_some()
        });
        // Where several fit, that with the most words of its own is meant.
        let found = fits.max_by_key(|operation| fits_by(operation, &path))?;
        Some((found, path))
    })
}

fn fits_by(operation: &Operation, path: &[String]) -> usize {
    fits(&operation.path, path).unwrap_or_default()
}

/// How many words of its own a template has that fits a path.
fn fits(template: &str, path: &[String]) -> Option<usize> {
    let mut words = 0;
    let mut count = 0;
    for (segment, given) in segments(template).zip(path) {
        count += 1;
        if parameter(segment).is_none() {
            (segment == given).then_some(())?;
            words += 1;
        }
    }
    (count == path.len() && segments(template).count() == count).then_some(words)
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn segment(operation: &Operation, path: &[String], name: &str) -> Option<String> {
    let at = segments(&operation.path).position(|segment| parameter(segment) == Some(name))?;
    path.get(at).cloned()
}

/// The path of a server's address.
fn path_of(server: &str) -> &str {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    rest.find('/').map_or("", |at| &rest[at..])
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The pairs of a form or a query.
fn pairs(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
    })
}

fn in_query(parameter: &Parameter, query: &str) -> Option<Value> {
    let name = parameter.name.as_str();
    if parameter.style == Style::DeepObject {
        let inner = |(key, value): (String, String)| {
            let key = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned();
            Some((Text::from(key), Value::text(value)))
        };
        let object: Object = pairs(query).filter_map(inner).collect();
        return (!object.is_empty()).then(|| typed(&parameter.schema, Value::Object(object)));
    }
    let given: Vec<String> =
        pairs(query).filter(|(key, _)| key == name).map(|(_, value)| value).collect();
    let separator = match parameter.style {
        Style::SpaceDelimited => ' ',
        Style::PipeDelimited => '|',
        Style::TabDelimited => '\t',
        _ => ',',
    };
    let given = match &given[..] {
        [] => return None,
        [one] if !parameter.explode && one.contains(separator) => {
            one.split(separator).map(str::to_owned).collect()
        }
        _ => given,
    };
    Some(meant(&parameter.schema, &given))
}

/// What texts were meant as: a value that the schema takes, where there is one.
fn meant(schema: &Schema, given: &[String]) -> Value {
    let texts: Vec<Value> = given.iter().map(|text| Value::text(text.as_str())).collect();
    let value = match &texts[..] {
        [one] => one.clone(),
        _ => Value::Array(texts),
    };
    typed(schema, value)
}

/// The value as a schema takes it, where it does in some reading; texts as they are otherwise.
fn typed(schema: &Schema, value: Value) -> Value {
    let mut all = readings(&value, None).unwrap_or_default().into_iter();
    all.find(|reading| schema.accepts(reading)).unwrap_or(value)
}

/// Whether a parameter is a credential of the document.
fn is_credential(service: &Service, parameter: &Parameter) -> bool {
    service.schemes.iter().any(|scheme| match &scheme.kind {
        SchemeKind::ApiKey { place, name } => {
            let place = match place {
                ApiKeyPlace::Header => Location::Header,
                ApiKeyPlace::Query => Location::Query,
                ApiKeyPlace::Cookie => Location::Cookie,
            };
            place == parameter.location && name.eq_ignore_ascii_case(&parameter.name)
        }
        _ => false,
    })
}

/// Takes over the body; gives the content that it is.
fn body<'o>(
    operation: &'o Operation,
    entry: &Entry,
    call: &mut Call,
) -> Result<Option<&'o crate::spec::Content>, String> {
    let Some((media_type, text)) = &entry.body else { return Ok(None) };
    let contents = operation.body.iter().flat_map(|body| &body.contents);
    let mut fits = contents.filter(|content| media::matches(media_type, &content.media_type));
    let content = fits
        .next()
        .ok_or_else(|| "has a body of a media type that the document does not know".to_owned())?;
    let kind = content.kind;
    let value = match kind {
        BodyKind::Json => {
            read::json(text.as_bytes()).map_err(|_| "has a body that is no JSON".to_owned())?
        }
        BodyKind::Form => {
            let object: Object =
                pairs(text).map(|(name, value)| (Text::from(name), Value::text(value))).collect();
            let value = Value::Object(object);
            content.schema.as_ref().map_or(value.clone(), |schema| typed(schema, value))
        }
        BodyKind::Text => Value::text(text.as_str()),
        BodyKind::Multipart | BodyKind::Xml | BodyKind::Bytes | BodyKind::Proto => {
            return Err("has a body that cannot be taken apart".to_owned());
        }
    };
    call.body = Some(input::body(kind, value));
    Ok(Some(content))
}
