//! `ignored_auth`: what needs credentials is refused without them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, variant, volatile};
use crate::case::{Answer, Auth, Call, Header, History, Label, Sent};
use crate::spec::{ApiKeyPlace, Operation, Scheme, SchemeKind, Service};

/// What needs credentials is refused without them.
#[derive(Clone, Copy, Debug)]
pub(super) struct IgnoredAuth;

const NAME: &str = "ignored_auth";

/// The follow-ups, in their order.
const AGAIN: usize = 0;
const TRIES: [(usize, Auth, &str, &str); 2] = [
    (1, Auth::None, "without credentials", "anonymous"),
    (2, Auth::Invalid, "with invalid credentials", "invalid"),
];

impl Check for IgnoredAuth {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn needs(&self) -> &'static str {
        "once per operation, an accepted call three times on fresh connections: again as it was, without \
         credentials, and with invalid ones"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

An operation for which the document requires credentials does not serve a caller without them, nor one
whose credentials nobody was given. The accepted call is repeated over fresh connections and without
cookies; it fails when the answer is a 2xx with the same content as the authorised one. What changes by
itself (times, ids, counters) is learned by repeating the authorised call, and left out.

## When it is silent

- The document makes credentials optional, or asks for none.
- The authorised call carried no credentials, or the bare one still does (a `--header` for every
  request): then there is nothing to compare. Client certificates cannot be left out.
- The bare answer differs in content: other data, an empty list, a page to log in.
- The answer to a read has no content to speak of once what changes is left out.
- The content is public: `Cache-Control: public`, an answer out of a cache (`Age`, `X-Cache: HIT`), or
  the page that any unknown path gets.

## How to mend the service

Check credentials before the handler, for every route, by default; and refuse with 401. If the data is
meant to be public, say `security: []` in the document.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        match authorised(view) {
            Some((_, operation)) => Occasion::once(&operation.name),
            None => Occasion::Never,
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        if authorised(view).is_none() {
            return Vec::new();
        }
        let again = Some((*view.history.case).clone());
        let bare = TRIES.iter().map(|(_, auth, ..)| {
            variant(&view.history.case, |call| strip(view.service, call, auth.clone()))
        });
        std::iter::once(again)
            .chain(bare)
            .collect::<Option<Vec<_>>>()
            .unwrap_or_default()
            .into_iter()
            .map(|case| FollowUp { case, fresh_connection: true })
            .collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some((seen, operation)) = authorised(view) else { return Vec::new() };
        let Some(again) = further.get(AGAIN) else { return Vec::new() };
        let again = View::new(view.service, again, view.surroundings);
        TRIES
            .iter()
            .filter_map(|(index, _, how, outcome)| {
                let bare = View::new(view.service, further.get(*index)?, view.surroundings);
                let bare = bare.last()?;
                let answer = bare.answer()?;
                if is_refused(view, operation, bare) || !is_served_alike(seen, again.last()?, bare) {
                    return None;
                }
                let why = format!(
                    "{} answers {} {how}, with the content that authorised callers get; the document \
                     requires {}",
                    seen.title(),
                    answer.status,
                    schemes(operation)
                );
                Some(
                    Failure::new(NAME, seen, Severity::Error, *outcome, why)
                        .wanting(["401", "403"])
                        .shown_by(*index),
                )
            })
            // Who serves anybody serves those with bad credentials as well: one fault.
            .take(1)
            .collect()
    }
}

/// The last call, where it is valid, was accepted, needed credentials and carried them.
fn authorised<'v>(view: &'v View<'_>) -> Option<(&'v Seen<'v>, &'v Operation)> {
    let seen = view.last()?;
    let operation = seen.operation?;
    let required =
        !operation.security.is_empty() && operation.security.iter().all(|set| !set.is_empty());
    let fits = required
        && seen.exchange.label == Label::Valid
        && matches!(seen.exchange.auth, Auth::Default | Auth::Identity(_))
        && seen.is_success()
        && !seen.is_disturbed()
        && !matches!(seen.method(), "HEAD" | "OPTIONS")
        && carries(view.service, operation, &seen.exchange.sent)
        && view.is_surely_routed(seen)
        && (!operation.is_safe() || has_substance(seen));
    fits.then_some((seen, operation))
}

/// Whether an answer to a read holds anything that could be withheld.
fn has_substance(seen: &Seen<'_>) -> bool {
    match seen.json() {
        Some(json) => volatile::substance(json, &BTreeSet::new()) > 0,
        None => seen.answer().is_some_and(|answer| !answer.body.is_empty()),
    }
}

