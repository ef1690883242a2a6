//! What a history made itself, and whether anything may have happened to it since.

use std::ops::Range;

use super::deed::{self, Act, Deed, Thing};
use super::{Seen, View, look};
use crate::case::Call;

/// The deed, before a place of the history, that made a thing; `None` where the history did not make
/// it, or may have taken it away since.
pub(super) fn maker<'d, 'v, 'a>(
    deeds: &'d [Deed<'v, 'a>],
    before: usize,
    thing: &Thing,
) -> Option<&'d Deed<'v, 'a>> {
    let made = deed::maker(deeds, thing, before).filter(|made| made.is_done())?;
    let is_removed = deeds.iter().any(|deed| {
        (made.index..before).contains(&deed.index)
            && deed.act == Act::Delete
            && !is_refused(deed.seen)
            && deed.thing().as_ref() == Some(thing)
    });
    (!is_removed).then_some(made)
}

/// What a write does that others do nothing to.
pub(super) struct Effect {
    /// The call that shows it, where one does.
    pub(super) read: Option<Call>,
}

/// What a write does: to the thing that it is about, where the history made that, or to what a new one is
/// made in. `None` where it is about something that others may change, too.
pub(super) fn effect(
    view: &View<'_>,
    deeds: &[Deed<'_, '_>],
    write: &Deed<'_, '_>,
) -> Option<Effect> {
    if write.act == Act::Create && !write.resource.create_is_put {
        let collection = write.collection()?;
        let is_in =
            |made: &&Deed<'_, '_>| made.made().is_some_and(|thing| collection.is_under(&thing));
        let around = deeds.iter().rev().find(is_in);
        return Some(Effect { read: around.and_then(|around| around.read(view, look::NAME)) });
    }
    let maker = maker(deeds, write.index, &write.thing()?)?;
    Some(Effect { read: maker.read(view, look::NAME) })
}

/// The calls from one place of the history to before another that may have changed a thing, with their
/// places: those that are not safe and were not refused, and that are about it, about what it is in or
/// what is in it, or about no one knows what. They have a deed but for the last kind.
pub(super) fn changes<'d, 'v, 'a>(
    all: &'v [Seen<'a>],
    deeds: &'d [Deed<'v, 'a>],
    within: Range<usize>,
    thing: &'d Thing,
) -> impl Iterator<Item = (usize, Option<&'d Deed<'v, 'a>>)> + use<'d, 'v, 'a> {
    let calls = all.iter().enumerate().take(within.end).skip(within.start);
    calls.filter(|(_, seen)| !is_safe(seen) && !is_refused(seen)).filter_map(move |(index, _)| {
        let deed = deeds.iter().find(|deed| deed.index == index);
        let is_near = deed.and_then(Deed::thing).is_none_or(|other| other.is_near(thing));
        is_near.then_some((index, deed))
    })
}

/// Whether a method asks for no change (RFC 9110, section 9.2.1).
fn is_safe(seen: &Seen<'_>) -> bool {
    matches!(seen.method(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

/// Whether a call was refused, so that it should have changed nothing. What was not answered, or
/// failed, may have changed something.
fn is_refused(seen: &Seen<'_>) -> bool {
    seen.exchange.status().is_some_and(|status| (400..500).contains(&status))
}
