//! Edges by the `Location` of a 201 (RFC 9110, section 15.3.2).

use super::resource::Resource;
use super::survey::{Part, Survey};
use super::tally::Tally;
use super::{Edge, Given, Why};
use crate::spec::StatusPattern;
use crate::value::Source;

/// Belief where the document promises the header, and where it only answers 201.
const PROMISED: f64 = 0.7;
const USUAL: f64 = 0.5;

pub(super) fn find(survey: &Survey<'_>, tally: &mut Tally<'_, '_>) {
    for resource in &survey.resources {
        let (Some(from), Some((given, belief))) = (resource.create, promised(survey, resource))
        else {
            continue;
        };
        for taken in survey.under(resource).filter(|t| t.part == Part::Path(resource.depth - 1)) {
            let (to, place) = (taken.operation, taken.place.clone());
            tally.add(Edge { from, given: given.clone(), to, place, why: Why::Location, belief });
        }
    }
}

/// The header that tells where what a `POST` made is, and how far that is believed.
pub(super) fn promised(survey: &Survey<'_>, resource: &Resource) -> Option<(Given, f64)> {
    let create = resource.create.filter(|_| !resource.create_is_put)?;
    let responses = &survey.service.operations.get(create)?.responses;
    let created = StatusPattern::Code(201);
    let (_, answer) = responses.by_status.iter().find(|(status, _)| *status == created)?;
    let named = answer.headers.iter().any(|header| header.name.eq_ignore_ascii_case("location"));
    // The last two parts of the path tell enough, and a template has one name.
    let (_, word) = resource.collection.rsplit_once('/')?;
    let matching = (!word.is_empty() && !word.contains('{'))
        .then(|| format!("/{word}/{{{}}}", resource.parameter))?;
    let source = Source::Header("location".to_owned());
    let given = Given::Answer { source, matching: Some(matching) };
    Some((given, if named { PROMISED } else { USUAL }))
}
