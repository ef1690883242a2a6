//! Idempotency keys: by which a call says that it is the very call that was sent before.

use super::Seen;
use crate::spec::idempotency_key;
use crate::value::Value;

/// The first two calls of one operation under one key, by their numbers among these.
pub(super) fn repeated<'s, 'a: 's>(
    calls: impl IntoIterator<Item = &'s Seen<'a>>,
) -> Option<(usize, usize)> {
    let mut known: Vec<(usize, &str, &Value)> = Vec::new();
    for (index, seen) in calls.into_iter().enumerate() {
        let Some(key) = of(seen) else { continue };
        let first = known.iter().find(|(_, name, value)| *name == seen.name() && *value == key);
        if let Some((first, ..)) = first {
            return Some((*first, index));
        }
        known.push((index, seen.name(), key));
    }
    None
}

/// The key of a call that is to change something.
fn of<'s>(seen: &'s Seen<'_>) -> Option<&'s Value> {
    let operation = seen.operation.filter(|operation| !operation.is_safe())?;
    let name = &idempotency_key(operation)?.name;
    let given = seen.call.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    given.map(|(_, value)| value)
}
