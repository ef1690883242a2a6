//! `partial_write_visible`: a write that was broken off is done in whole or not at all.

use std::sync::Arc;
use std::time::Duration;

use super::deed::{self, Act, Deed, deeds};
use super::response_schema_conformance::{breaches, keyword_paths};
use super::{
    Check, Failure, FollowUp, Occasion, Seen, Severity, View, akin, content, look, own, wording,
};
use crate::case::{self, Call, Deviation, History, Label, Step};

/// A write that was broken off is done in whole or not at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartialWriteVisible;

const NAME: &str = "partial_write_visible";

/// Nobody waits for the answer to what is broken off: so long the service may take to notice.
const NOTICED: Duration = Duration::from_millis(20);

const MUST: &str = "what is broken off must be done in whole or not at all";

impl Check for PartialWriteVisible {
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
        "a valid write, however it is framed, that we break off; once per operation, way and place, the \
         history again with looks before and after it, and once more with the write in whole"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A write whose request was cut short, or whose sender went away, leaves the state before it or the whole
state after it, nothing between. The history runs again with a look before and looks after the write; and
once more with the write in whole, to see what that does. It fails when afterwards

- some members of the thing are as the broken-off write gave them and others as before, all of which the
  whole write sets; or
- the thing, or the list that a new one would be in, shows more that its schema forbids than before, and
  does not after the write in whole.

## When it is silent

- The write in whole is not accepted, or does not show afterwards.
- A write that changes something: the thing was not made by an earlier call of the same history.
- A look is refused, or the write in whole makes it show more that its schema forbids, too.
- Members that the whole write does not set either: the server's own, normalised or ignored ones.
- The last look is as before or as after the whole write: it counts, so that what takes a moment may.

## How to mend the service

Read the whole body before you store anything, compare its length with `Content-Length`, and refuse what is
short. Write everything that one request changes in one transaction, so that a client which goes away in the
middle leaves nothing half done.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        broken_off(view).map_or(Occasion::Never, |broken| Occasion::once(broken.key()))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        broken_off(view).and_then(|broken| broken.follow_ups(view)).unwrap_or_default()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let [broken, whole] = further else { return Vec::new() };
        let [broken, whole] =
            [broken, whole].map(|history| View::new(view.service, history, view.surroundings));
        broken_off(view).and_then(|own| own.between(&broken, &whole)).into_iter().collect()
    }
}

/// A write that was broken off.
struct Broken<'v, 'a> {
    write: Deed<'v, 'a>,
    /// The call that shows what it does.
    read: Call,
}

/// The last write of a history that we broke off.
fn broken_off<'v, 'a>(view: &'v View<'a>) -> Option<Broken<'v, 'a>> {
    let mut seen = view.seen().iter().enumerate().rev();
    let (index, seen) = seen.find(|(_, seen)| seen.is_disturbed())?;
    let writes = seen.operation.is_some_and(|operation| !operation.is_safe());
    let is_valid = seen.exchange.label == Label::Valid || is_only_framed(seen.call);
    if !writes || !is_valid {
        return None;
    }
    let write = deed::of(view, index, seen)?;
    let read = match write.act {
        Act::Create => write.then(view, write.resource.list?, look::NAME)?,
        act if act.changes() => {
            own::maker(&deeds(view), index, &write.thing()?)?.read(view, look::NAME)?
        }
        _ => return None,
    };
    Some(Broken { write, read })
}

/// Ways to frame a valid body that are as valid (RFC 9112, section 7.1; RFC 9110, section 10.1.1).
const FRAMINGS: [&str; 2] = ["chunked", "expect"];

/// Whether what is sent is valid, and only framed in another way.
fn is_only_framed(call: &Call) -> bool {
    let is_framing =
        |own: &Deviation| own.at.is_none() && FRAMINGS.iter().any(|known| own.rule == *known);
    !call.deviations.is_empty() && call.deviations.iter().all(is_framing)
}

