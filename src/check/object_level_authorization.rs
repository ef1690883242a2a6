//! `object_level_authorization`: what one isolated identity made is out of reach for another.

use std::sync::Arc;

use super::deed::{Act, Deed, Thing, deeds, maker, text_of};
use super::leaves::leaves;
use super::listing::Listing;
use super::served::{is_served, says_gone};
use super::{
    Check, Failure, FollowUp, Occasion, Seen, Severity, View, ignored_auth, look, volatile,
};
use crate::case::{Auth, Call, Case, History, Label, Step};
use crate::value::{Pointer, Value};

/// What one isolated identity made is out of reach for another.
#[derive(Clone, Copy, Debug)]
pub(super) struct ObjectLevelAuthorization;

const NAME: &str = "object_level_authorization";

/// Looks by the owner before and after the call.
const BEFORE: &str = "before";
const AFTER: &str = "after";

/// Parts of names by which calls, and members of their bodies, give others access.
const GIVING: [&str; 15] = [
    "share",
    "member",
    "invit",
    "collab",
    "permission",
    "grant",
    "access",
    "acl",
    "transfer",
    "assign",
    "publish",
    "visib",
    "owner",
    "participant",
    "role",
];

impl Check for ObjectLevelAuthorization {
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
        "two identities with `isolated = true`, and a history in which one uses what the other made"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

What one isolated identity made cannot be read, listed, changed or deleted by another (OWASP API1:2023,
broken object level authorization). The owner looks at the thing as well: the other is served what the
owner sees, or the owner finds the thing changed, or gone.

## When it is silent

- One of the two is not declared isolated in phi-fuzz.toml, or they are the same.
- The call does the same without credentials: the thing is public. Where the document requires
  credentials, that is a matter of `ignored_auth`.
- The thing says that it is public or shared, or its owner has given it to someone: shared, assigned,
  transferred.
- The other made the thing again, under the same name.
- The answer is the other's own view: an empty list, `null`, a stub, another thing of the same name.
- The owner sees no effect: a deletion answered 204 of what the caller cannot see deletes nothing.

## How to mend the service

Look things up together with their owner, in one place for all methods: `where id = ? and owner = ?`.
Answer 404 (or 403) where that finds nothing, and let lists take the same condition.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        let Some(trespass) = trespass(view) else { return Occasion::Never };
        let who = format!("{} as {}", trespass.used.seen.name(), trespass.other);
        // What is public is read by others all the time.
        if trespass.is_safe() { Occasion::once(who) } else { Occasion::Suspicious(who.into()) }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some(trespass) = trespass(view) else { return Vec::new() };
        let both = [false, true].map(|bare| trespass.told_by_owner(view, bare));
        let both: Option<Vec<Case>> = both.into_iter().collect();
        let fresh = |case| FollowUp { case, fresh_connection: true };
        both.unwrap_or_default().into_iter().map(fresh).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let [theirs, anyones] = further else { return Vec::new() };
        let Some(trespass) = trespass(view) else { return Vec::new() };
        let reached =
            |history| trespass.reaches(&View::new(view.service, history, view.surroundings));
        if reached(theirs) != Some(true) || reached(anyones) != Some(false) {
            return Vec::new();
        }
        let Trespass { made, used, owner, other } = trespass;
        let (did, outcome) = match used.act {
            Act::List => ("lists", "listed for another"),
            Act::Delete => ("deletes", "deleted by another"),
            _ if trespass.is_safe() => ("shows", "read by another"),
            _ => ("changes", "changed by another"),
        };
        let why = format!(
            "{} answers {other} {} and {did} what {owner} made ({}); they are isolated from each other",
            used.seen.title(),
            used.seen.exchange.status().unwrap_or_default(),
            made.seen.title(),
        );
        let want: &[&str] = if used.act == Act::List { &[] } else { &["403", "404"] };
        let failure = Failure::new(NAME, used.seen, Severity::Error, outcome, why);
        vec![failure.wanting(want.iter().copied())]
    }
}

/// A call by one isolated identity on what another made.
#[derive(Clone, Copy, Debug)]
struct Trespass<'v, 'a> {
    made: Deed<'v, 'a>,
    used: Deed<'v, 'a>,
    owner: &'a str,
    other: &'a str,
}

