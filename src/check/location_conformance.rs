//! `location_conformance`: the `Location` of what was made leads there.

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::deed::{Act, Deed, Thing, deeds, text_of};
use super::leaves::leaves;
use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, look};
use crate::case::{Call, History, Label};
use crate::schema::address;
use crate::schema::format::Format;
use crate::spec::Operation;
use crate::spec::graph::Given;
use crate::spec::template::{is_parameter, segments};
use crate::value::{Reference, Source, Value};

/// The `Location` of what was made leads there.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocationConformance;

const NAME: &str = "location_conformance";

/// Looks at what was made by its id, and at where the header leads.
const OWN: &str = "own";
const THERE: &str = "there";

/// Parts of paths that show how far a job is, not what it made.
const JOBS: [&str; 7] = ["job", "task", "status", "operation", "queue", "progress", "poll"];

impl Check for LocationConformance {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn looks(&self) -> bool {
        true
    }

    fn needs(&self) -> &'static str {
        "once per operation and status, the thing that was made, looked at by its id and by its `Location`"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

The `Location` of an answer that made something (RFC 9110, sections 10.2.2 and 15.3.2) is a URI
reference, and leads to what was made. It is followed where it fits a path of the document: it fails
where three looks there are answered 404 or 410 while the thing is served by its id, or where another
thing is served there than the answer tells. What is no URI reference is a warning.

## When it is silent

- It leads to another host, or to a path that no operation of the document has.
- The answer is 202, or leads to a job that is still at work (`/jobs/{id}`, `/status`).
- Relative references that are right once resolved (RFC 3986, section 5), and what is percent-encoded.
- The answer does not tell an id, or the thing is not served by its id either.

## How to mend the service

Build the header from the route that shows the thing and from the id that was given to it, with the path
that the service stands under; percent-encode the id.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        let Some(lead) = lead(view) else { return Occasion::Never };
        let (seen, status) = (lead.made.seen, lead.made.seen.exchange.status().unwrap_or_default());
        if lead.differs() {
            Occasion::Suspicious(seen.name().into())
        } else {
            Occasion::once(format!("{} {status}", seen.name()))
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let looks = || {
            let lead = lead(view)?;
            let mut case = lead.made.until(view)?;
            // First by its id: what is seen a moment later is there when the other is looked for.
            look::add(view, &mut case, &lead.made.read(view, OWN)?, OWN);
            look::add(view, &mut case, &lead.call(view)?, THERE);
            Some(FollowUp { case, fresh_connection: true })
        };
        looks().into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some(made) = made(view) else { return Vec::new() };
        let (title, status) = (made.seen.title(), made.seen.exchange.status().unwrap_or_default());
        if location(made.seen).is_some_and(|text| !Format::UriReference.valid(text)) {
            let why = format!(
                "{title} answers {status} with a Location that is no URI reference; it should be \
                 percent-encoded"
            );
            return vec![Failure::new(NAME, made.seen, Severity::Warning, "no reference", why)];
        }
        let Some(history) = further.first() else { return Vec::new() };
        let Some(lead) = lead(view) else { return Vec::new() };
        let looks = View::new(view.service, history, view.surroundings);
        let Some(astray) = lead.astray(&looks) else { return Vec::new() };
        let there = &lead.operation;
        let (outcome, what) = match astray {
            Astray::Nowhere(status) => (
                "leads nowhere",
                format!(
                    "nowhere: {there} answers {status} there, and serves it by the id that was told"
                ),
            ),
            Astray::Elsewhere => {
                ("leads elsewhere", format!("to another thing: {there} shows another id there"))
            }
        };
        let why = format!("{title} answers {status} with a Location that leads {what}");
        vec![Failure::new(NAME, made.seen, Severity::Error, outcome, why)]
    }
}

/// How a header leads astray.
enum Astray {
    /// To what is not there: the status.
    Nowhere(u16),
    /// To another thing.
    Elsewhere,
}