impl Broken<'_, '_> {
    /// What of an operation is tried once: a way to break it off, and where, and how it is framed.
    fn key(&self) -> String {
        let seen = self.write.seen;
        let framings = seen.call.deviations.iter().map(|framing| format!(" {}", framing.rule));
        format!("{} {}{}", seen.name(), seen.bends(), framings.collect::<String>())
    }

    /// The history up to the write with looks around it, as it was broken off and in whole.
    fn follow_ups(&self, view: &View<'_>) -> Option<Vec<FollowUp>> {
        let mut case = self.write.until(view)?;
        let write = case.steps.pop()?;
        look::add_quick(&mut case, &self.read, look::BEFORE, 1);
        let with = |write: Step| {
            let mut case = case.clone();
            case.steps.push(write);
            let at = case.steps.len();
            let mut further = look::after(view, case, &self.read);
            if let Some(Step::Call(look)) = further.case.steps.get_mut(at) {
                look.wait = Some(NOTICED);
            }
            further
        };
        let whole = match &write {
            Step::Call(call) => Step::Call(Call { perturb: Vec::new(), ..call.clone() }),
            Step::Together(_) => return None,
        };
        Some(vec![with(write), with(whole)])
    }

    /// What is seen of the write that is neither nothing nor all of it.
    fn between(&self, broken: &View<'_>, whole: &View<'_>) -> Option<Failure> {
        let id = &self.write.seen.exchange.call;
        let whole_write = whole.call(id).filter(|write| write.is_success())?;
        let first = |view| look::last_shown(view, look::BEFORE);
        let last = |view| look::last_shown(view, look::NAME);
        let (before, after) = (first(broken)?, last(broken)?);
        let (whole_before, whole_after) = (first(whole)?, last(whole)?);
        let fail = |what: String| {
            let why = format!("{}, and yet {what} afterwards; {MUST}", self.told());
            Failure::new(NAME, self.write.seen, Severity::Error, "partial", why)
        };
        // What broke before stays broken: this very history, when it ran first, may have done it.
        let [old, new, whole_old, whole_new] =
            [before, after, whole_before, whole_after].map(breaches);
        if new.len() > old.len() && whole_new.len() <= whole_old.len() {
            let what = format!("{} shows what its schema forbids", after.title());
            return Some(fail(what).saying(keyword_paths(&new)));
        }
        // A list holds what others make, too.
        if self.write.act == Act::Create {
            return None;
        }
        let given = content::written(self.write.seen)?;
        let given_whole = content::written(whole_write)?;
        let (mut done, mut kept) = (None, None);
        for (at, given) in content::members(&given) {
            let shown = |look: &'_ Seen<'_>| content::shown(look.json()?, &at).cloned();
            let (old, new) = (shown(before), shown(after));
            let sets = at.find(&given_whole).is_some_and(|given| {
                akin::akin(given, shown(whole_after).as_ref())
                    && !akin::akin(given, shown(whole_before).as_ref())
            });
            if !sets || akin::akin(given, old.as_ref()) {
                continue;
            }
            if akin::akin(given, new.as_ref()) {
                done.get_or_insert((at, new));
            } else if content::same(old.as_ref(), new.as_ref()) {
                kept.get_or_insert((at, old));
            }
        }
        let ((done, value), (kept, old)) = (done?, kept?);
        let place = |at| case::place(content::part(self.write.seen), at);
        let shown =
            |value: Option<_>| value.as_ref().map_or_else(|| "nothing".to_owned(), wording::short);
        Some(fail(format!(
            "{} is {} as it gave it, but {} still {}",
            place(&done),
            shown(value),
            place(&kept),
            shown(old)
        )))
    }

    /// What was sent, and how it was broken off.
    fn told(&self) -> String {
        format!("{} is {}", self.write.seen.title(), self.write.seen.bends())
    }
}

#[cfg(test)]
mod tests;