/// The last such call of a history that was answered 2xx.
fn trespass<'v, 'a>(view: &'v View<'a>) -> Option<Trespass<'v, 'a>> {
    let callers = &view.surroundings.callers;
    if view.seen().len() < 2 || callers.iter().filter(|caller| caller.isolated).count() < 2 {
        return None;
    }
    let deeds = deeds(view);
    deeds.iter().rev().find_map(|used| {
        let other = isolated(view, used).filter(|_| is_worth_a_look(used))?;
        let made = match used.act {
            Act::Create => None,
            Act::List => deeds.iter().rev().find(|made| is_listed(made, used)),
            _ => maker(&deeds, &used.thing()?, used.index),
        }?;
        let owner = isolated(view, made).filter(|owner| *owner != other)?;
        let shared = says_shared(made.seen.call.body.as_ref().and_then(|body| body.value()))
            || says_shared(made.seen.json())
            || says_shared(used.seen.json())
            || is_given(view, made, used, other);
        (!shared).then_some(Trespass { made: *made, used: *used, owner, other })
    })
}

/// The name of who made a call, where that is declared isolated.
fn isolated<'a>(view: &View<'a>, deed: &Deed<'_, 'a>) -> Option<&'a str> {
    let caller = view.surroundings.caller(&deed.seen.call.auth)?;
    caller.isolated.then_some(&*caller.name)
}

/// Whether a call was accepted, and what it shows is not nothing.
fn is_worth_a_look(used: &Deed<'_, '_>) -> bool {
    let seen = used.seen;
    let shown = || match seen.json() {
        Some(json) => !says_gone(json),
        None => seen.answer().is_some_and(|answer| !answer.body.is_empty()),
    };
    seen.exchange.label == Label::Valid
        && seen.is_success()
        && !matches!(seen.method(), "HEAD" | "OPTIONS" | "TRACE")
        && (!is_safe(seen) || shown())
}

fn is_safe(seen: &Seen<'_>) -> bool {
    seen.operation.is_some_and(crate::spec::Operation::is_safe)
}

/// Whether a list shows what a call before it made.
fn is_listed(made: &Deed<'_, '_>, list: &Deed<'_, '_>) -> bool {
    let shows = |thing: Thing| Listing::of(list.seen, list.resource)?.item(thing.id()).map(|_| ());
    made.index < list.index
        && made.collection() == list.collection()
        && made.made().and_then(shows).is_some()
}

/// Whether an answer or a body says that a thing is for others, too.
fn says_shared(value: Option<&Value>) -> bool {
    let Some(value) = value else { return false };
    leaves(value).iter().any(|(place, leaf)| {
        let name = place.tokens().iter().rev().find_map(|token| {
            let name = token.as_str()?.to_ascii_lowercase().replace(['_', '-'], "");
            (!name.bytes().all(|octet| octet.is_ascii_digit())).then_some(name)
        });
        let text = leaf.as_str().map(str::to_ascii_lowercase);
        match name.as_deref().unwrap_or_default() {
            "public" | "ispublic" | "shared" | "isshared" | "published" | "ispublished" => {
                !matches!(leaf, Value::Null | Value::Bool(false))
            }
            "private" | "isprivate" => *leaf == &Value::Bool(false),
            "visibility" | "access" | "accesslevel" | "audience" | "scope" | "sharing" => {
                text.is_some_and(|text| !matches!(&*text, "" | "private" | "owner" | "none" | "me"))
            }
            "sharedwith" | "collaborators" | "viewers" | "editors" | "readers" | "grants" => {
                !leaf.as_array().is_some_and(<[Value]>::is_empty) && **leaf != Value::Null
            }
            _ => false,
        }
    })
}

/// Whether a call between the two gives the thing to others: by what it is called, or by what it sends.
fn is_given(view: &View<'_>, made: &Deed<'_, '_>, used: &Deed<'_, '_>, other: &str) -> bool {
    let between = view.seen().get(made.index..used.index).unwrap_or_default();
    between.iter().enumerate().any(|(at, seen)| {
        let body = seen.call.body.as_ref().and_then(|body| body.value());
        let sent = body.map(leaves).unwrap_or_default();
        let gives = |name: &str| {
            let name = name.to_ascii_lowercase();
            GIVING.iter().any(|word| name.contains(word))
        };
        let keys = sent.iter().flat_map(|(place, _)| place.tokens()).filter_map(|key| key.as_str());
        seen.is_success()
            && !is_safe(seen)
            && (at > 0 && (gives(seen.name()) || keys.into_iter().any(gives))
                || sent.iter().any(|(_, leaf)| leaf.as_str() == Some(other)))
    })
}

impl Trespass<'_, '_> {
    fn is_safe(&self) -> bool {
        is_safe(self.used.seen)
    }

