//! `collection_consistency`: a collection shows what is in it, once, and nothing else.

mod pages;

use std::sync::Arc;

use super::deed::{Act, Deed, Thing, deeds};
use super::leaves::leaves;
use super::listing::Listing;
use super::paging::Paging;
use super::served::{is_served, says_gone};
use super::{Check, Failure, FollowUp, Occasion, Severity, View, look};
use crate::case::{Body, Call, Case, History, Label};
use crate::value::Value;
use pages::Pages;

/// A collection shows what is in it, once, and nothing else.
#[derive(Clone, Copy, Debug)]
pub(super) struct CollectionConsistency;

const NAME: &str = "collection_consistency";

/// Looks at the list, and at the thing itself.
const LISTED: &str = "listed";
const OWN: &str = "own";

/// Parts of names of what lists filter by.
const STATES: [&str; 10] = [
    "status", "state", "stage", "phase", "visib", "draft", "publish", "approv", "expire", "deleted",
];

impl Check for CollectionConsistency {
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
        "a history in which things are made and listed; once per list and page size, the list of a \
         collection that the history made, in one page and in several"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

- What was made is in the list of its collection, where that shows all, and shows another thing that was
  made in the same way. Without such another thing it is a warning.
- What was deleted is not in the list any more.
- Pages neither lose nor repeat: of a collection that only this history knows, all pages together show
  what one large page shows, each thing once.

The list is looked at three times, with pauses, before the check fails.

## When it is silent

- The list is not all there is, or may not be: a full page, a next one, a greater total, a filter.
- A filter may be at work by default: no thing that was made with the same input is shown, and the list
  has other parameters than those of pages and order, or the thing has a state.
- The list is as long as a limit may be that nobody tells: 10, 20, 25, 50, 100.
- The thing was changed, or is not served by itself either. The deletion was answered 202.
- The list says of the thing that it is deleted.
- Pages of another size than was asked for; a whole that changes in between, or has no fixed order.
- Pages by a cursor that no member of the answer gives.

## How to mend the service

Let every page take the same total order, with the id as the last key to sort by, and count the offset
from what is shown, after all filters. Write the thing and what lists read in one transaction.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        let Some(trial) = trial(view) else { return Occasion::Never };
        let name = trial.list.seen.name();
        match trial.what {
            What::Deleted(..) | What::Missing(_, Some(_)) => Occasion::Suspicious(name.into()),
            What::Missing(_, None) => Occasion::once(format!("{name} made")),
            What::Pages(pages) => Occasion::once(format!("{name} {}", pages.size)),
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let case = trial(view).and_then(|trial| trial.case(view));
        case.map(|case| FollowUp { case, fresh_connection: true }).into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some(history) = further.first() else { return Vec::new() };
        let Some(trial) = trial(view) else { return Vec::new() };
        let looks = View::new(view.service, history, view.surroundings);
        let Some((severity, outcome, what)) = trial.fault(&looks) else { return Vec::new() };
        let why = format!("{} {what}", trial.list.seen.title());
        vec![Failure::new(NAME, trial.list.seen, severity, outcome, why)]
    }
}

/// A list, and what is to be seen about it.
struct Trial<'v, 'a> {
    list: Deed<'v, 'a>,
    what: What<'v, 'a>,
}

