//! `not_idempotent`: to do a thing twice is to do it once, and to look at it is to do nothing.

mod looking;
mod removing;
mod replacing;

use std::sync::Arc;

use super::deed::{Act, Deed, Thing, deeds};
use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, own};
use crate::case::{History, Label};
use crate::spec::Rpc;

/// To do a thing twice is to do it once, and to look at it is to do nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotIdempotent;

const NAME: &str = "not_idempotent";

/// What the call is called that is sent once more.
const AGAIN: &str = "again";

impl Check for NotIdempotent {
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
        "an accepted call on a thing that the history made; once per operation (for PUT, and the lists that it \
         gives) the history again with looks before and after the call is repeated"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

PUT and DELETE are idempotent, GET is safe (RFC 9110, sections 9.2.1 and 9.2.2). On a thing that the history
made itself:

- A PUT that was accepted is sent again: what it gives is the same after the second time as after the first,
  and it is not answered with 404 or 410.
- A DELETE that was accepted is sent again: another thing that was made like the first is there afterwards.
- A GET of another view of it (its history, the list of all): the thing reads the same afterwards. This is a
  *warning*.

Everything is looked at three times, with pauses, before and after.

## When it is silent

- The call was answered 202 or 207, or its answer says that it failed.
- The second PUT is refused in another way (409, 412, 428: the state it was meant for is over) or crashes,
  which is what `not_a_server_error` is for. The second DELETE may be answered in any way.
- A member changed that the PUT does not give (`updated_at`, a version), or one that did not take what the PUT
  gave: the service owns it. Or it changes by itself.
- No other thing can be made like the first, or it cannot be read, or it gets the very name that the DELETE asks
  for.
- After a GET, a number, a time, or whether something was seen changed; or a list became longer: who looked is
  often counted.
- A look is refused.

## How to mend the service

Let PUT put what it is given in the place of what is there, lists included, and not add to it. Delete by the id
that is asked for alone. Move what a GET changes behind a POST.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        subject(view).map_or(Occasion::Never, |subject| subject.occasion())
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        subject(view).and_then(|subject| subject.follow_up(view)).into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some(history) = further.first() else { return Vec::new() };
        let again = View::new(view.service, history, view.surroundings);
        subject(view).and_then(|subject| subject.judge(&again)).unwrap_or_default()
    }
}

/// A call that is worth repeating, or looking around.
struct Subject<'v, 'a> {
    deed: Deed<'v, 'a>,
    /// What made the thing that it is about; the call itself where that was it.
    made: Deed<'v, 'a>,
    kind: Kind,
}

/// What the call is to be.
#[derive(Clone, Copy)]
enum Kind {
    Replacing,
    Removing,
    Looking,
}

/// The last call of a history that is to be idempotent or safe, on a thing that the history made.
fn subject<'v, 'a>(view: &'v View<'a>) -> Option<Subject<'v, 'a>> {
    let methods = ["PUT", "DELETE", "GET"];
    let all = view.seen().iter().enumerate();
    // What makes a thing at the path it is given needs no other call before it.
    let is_meant = |seen: &Seen<'_>| methods.contains(&seen.method()) || says_so(seen);
    let is_any =
        |(index, seen): (usize, &Seen<'_>)| seen.method() == "PUT" || index > 0 && is_meant(seen);
    if !all.clone().any(is_any) {
        return None;
    }
    let deeds = deeds(view);
    let mut done = deeds.iter().rev().filter(|deed| {
        deed.seen.exchange.label == Label::Valid && is_meant(deed.seen) && deed.is_done()
    });
    done.find_map(|deed| {
        let kind = match (deed.act, deed.seen.method()) {
            (Act::Replace | Act::Create, "PUT") => Kind::Replacing,
            (Act::Replace | Act::Update, _) if says_so(deed.seen) => Kind::Replacing,
            (Act::Delete, "DELETE") => Kind::Removing,
            (Act::Other | Act::List, "GET") => Kind::Looking,
            _ => return None,
        };
        Some(Subject { deed: *deed, made: *maker(&deeds, deed)?, kind })
    })
}

/// Whether a method of gRPC says of itself that to call it twice is as to call it once (`idempotency_level`).
fn says_so(seen: &Seen<'_>) -> bool {
    seen.operation.and_then(|operation| operation.rpc.as_ref()).is_some_and(Rpc::is_idempotent)
}

/// What made the thing that a deed is about, or the last one that it lists.
fn maker<'d, 'v, 'a>(
    deeds: &'d [Deed<'v, 'a>],
    deed: &'d Deed<'v, 'a>,
) -> Option<&'d Deed<'v, 'a>> {
    let own = |thing: &Thing| own::maker(deeds, deed.index, thing);
    if deed.act == Act::Create {
        return Some(deed);
    }
    if deed.act != Act::List {
        return own(&deed.thing()?);
    }
    let listed = deed.collection()?;
    let earlier = deeds.iter().rev().filter(|made| made.index < deed.index);
    let mut made = earlier
        .filter(|made| made.act == Act::Create && made.collection().as_ref() == Some(&listed));
    made.find_map(|made| own(&made.thing()?))
}

impl Subject<'_, '_> {
    fn occasion<'o>(&self) -> Occasion<'o> {
        let name = self.deed.seen.name();
        match self.kind {
            Kind::Replacing => Occasion::once(replacing::key(self.deed.seen)),
            Kind::Removing | Kind::Looking => Occasion::once(name.to_owned()),
        }
    }

    fn follow_up(&self, view: &View<'_>) -> Option<FollowUp> {
        match self.kind {
            Kind::Replacing => replacing::follow_up(view, &self.deed),
            Kind::Removing => removing::follow_up(view, &self.made, &self.deed),
            Kind::Looking => looking::follow_up(view, &self.made, &self.deed),
        }
    }

    fn judge(&self, again: &View<'_>) -> Option<Vec<Failure>> {
        let repeated = again.call(&self.deed.seen.exchange.call)?;
        if !repeated.is_success() {
            return None;
        }
        match self.kind {
            Kind::Replacing => replacing::judge(again, self.deed.seen, repeated),
            Kind::Removing => removing::judge(again, self.deed.seen),
            Kind::Looking => looking::judge(again, self.deed.seen),
        }
    }
}

#[cfg(test)]
mod tests;
