//! Where an answer tells how the thing is called that it is about.

use super::resource::Resource;
use super::scalar::Scalar;
use super::survey::{Part, Survey, Taken, Told};
use super::{Given, words};

/// Tells all resources where their ids come from.
pub(super) fn tell(survey: &mut Survey<'_>) {
    let ids: Vec<_> = survey
        .resources
        .iter()
        .map(|resource| {
            let put = resource.create.filter(|_| resource.create_is_put);
            let name = put.and_then(|put| survey.routes[put].parameter(resource.depth - 1));
            let asked = name.map(|name| {
                Given::Input(format!("path{}", crate::value::Pointer::root().child(name)))
            });
            let find = |operation: Option<usize>, listed| {
                let told = best(survey, resource, operation?, listed)?;
                Some(Given::body(&told.pointer))
            };
            let created = asked.or_else(|| find(resource.create, false));
            let told = created.or_else(|| place_of(survey, resource));
            (told, find(resource.list, true))
        })
        .collect();
    for (resource, (id, listed)) in survey.resources.iter_mut().zip(ids) {
        (resource.id, resource.listed_id) = (id, listed);
    }
}

/// The `Location` of the answer, where its body tells nothing.
fn place_of(survey: &Survey<'_>, resource: &Resource) -> Option<Given> {
    super::location::promised(survey, resource).map(|(given, _)| given)
}

/// The path parameter at the end of a resource's path, as some operation takes it.
pub(super) fn parameter<'t, 's>(
    survey: &'t Survey<'s>,
    resource: &Resource,
) -> Option<&'t Taken<'s>> {
    survey.under(resource).find(|taken| taken.part == Part::Path(resource.depth - 1))
}

/// What an operation tells of how the thing is called.
fn best<'t, 's>(
    survey: &'t Survey<'s>,
    resource: &Resource,
    operation: usize,
    listed: bool,
) -> Option<&'t Told<'s>> {
    let wanted = words::words(&resource.parameter);
    let parameter = words::key(&wanted);
    let own_id = format!("{}id", resource.kind);
    let is_id = words::ends_in_id(&wanted);
    let bare = parameter.strip_suffix("id").filter(|bare| is_id && !bare.is_empty());
    let is_kind = |kind: &String| {
        !resource.kind.is_empty() && kind.ends_with(&resource.kind) || Some(&**kind) == bare
    };
    let scalar = parameter_scalar(survey, resource);
    let rank = |told: &Told<'_>| -> Option<(u8, u8, u8, usize)> {
        if told.listed != listed {
            return None;
        }
        let fit = told.scalar.fits(scalar, true)?;
        let kind = told.kinds.iter().any(is_kind);
        if told.depth > 1 && !(told.depth == 2 && kind) {
            return None;
        }
        let name = words::key(&told.words);
        let rank = match (is_id, &*name) {
            (_, name) if name != "id" && name == parameter => 0,
            (true, "id") if kind => 1,
            (true, name) if name == own_id => 2,
            (true, _) => return None,
            (false, "id") if parameter == resource.kind => 2,
            (false, "id") => return None,
            (false, name) if kind && parameter.ends_with(name) => 1,
            (false, name) if parameter == resource.kind && words::is_any(&words::NAMING, name) => 3,
            _ => return None,
        };
        let spelt = u8::from(told.name != resource.parameter);
        Some((rank, u8::from(fit < 1.0), spelt, told.depth))
    };
    let ranked = survey.told_by(operation).iter().filter_map(|told| Some((rank(told)?, told)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, told)| told)
}

fn parameter_scalar<'s>(survey: &Survey<'s>, resource: &Resource) -> Scalar<'s> {
    parameter(survey, resource).map_or(Scalar::TEXT, |taken| taken.scalar)
}