enum What<'v, 'a> {
    /// It shows what was made and deleted.
    Deleted(Deed<'v, 'a>, Deed<'v, 'a>),
    /// It does not show what was made; another thing made in the same way that it shows.
    Missing(Deed<'v, 'a>, Option<Deed<'v, 'a>>),
    /// It can be asked for in pages.
    Pages(Pages<'a>),
}

/// What a history tells of a thing that it made.
struct Made<'v, 'a> {
    deed: Deed<'v, 'a>,
    thing: Thing,
    deleted: Option<Deed<'v, 'a>>,
    /// Whether nothing but looks came after.
    untouched: bool,
}

/// The last list of a history, where it shows of a collection that the history put something into.
fn trial<'v, 'a>(view: &'v View<'a>) -> Option<Trial<'v, 'a>> {
    if view.seen().len() < 2 {
        return None;
    }
    let deeds = deeds(view);
    let lists = |deed: &&Deed<'_, '_>| {
        deed.act == Act::List && deed.seen.is_success() && deed.seen.exchange.label == Label::Valid
    };
    let list = *deeds.iter().rev().find(lists)?;
    let collection = list.collection()?;
    let before: Vec<_> = deeds.into_iter().filter(|deed| deed.index < list.index).collect();
    let all = made(&before, &collection);
    if all.is_empty() {
        return None;
    }
    let listing = Listing::of(list.seen, list.resource)?;
    let ids = listing.ids()?;
    let paging = Paging::of(list.seen.operation?);
    let is_listed = |made: &&Made<'_, '_>| ids.iter().any(|id| id == made.thing.id());
    if paging.asks_for_all(list.seen.call) {
        let shown = |made: &Made<'v, 'a>| {
            let gone = listing.item(made.thing.id()).is_none_or(says_gone);
            made.deleted.filter(|_| !gone).map(|deleted| What::Deleted(made.deed, deleted))
        };
        if let Some(what) = all.iter().find_map(shown) {
            return Some(Trial { list, what });
        }
    }
    let alike = |made: &&Made<'_, '_>| {
        let (own, asked) = (made.deed.seen, list.seen);
        made.untouched
            && own.exchange.label == Label::Valid
            && own.exchange.status() != Some(202)
            && view.surroundings.caller(&own.call.auth)
                == view.surroundings.caller(&asked.call.auth)
            && own.call.headers.iter().all(|field| {
                asked.call.headers.iter().all(|other| field.0 != other.0 || field.1 == other.1)
            })
    };
    let count = all.iter().filter(|made| made.deleted.is_none()).count();
    let size = paging.size_of(list.seen.call);
    // What does not fit a page by rights may not be on it.
    if size.is_none_or(|size| size > count)
        && paging.is_whole(list.seen, &listing)
        && let Some(missing) = all.iter().filter(alike).find(|made| !is_listed(made))
    {
        let same =
            |made: &&Made<'_, '_>| is_sent_alike(made.deed.seen.call, missing.deed.seen.call);
        let another = all.iter().filter(alike).filter(is_listed).find(same).map(|made| made.deed);
        if another.is_some() || !paging.filters && !has_state(&missing.deed) {
            return Some(Trial { list, what: What::Missing(missing.deed, another) });
        }
    }
    let own =
        before.iter().any(|deed| deed.made().is_some_and(|thing| collection.is_under(&thing)));
    let pages = Pages::of(&paging, list.seen.call, &listing, count).filter(|_| own)?;
    Some(Trial { list, what: What::Pages(pages) })
}

/// What calls made in a collection, each thing once.
fn made<'v, 'a>(deeds: &[Deed<'v, 'a>], collection: &Thing) -> Vec<Made<'v, 'a>> {
    let mut all: Vec<Made<'v, 'a>> = Vec::new();
    for deed in deeds {
        if let Some(thing) = deed.made().filter(|_| deed.collection().as_ref() == Some(collection))
        {
            all.retain(|made| made.thing != thing);
            all.push(Made { deed: *deed, thing, deleted: None, untouched: true });
        } else if let Some(thing) = deed.thing()
            && let Some(made) = all.iter_mut().find(|made| made.thing == thing)
        {
            made.untouched &= deed.act == Act::Read;
            made.deleted = Some(*deed).filter(Deed::deletes).or(made.deleted);
        }
    }
    all
}

/// Whether two calls ask for the same, but for what is new in each or taken from an answer.
fn is_sent_alike(one: &Call, other: &Call) -> bool {
    let body = |call: &Call| call.body.as_ref().and_then(Body::value).map_or(Value::Null, plain);
    let query = |call: &Call| -> Vec<_> {
        call.query.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
    };
    one.operation == other.operation && query(one) == query(other) && body(one) == body(other)
}

/// The value without what only an execution knows.
fn plain(value: &Value) -> Value {
    match value {
        Value::Symbol(_) => Value::Null,
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        value => value.clone(),
    }
}

/// Whether what was made has a state by which lists may leave it out.
fn has_state(made: &Deed<'_, '_>) -> bool {
    made.seen.json().is_none_or(|answer| {
        leaves(answer).iter().any(|(place, leaf)| {
            let name = place.tokens().last().map(|name| name.lossy().to_ascii_lowercase());
            let name = name.unwrap_or_default();
            leaf.as_bool().is_some() || STATES.iter().any(|word| name.contains(word))
        })
    })
}

impl Trial<'_, '_> {
    fn case(&self, view: &View<'_>) -> Option<Case> {
        let mut case = self.list.until(view)?;
        let call = self.list.seen.call;
        match &self.what {
            What::Deleted(..) => look::add(view, &mut case, call, LISTED),
            What::Missing(made, _) => {
                if let Some(own) = made.read(view, OWN) {
                    look::add(view, &mut case, &own, OWN);
                }
                look::add(view, &mut case, call, LISTED);
            }
            What::Pages(pages) => {
                case.steps.pop();
                pages.ask(view, &mut case, call)?;
            }
        }
        Some(case)
    }