    /// The case up to the call, without credentials where `bare` says so, with looks by the owner: at
    /// what the other was shown, or at the thing before and after.
    fn told_by_owner(&self, view: &View<'_>, bare: bool) -> Option<Case> {
        let mut case = self.used.until(view)?;
        let Some(Step::Call(mut call)) = case.steps.pop() else { return None };
        let own = if self.is_safe() {
            Call { auth: self.made.seen.call.auth.clone(), ..call.clone() }
        } else {
            let own = self.made.read(view, AFTER)?;
            look::add(view, &mut case, &own, BEFORE);
            own
        };
        if bare {
            ignored_auth::strip(view.service, &mut call, Auth::None);
        }
        case.steps.push(Step::Call(call));
        look::add(view, &mut case, &own, AFTER);
        Some(case)
    }

    /// Whether the call reached what the owner made, in the history of a follow-up; `None` where that
    /// cannot be told.
    fn reaches(&self, view: &View<'_>) -> Option<bool> {
        let used = view.call(&self.used.seen.exchange.call)?;
        used.answer()?;
        if !used.is_success() {
            return Some(false);
        }
        let deeds = deeds(view);
        let made = deeds.iter().find(|deed| deed.seen.call.id == self.made.seen.call.id)?;
        let thing = made.made()?;
        let id = thing.id();
        let [_, again, own] = look::three(view, AFTER)?;
        Some(match self.used.act {
            Act::List => {
                let item = |seen| Listing::of(seen, self.used.resource)?.item(id);
                match (item(used), item(own), item(again)) {
                    (Some(item), Some(own), Some(again)) => shows(item, own, again, id),
                    _ => false,
                }
            }
            _ if self.is_safe() => match (used.json(), own.json(), again.json()) {
                (Some(answer), Some(own), Some(again)) => shows(answer, own, again, id),
                (None, None, _) => {
                    let (answer, own) = (used.answer()?, own.answer()?);
                    own.status == answer.status && own.body == answer.body && !own.body.is_empty()
                }
                _ => false,
            },
            act => {
                let [_, once, before] = look::three(view, BEFORE)?;
                if !is_served(before.exchange) {
                    return None;
                }
                let gone = !is_served(own.exchange) && !is_served(again.exchange);
                gone || act != Act::Delete && has_changed(once, before, own)
                    || act.changes() && !self.made.resource.create_is_put && {
                        let all = used.json().zip(own.json()).zip(again.json());
                        all.is_some_and(|((answer, own), again)| shows(answer, own, again, id))
                    }
            }
        })
    }
}

/// Whether a thing is another than before, less what changes by itself.
fn has_changed(once: &Seen<'_>, before: &Seen<'_>, after: &Seen<'_>) -> bool {
    let (Some(once), Some(before), Some(after)) = (once.json(), before.json(), after.json()) else {
        return false;
    };
    !volatile::equal(before, after, &volatile::places(once, before))
}

/// Whether an answer shows a thing as its owner sees it: most of its texts and numbers, less its id,
/// which the other asked for, and what changes by itself.
fn shows(answer: &Value, own: &Value, again: &Value, id: &str) -> bool {
    let (answer, own, again) = match (of(answer, id), of(own, id), of(again, id)) {
        (Some(answer), Some(own), Some(again)) => (answer, own, again),
        // What does not tell its id is compared as a whole.
        (None, None, None) => (answer, own, again),
        _ => return false,
    };
    let volatile = volatile::places(own, again);
    let mut leaves = leaves(own);
    leaves.retain(|(place, leaf)| {
        text_of(leaf).as_deref() != Some(id) && !volatile.iter().any(|own| own.contains(place))
    });
    let tells = |leaf: &Value| match leaf {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) | Value::Bytes(_) => true,
        _ => false,
    };
    if leaves.iter().any(|(_, leaf)| tells(leaf)) {
        leaves.retain(|(_, leaf)| tells(leaf));
    }
    let alike = |(place, leaf): &&(Pointer, &Value)| {
        place.find(answer).is_some_and(|other| other.same(leaf))
    };
    leaves.iter().filter(alike).count() * 2 > leaves.len()
}

/// The object in an answer that is the thing of this id.
fn of<'v>(answer: &'v Value, id: &str) -> Option<&'v Value> {
    let at = leaves(answer).into_iter().find(|(_, leaf)| text_of(leaf).as_deref() == Some(id))?.0;
    let mut parent = at;
    parent.pop();
    parent.find(answer).filter(|parent| parent.as_object().is_some())
}

#[cfg(test)]
mod tests;
