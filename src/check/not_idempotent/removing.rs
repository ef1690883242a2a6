//! DELETE, twice.

use super::super::deed::Deed;
use super::super::{Failure, FollowUp, Seen, Severity, View, look, wording};
use super::{NAME, replacing};
use crate::spec::graph::Given;
use crate::value::{Pointer, Source, Value};

/// The history up to the DELETE, looks at the list of all, the DELETE again, looks.
pub(super) fn follow_up(view: &View<'_>, delete: &Deed<'_, '_>) -> Option<FollowUp> {
    delete.resource.listed_id.as_ref()?;
    let list = delete.then(view, delete.resource.list?, look::NAME)?;
    let mut case = delete.until(view)?;
    look::add(view, &mut case, &list, look::BEFORE);
    case.steps.push(replacing::again(delete));
    look::add(view, &mut case, &list, look::NAME);
    Some(look::follow_up(case))
}

pub(super) fn judge(again: &View<'_>, delete: &Deed<'_, '_>) -> Option<Vec<Failure>> {
    let Given::Answer { source: Source::Body(at), matching: None } =
        delete.resource.listed_id.as_ref()?
    else {
        return None;
    };
    let ids = |name: &str| -> Option<Vec<Vec<Value>>> {
        look::named(again, name)?.iter().map(|look| listed(look, at)).collect()
    };
    let (before, after) = (ids(look::BEFORE)?, ids(look::NAME)?);
    let (first, others) = before.split_first()?;
    // What is in the list at any look is there.
    let missing = first.iter().find(|id| {
        others.iter().all(|ids| ids.contains(id)) && !after.iter().any(|ids| ids.contains(id))
    });
    let seen = delete.seen;
    let failure = missing.map(|id| {
        let why = format!(
            "{} the second time takes {} out of the list, which is another thing; DELETE is to be idempotent",
            seen.title(),
            wording::short(id),
        );
        Failure::new(NAME, seen, Severity::Error, "another vanished", why)
    });
    Some(failure.into_iter().collect())
}

/// The ids in a list; `at` is the place of the first one's.
fn listed(look: &Seen<'_>, at: &Pointer) -> Option<Vec<Value>> {
    let tokens = at.tokens();
    let element = tokens.iter().position(|token| *token == "0")?;
    let (list, id) = (tokens.get(..element)?, tokens.get(element + 1..)?);
    let body = look.json().filter(|_| look.is_success())?;
    let list = list.iter().cloned().collect::<Pointer>().find(body)?.as_array()?;
    let id: Pointer = id.iter().cloned().collect();
    Some(list.iter().filter_map(|item| id.find(item).cloned()).collect())
}