/// Where the header of an answer leads.
#[derive(Debug)]
struct Lead<'v, 'a> {
    made: Deed<'v, 'a>,
    /// The operation that shows what is there.
    operation: &'a str,
    /// Its number in the service.
    number: usize,
    /// The values of its path: name, the text there, and the template that finds it in the header.
    path: Vec<(&'a str, String, String)>,
}

/// The last call that made a thing and said where.
fn made<'v, 'a>(view: &'v View<'a>) -> Option<Deed<'v, 'a>> {
    let says_where = |seen: &Seen<'_>| {
        let answer = seen.answer().filter(|answer| (200..300).contains(&answer.status));
        answer.is_some_and(|answer| answer.status != 202 && answer.header("location").is_some())
    };
    if !view.seen().iter().any(says_where) {
        return None;
    }
    let deeds = deeds(view);
    let makes = |deed: &&Deed<'_, '_>| {
        let valid = deed.seen.exchange.label == Label::Valid;
        deed.act == Act::Create && valid && says_where(deed.seen)
    };
    deeds.iter().rev().find(makes).copied()
}

/// Where that leads, as far as the document knows.
fn lead<'v, 'a>(view: &'v View<'a>) -> Option<Lead<'v, 'a>> {
    let made = made(view)?;
    let location = location(made.seen)?;
    let told = match made.resource.id.as_ref()? {
        Given::Answer { source, .. } => matches!(source, Source::Body(_)),
        Given::Input(_) => true,
    };
    let own = made.resource.read.filter(|_| told && made.thing().is_some())?;
    let path = resolved(view, made.seen, location)?;
    let there: Vec<&str> = segments(&path).collect();
    let read = view.service.operations.get(own).map(|read| &*read.path);
    let near = read.filter(|read| fits(read, &there)).unwrap_or(&path);
    let shows = |operation: &&Operation| operation.method == "GET" && fits(&operation.path, &there);
    // A router prefers the path with more words.
    let words = |operation: &&Operation| operation.path.matches('{').count();
    let operation = view.service.meeting(near).filter(shows).min_by_key(words)?;
    let number = view.service.number(&operation.name)?;
    let job = |word: &&str| JOBS.iter().any(|job| word.to_ascii_lowercase().contains(job));
    let last = segments(&operation.path).last().is_some_and(is_parameter);
    if !last || number != own && segments(&operation.path).any(|word| job(&word)) {
        return None;
    }
    let mut values = Vec::new();
    let mut before = None;
    for (segment, text) in segments(&operation.path).zip(there) {
        if is_parameter(segment) {
            let name = segment.strip_prefix('{')?.strip_suffix('}')?;
            values.push((name, text.to_owned(), finder(made.seen, before?, name, text)?));
        }
        before = (!is_parameter(segment)).then_some(segment);
    }
    Some(Lead { made, operation: &operation.name, number, path: values })
}

/// The header, as it was sent.
fn location<'a>(seen: &Seen<'a>) -> Option<&'a str> {
    Some(seen.answer()?.header("location")?.trim())
}

/// The path that a location leads to on this service, without the base; `None` where it leads
/// elsewhere.
fn resolved(view: &View<'_>, seen: &Seen<'_>, location: &str) -> Option<String> {
    if !Format::UriReference.valid(location) {
        return None;
    }
    let target = seen.exchange.sent.target.split(['?', '#']).next()?;
    let here = address::origin(&view.surroundings.address).unwrap_or_default();
    let there = address::join(&format!("{here}{target}"), address::split(location).0);
    // A gateway may have taken off the TLS: the scheme says nothing.
    let host = |origin: &str| origin.split_once("://").map(|(_, host)| host.to_owned());
    let known = match address::origin(&there) {
        Some(origin) => host(&origin) == host(&here),
        None => there.starts_with('/'),
    };
    let base = target.len().checked_sub(own_length(seen, target)?)?;
    let path = address::path(&there).strip_prefix(target.get(..base)?)?;
    (known && path.starts_with('/')).then(|| path.to_owned())
}

