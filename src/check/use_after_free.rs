//! `use_after_free`: what was deleted is not served any more.

use std::sync::Arc;

use super::deed::{Act, Deed, deeds};
use super::served::is_served;
use super::{Check, Failure, FollowUp, Occasion, Severity, View, look};
use crate::case::{History, Label};

/// What was deleted is not served any more.
#[derive(Clone, Copy, Debug)]
pub(super) struct UseAfterFree;

const NAME: &str = "use_after_free";

impl Check for UseAfterFree {
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
        "a history in which a thing is deleted and used"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

After a thing was deleted (2xx) it is not served any more: showing or changing it is answered with 404,
410 or another refusal. It is looked at three times, with pauses, before the check fails.

## When it is silent

- The deletion was answered 202: it happens later. Or it was refused.
- The answer says that the thing is gone: `\"state\": \"deleted\"`, `deleted_at`, an empty body.
- The thing was made again in between, under the same name.
- It is gone at one of the looks: deletions may take a moment (`settle` in phi-fuzz.toml).
- A cache in front of the service answers (`Age`, `X-Cache: HIT`).

## How to mend the service

Look the thing up in the same place for reading, changing and deleting. Where deletion only marks it, let
every query leave out what is marked, or say in the answer that it is deleted. Take it out of caches.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        match used(view) {
            Some((_, used)) => Occasion::Suspicious(used.seen.name().into()),
            None => Occasion::Never,
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some((_, used)) = used(view) else { return Vec::new() };
        let case = used.until(view);
        case.map(|case| look::after(view, case, used.seen.call)).into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some((deleted, used)) = used(view) else { return Vec::new() };
        let looks = further.first().and_then(|history| look::all(history));
        let served = looks.is_some_and(|looks| looks.into_iter().all(is_served));
        if !served {
            return Vec::new();
        }
        let (status, seen) = (used.seen.exchange.status().unwrap_or_default(), used.seen);
        let why = format!(
            "{} answers {status} for what {} deleted ({}); it should answer 404 or 410",
            seen.title(),
            deleted.seen.title(),
            deleted.seen.exchange.status().unwrap_or_default(),
        );
        let outcome = format!("{} after delete", status / 100 * 100);
        vec![Failure::new(NAME, seen, Severity::Error, outcome, why).wanting(["404", "410"])]
    }
}

/// The first use of a thing that was deleted before, with the deletion.
fn used<'v, 'a>(view: &'v View<'a>) -> Option<(Deed<'v, 'a>, Deed<'v, 'a>)> {
    if view.seen().len() < 2 {
        return None;
    }
    let deeds = deeds(view);
    let mut deleted: Option<Deed<'v, 'a>> = None;
    for deed in deeds {
        let Some(thing) = deed.thing() else { continue };
        let own = deleted.filter(|deleted| deleted.thing().as_ref() == Some(&thing));
        match (deed.act, own) {
            (Act::Delete, _) if deed.deletes() => deleted = Some(deed),
            // Putting something there makes another thing of the same name.
            (Act::Create, Some(_)) => deleted = None,
            (Act::Replace, Some(_)) if deed.resource.create_is_put => deleted = None,
            (Act::Read | Act::Replace | Act::Update | Act::Other, Some(own))
                if deed.seen.exchange.label == Label::Valid && is_served(deed.seen.exchange) =>
            {
                return Some((own, deed));
            }
            _ => {}
        }
    }
    None
}
