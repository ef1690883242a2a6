//! Edges into bodies, queries and headers that carry the identity of another thing: `customer_id`,
//! `product`, `parent`.

use super::survey::{Part, Survey, Taken};
use super::tally::Tally;
use super::{Why, words};

/// Belief by how much the names have in common.
const WITH_KIND: f64 = 0.6;
const TELLING: f64 = 0.5;
const OF_KIND: f64 = 0.4;

pub(super) fn find(survey: &Survey<'_>, tally: &mut Tally<'_, '_>) {
    for taken in survey.taken.iter().filter(|taken| !matches!(taken.part, Part::Path(_))) {
        if nested(survey, taken, tally) {
            continue;
        }
        let mut offer = |key: &str, belief| tally.offer(taken, key, &Why::Foreign, belief);
        let name = words::key(&taken.words);
        if taken.words == ["id"] {
            // At the root of a body it is the caller's choice, or repeats the path.
            if matches!(taken.part, Part::Beside) || matches!(taken.part, Part::Body(2..)) {
                for kind in &taken.kinds {
                    offer(&format!("{kind}id"), WITH_KIND);
                }
            }
        } else if words::ends_in_id(&taken.words) {
            if !offer(&name, WITH_KIND) {
                super::names::ends(taken, &mut offer);
            }
        } else if taken.words.len() > 1
            && taken.words.last().is_some_and(|word| words::is_any(&words::NAMING, word))
        {
            named(survey, taken, &name, &mut offer);
        } else if taken.scalar.is_telling() {
            offer(&format!("{name}id"), TELLING);
        } else if !is_setting(&name) {
            tally.offer_own(taken, &format!("{name}id"), &Why::Foreign, OF_KIND);
        }
    }
}

/// Words that name things in paths, and mostly something else in texts: `?order=asc`.
fn is_setting(name: &str) -> bool {
    const SETTINGS: [&str; 30] = [
        "order",
        "sort",
        "type",
        "status",
        "state",
        "token",
        "format",
        "version",
        "page",
        "filter",
        "search",
        "query",
        "field",
        "cursor",
        "action",
        "text",
        "title",
        "description",
        "label",
        "note",
        "comment",
        "message",
        "url",
        "email",
        "address",
        "phone",
        "country",
        "currency",
        "language",
        "name",
    ];
    words::is_any(&SETTINGS, name)
}

/// `product_sku` ← `Product.sku`; not where the kind is the one that is being written.
fn named(
    survey: &Survey<'_>,
    taken: &Taken<'_>,
    name: &str,
    offer: &mut dyn FnMut(&str, f64) -> bool,
) {
    let of_other = survey.named(name).any(|(told, own)| {
        own && told
            .kinds
            .iter()
            .any(|kind| name.starts_with(&**kind) && !taken.kinds.contains(kind))
    });
    if of_other {
        offer(name, TELLING);
    }
}

/// `parent` and `parent_id`: another of the same kind. Gives whether that is so.
fn nested(survey: &Survey<'_>, taken: &Taken<'_>, tally: &mut Tally<'_, '_>) -> bool {
    let parent = matches!(&taken.words[..], [word] if word == "parent")
        || matches!(&taken.words[..], [word, id] if word == "parent" && id == "id");
    if !parent {
        return false;
    }
    let own = survey.routes[taken.operation].segments.len().checked_sub(1);
    let Some(kind) = own.and_then(|last| survey.routes[taken.operation].kind(last)) else {
        return true;
    };
    tally.allow_circle(taken.operation, &taken.place);
    tally.offer(taken, &format!("{kind}id"), &Why::Foreign, TELLING);
    true
}