/// The security schemes that an operation names.
fn schemes_of<'s>(
    service: &'s Service,
    operation: &'s Operation,
) -> impl Iterator<Item = &'s Scheme> {
    let named = operation.security.iter().flatten();
    named.filter_map(|name| service.schemes.iter().find(|scheme| scheme.name == *name))
}

/// Whether a request carries credentials of the operation's schemes.
fn carries(service: &Service, operation: &Operation, sent: &Sent) -> bool {
    let header = |name: &str| -> Option<&Header> {
        sent.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))
    };
    schemes_of(service, operation).any(|scheme| match &scheme.kind {
        SchemeKind::Basic | SchemeKind::Bearer | SchemeKind::Other(_) => {
            header("authorization").is_some()
        }
        SchemeKind::ApiKey { place: ApiKeyPlace::Header, name } => header(name).is_some(),
        SchemeKind::ApiKey { place: ApiKeyPlace::Query, name } => {
            let query = sent.target.split_once('?').map_or("", |(_, query)| query);
            query.split('&').any(|pair| pair.split('=').next() == Some(name.as_str()))
        }
        SchemeKind::ApiKey { place: ApiKeyPlace::Cookie, name } => {
            header("cookie").and_then(Header::text).is_some_and(|cookies| {
                cookies.split(';').any(|pair| pair.trim().split('=').next() == Some(name.as_str()))
            })
        }
        SchemeKind::MutualTls => false,
    })
}

/// Takes credentials out of a call: the identity, cookies, and parameters that are credentials.
pub(super) fn strip(service: &Service, call: &mut Call, auth: Auth) {
    call.auth = auth;
    call.label = Label::Invalid;
    call.cookies.clear();
    call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
    for scheme in &service.schemes {
        if let SchemeKind::ApiKey { place, name } = &scheme.kind {
            match place {
                ApiKeyPlace::Header => {
                    call.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
                }
                ApiKeyPlace::Query => call.query.retain(|(key, _)| key != name),
                ApiKeyPlace::Cookie => {}
            }
        }
    }
}

/// Whether the bare call was refused, or its answer says nothing.
fn is_refused(view: &View<'_>, operation: &Operation, bare: &Seen<'_>) -> bool {
    let still_carries = matches!(bare.exchange.auth, Auth::None)
        && carries(view.service, operation, &bare.exchange.sent);
    let Some(answer) = bare.answer() else { return true };
    !bare.is_success() || still_carries || is_public(answer) || view.is_from_gateway(bare)
}

fn is_public(answer: &Answer) -> bool {
    let has = |name: &str, mark: &str| {
        answer.header(name).is_some_and(|value| value.to_ascii_lowercase().contains(mark))
    };
    has("cache-control", "public")
        || has("x-cache", "hit")
        || has("cf-cache-status", "hit")
        || answer.header("age").is_some_and(|age| age.trim() != "0")
}

/// Whether the bare answer has the content of the authorised one, less what changes by itself.
fn is_served_alike(seen: &Seen<'_>, again: &Seen<'_>, bare: &Seen<'_>) -> bool {
    let (Some(first), Some(second), Some(other)) = (seen.answer(), again.answer(), bare.answer())
    else {
        return false;
    };
    if is_public(first) || first.status != other.status {
        return false;
    }
    let reads = seen.operation.is_none_or(Operation::is_safe);
    let stable = second.status == first.status;
    if reads && !stable {
        return false;
    }
    match (seen.json(), again.json(), bare.json()) {
        (Some(first), again, Some(other)) => match again.filter(|_| stable) {
            Some(again) => {
                let volatile: BTreeSet<_> = volatile::places(first, again);
                volatile::equal(first, other, &volatile)
                    && (!reads || volatile::substance(first, &volatile) > 0)
            }
            // A write that cannot be repeated: the same members are told to both.
            None => !reads && volatile::same_shape(first, other),
        },
        (None, _, None) => {
            // Without a content that can be compared member by member, only identity counts.
            let same = first.body == other.body && (!stable || first.body == second.body);
            same && (!reads || !first.body.is_empty())
        }
        _ => false,
    }
}

fn schemes(operation: &Operation) -> String {
    let sets: Vec<String> = operation.security.iter().map(|set| set.join(" and ")).collect();
    sets.join(" or ")
}

#[cfg(test)]
mod tests;
