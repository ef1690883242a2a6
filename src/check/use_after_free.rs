//! `use_after_free`: what was deleted is not served any more.

use std::sync::Arc;

use super::deed::{Act, Deed, deeds};
use super::served::is_served;
use super::{Check, Failure, FollowUp, Occasion, Severity, View, look};
use crate::case::{Call, Case, History, Label, nowhere};

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
- What never was there is served, too: the path names nothing that could be deleted.

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
        let looks = used.until(view).map(|case| look::after(view, case, used.seen.call));
        let nothing = nothing(view, used.seen.call).map(look::follow_up);
        looks.into_iter().chain(nothing).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some((deleted, used)) = used(view) else { return Vec::new() };
        let looks = further.first().and_then(|history| look::all(history));
        let served = looks.is_some_and(|looks| looks.into_iter().all(is_served));
        let nothing = further.get(1).and_then(|history| history.exchanges.last());
        if !served || nothing.is_some_and(is_served) {
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

/// The use of a thing that never was there; `None` where none can be named.
fn nothing(view: &View<'_>, used: &Call) -> Option<Case> {
    let mut call = Call { on: None, wait: None, want: None, saw: None, ..used.clone() };
    nowhere::put(view.service.operation(&used.operation)?, &mut call)?;
    call.references().is_empty().then(|| Case::of(view.service.name.clone(), call))
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

#[cfg(test)]
mod tests {
    use super::super::stage::{Asked, Serve, Stage, answer, described};
    use super::*;

    const STEPS: &str = r#"[{"id":"s1","call":"DELETE /labels/{id}","path":{"id":"a"}},
        {"id":"s2","call":"GET /labels/{id}","path":{"id":"a"}}]"#;

    /// Judges a deletion and a read where reads of the deleted thing, and those of others are answered so.
    fn judge(own: u16, others: u16) -> Vec<Failure> {
        let service = described(
            r#"{"/labels/{id}":{
                "parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],
                "get":{"responses":{"200":{"description":""}}},
                "delete":{"responses":{"204":{"description":""}}}}}"#,
        );
        let serve = move || -> Serve {
            Box::new(move |asked: &Asked| match (&*asked.method, asked.segment(1)) {
                ("DELETE", _) => answer(204, ""),
                (_, "a") => answer(own, r#"{"id":"a"}"#),
                _ => answer(others, r#"{"id":"b"}"#),
            })
        };
        Stage::of(service, serve).judge(&UseAfterFree, STEPS)
    }

    #[test]
    fn what_was_deleted_and_is_served_still_fails_at_the_use() {
        let found = judge(200, 404);
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].at, &*found[0].outcome), ("s2", "200 after delete"));
    }

    #[test]
    fn silent_for_what_is_gone_and_where_what_never_was_there_is_served_too() {
        assert!(judge(404, 404).is_empty());
        assert!(judge(200, 200).is_empty());
    }
}