/// The length of a target without what the service stands under.
fn own_length(seen: &Seen<'_>, target: &str) -> Option<usize> {
    let count = seen.operation?.path.matches('/').count();
    let begin = target.rmatch_indices('/').nth(count.checked_sub(1)?)?.0;
    Some(target.len() - begin)
}

/// Whether a finished path is one of a template.
fn fits(template: &str, path: &[&str]) -> bool {
    let same = |(own, other): (&str, &&str)| {
        is_parameter(own) || *own == *percent_decode_str(other).decode_utf8_lossy()
    };
    segments(template).count() == path.len() && segments(template).zip(path).all(same)
}

/// The template by which a reference takes a segment from the header, after the word before it. There
/// is none for what is percent-encoded: a reference does not decode.
fn finder(seen: &Seen<'_>, before: &str, name: &str, text: &str) -> Option<String> {
    let source = Source::Header("location".to_owned());
    ["/", ""].into_iter().find_map(|slash| {
        let template = format!("{slash}{before}/{{{name}}}");
        let found = seen.exchange.part(&source, Some(&template), None)?;
        (found.as_str() == Some(text) && !text.is_empty() && !text.contains('%'))
            .then_some(template)
    })
}

impl Lead<'_, '_> {
    /// Whether the header names another id than the answer, and one that the answer does not tell.
    fn differs(&self) -> bool {
        let own = self.made.resource.read == Some(self.number);
        let Some((_, text, _)) = self.path.last().filter(|_| own) else { return false };
        let told = self.made.thing();
        let told = told.as_ref().map(Thing::id);
        let is_told =
            |json| leaves(json).iter().any(|(_, leaf)| text_of(leaf).as_deref() == Some(text));
        told.is_some_and(|told| told != text) && !self.made.seen.json().is_some_and(is_told)
    }

    /// The call that the header leads to, by reference to it.
    fn call(&self, view: &View<'_>) -> Option<Call> {
        let usual = (**view.surroundings.usual.call(self.number)?).clone();
        let made = &self.made.seen.call;
        let value = |template: &String| {
            let source = Source::Header("location".to_owned());
            Reference { call: made.id.clone(), source, matching: Some(template.clone()) }.symbol()
        };
        let path = self.path.iter().map(|(name, _, t)| ((*name).to_owned(), value(t))).collect();
        Some(Call { auth: made.auth.clone(), path, ..usual })
    }

    /// How the header leads astray, as the looks tell.
    fn astray(&self, looks: &View<'_>) -> Option<Astray> {
        let deeds = deeds(looks);
        let made = deeds.iter().find(|deed| deed.seen.call.id == self.made.seen.call.id)?;
        let thing = made.made()?;
        let [.., own] = look::three(looks, OWN)?;
        let there = look::three(looks, THERE)?;
        if !own.is_success() {
            return None;
        }
        let missing = |seen: &&Seen<'_>| matches!(seen.exchange.status(), Some(404 | 410));
        if there.iter().all(missing) {
            return there[2].exchange.status().map(Astray::Nowhere);
        }
        let another = self.made.resource.read == Some(self.number)
            && there.iter().all(|there| there.is_success() && is_another(own, there, thing.id()));
        another.then_some(Astray::Elsewhere)
    }
}

/// Whether an answer shows another id in the place of this one.
fn is_another(own: &Seen<'_>, there: &Seen<'_>, id: &str) -> bool {
    let (Some(own), Some(there)) = (own.json(), there.json()) else { return false };
    let is_id = |leaf: &Value| text_of(leaf).as_deref() == Some(id);
    let places = leaves(own).into_iter().filter(|(_, leaf)| is_id(leaf));
    let another = |place: &crate::value::Pointer| {
        place.find(there).is_some_and(|leaf| text_of(leaf).is_some_and(|other| other != id))
    };
    let told = leaves(there).iter().any(|(_, leaf)| is_id(leaf));
    !told && places.map(|(place, _)| place).any(|place| another(&place))
}

#[cfg(test)]
mod tests;