    /// What the looks of the follow-up show: how bad it is, its class, and what the list does.
    fn fault(&self, looks: &View<'_>) -> Option<(Severity, &'static str, String)> {
        let status = self.list.seen.exchange.status().unwrap_or_default();
        match &self.what {
            What::Pages(pages) => {
                let (outcome, what) = pages.fault(looks, self.list.resource)?;
                Some((Severity::Error, outcome, what))
            }
            What::Deleted(made, deleted) => {
                let thing = thing_of(looks, made)?;
                let done = deeds(looks).into_iter().any(|deed| {
                    deed.seen.call.id == deleted.seen.call.id
                        && deed.deletes()
                        && deed.thing().as_ref() == Some(&thing)
                });
                let shown = |listing: &Listing<'_>| {
                    listing.item(thing.id()).is_some_and(|item| !says_gone(item))
                };
                let title = deleted.seen.title();
                let what = format!("answers {status} and still shows what {title} deleted");
                let fails = done && self.listings(looks)?.iter().all(shown);
                fails.then_some((Severity::Error, "deleted and listed", what))
            }
            What::Missing(made, another) => {
                let thing = thing_of(looks, made)?;
                let another = match another {
                    Some(another) => Some(thing_of(looks, another)?),
                    None => None,
                };
                let served = self.list.resource.read.is_none()
                    || look::three(looks, OWN).is_some_and(|[.., own]| is_served(own.exchange));
                let seen = look::three(looks, LISTED)?;
                let paging = Paging::of(self.list.seen.operation?);
                let missing = self.listings(looks)?.iter().zip(seen).all(|(listing, seen)| {
                    let shows = |thing: &Thing| listing.item(thing.id()).is_some();
                    paging.is_whole(seen, listing)
                        && !shows(&thing)
                        && another.as_ref().is_none_or(shows)
                });
                let title = made.seen.title();
                let (severity, what) = match another {
                    Some(_) => (
                        Severity::Error,
                        format!(
                            "answers {status} and shows one thing, but not another, that {title} made"
                        ),
                    ),
                    None => (
                        Severity::Warning,
                        format!("answers {status} and does not show what {title} made"),
                    ),
                };
                (served && missing).then_some((severity, "made and not listed", what))
            }
        }
    }

    /// What the looks at the list show.
    fn listings<'v>(&self, looks: &'v View<'_>) -> Option<Vec<Listing<'v>>> {
        let seen = look::three(looks, LISTED)?;
        seen.into_iter().map(|seen| Listing::of(seen, self.list.resource)).collect()
    }
}

/// The thing that a call made in the history of a follow-up.
fn thing_of(looks: &View<'_>, made: &Deed<'_, '_>) -> Option<Thing> {
    let same = |deed: &Deed<'_, '_>| deed.seen.call.id == made.seen.call.id;
    deeds(looks).into_iter().find(same)?.made()
}

#[cfg(test)]
mod tests;
