//! Accepted writes of a history, and the reads that should show what was written.

use super::deed::{Act, Deed, deeds};
use super::{Seen, View, content, own};
use crate::case::Label;
use crate::spec::{Location, Operation};
use crate::value::Value;

/// An accepted write with what was read of the thing before anything else may have changed it.
#[derive(Debug)]
pub(super) struct Write<'v, 'a> {
    pub(super) deed: Deed<'v, 'a>,
    /// Reads by the same caller that were answered 2xx.
    pub(super) reads: Vec<&'v Seen<'a>>,
}

/// The writes of a history that were accepted and done at once, to things that it made itself and that
/// can be read, in order: what others have, others may write to at the same time.
///
/// A write with optional parameters may be meant not to be done (`dry_run`), or not at once (`Prefer`):
/// such ones are left out.
pub(super) fn all<'v, 'a>(view: &'v View<'a>) -> Vec<Write<'v, 'a>> {
    let any = view.seen().iter().any(|seen| seen.call.body.is_some() && seen.is_success());
    let deeds = if any { deeds(view) } else { Vec::new() };
    let writes = deeds.iter().filter(|deed| is_write(deed));
    let with_reads = writes.filter_map(|write| {
        let thing = write.thing()?;
        let is_own = match write.act {
            Act::Create => write.says_made(),
            _ => own::maker(&deeds, write.index, &thing).is_some(),
        };
        if !is_own {
            return None;
        }
        let after = write.index + 1..view.seen().len();
        let changed = own::changes(view.seen(), &deeds, after.clone(), &thing).next();
        let until = changed.map_or(after.end, |(index, _)| index);
        let reads = deeds.iter().filter(|deed| {
            (after.start..until).contains(&deed.index)
                && deed.act == Act::Read
                && deed.seen.is_success()
                && deed.seen.exchange.auth == write.seen.exchange.auth
                && deed.thing().as_ref() == Some(&thing)
        });
        Some(Write { deed: *write, reads: reads.map(|read| read.seen).collect() })
    });
    with_reads.collect()
}

fn is_write(deed: &Deed<'_, '_>) -> bool {
    (deed.act == Act::Create || deed.act.changes())
        && deed.resource.read.is_some()
        && deed.seen.exchange.label == Label::Valid
        && deed.is_done()
        && deed.seen.operation.is_some_and(|operation| is_plain(deed.seen, operation))
        && content::written(deed.seen).is_some()
}

/// Whether a call has no parameters but those it must have.
fn is_plain(seen: &Seen<'_>, operation: &Operation) -> bool {
    let is_required = |location: Location, given: &[(String, Value)]| {
        given.iter().all(|(name, _)| {
            operation.parameter(location, name).is_some_and(|parameter| parameter.required)
        })
    };
    is_required(Location::Query, &seen.call.query)
        && is_required(Location::Header, &seen.call.headers)
        && is_required(Location::Cookie, &seen.call.cookies)
}
