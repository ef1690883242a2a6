//! `ignored_auth`: what needs credentials is refused without them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, variant, volatile};
use crate::case::{self, Answer, Auth, Call, Case, Deviation, Header, History, Label, Sent};
use crate::spec::{ApiKeyPlace, Location, Operation, Scheme, SchemeKind, Service};
use crate::value::Pointer;

/// What needs credentials is refused without them.
#[derive(Clone, Copy, Debug)]
pub(super) struct IgnoredAuth;

const NAME: &str = "ignored_auth";

/// What is sent in the place of credentials, in the order of the follow-ups after the first one, which
/// is the authorised call again.
const TRIES: [Auth; 2] = [Auth::None, Auth::Invalid];

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

- The document makes credentials optional, or asks for none, as files of protobuf do.
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
        match authorised(view).or_else(|| bare(view)) {
            Some((_, operation)) => Occasion::once(&operation.name),
            None => Occasion::Never,
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let case = &view.history.case;
        let cases: Option<Vec<Case>> = if authorised(view).is_some() {
            let bare = TRIES
                .iter()
                .map(|auth| variant(case, |call| strip(view.service, call, auth.clone())));
            std::iter::once(Some((**case).clone())).chain(bare).collect()
        } else if bare(view).is_some() {
            // Twice, to learn what changes by itself.
            let authorised = variant(case, |call| call.auth = Auth::Default);
            [authorised.clone(), authorised].into_iter().collect()
        } else {
            None
        };
        let fresh = |case| FollowUp { case, fresh_connection: true };
        cases.unwrap_or_default().into_iter().map(fresh).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let further: Vec<View<'_>> = further
            .iter()
            .map(|history| View::new(view.service, history, view.surroundings))
            .collect();
        let Some((first, rest)) = further.split_first() else { return Vec::new() };
        if let Some((own, _)) = authorised(view) {
            let tries = rest.iter().enumerate().filter_map(|(index, bare)| {
                Some(served(bare, own, first.last()?)?.shown_by(index + 1))
            });
            // Who serves anybody serves those with bad credentials as well: one fault.
            return tries.take(1).collect();
        }
        let compared = || {
            let (authorised, _) = authorised(first)?;
            served(view, authorised, rest.first()?.last()?)
        };
        compared().into_iter().collect()
    }

    fn lacks(&self, view: &View<'_>, further: &[Arc<History>]) -> Option<String> {
        bare(view)?;
        let first = further.first()?;
        let first = View::new(view.service, first, view.surroundings);
        authorised(&first).is_none().then(|| {
            "it is served, and nothing can be compared: no call with credentials is; give them by --auth"
                .to_owned()
        })
    }
}

/// The failure of a call without credentials, or with invalid ones, that is served as the authorised
/// one is, which was sent twice.
fn served(view: &View<'_>, first: &Seen<'_>, again: &Seen<'_>) -> Option<Failure> {
    let (seen, operation) = bare(view)?;
    if !is_served_alike(first, again, seen) {
        return None;
    }
    let (how, outcome) = match seen.exchange.auth {
        Auth::Invalid => ("with invalid credentials", "invalid"),
        _ => ("without credentials", "anonymous"),
    };
    let why = format!(
        "{} answers {} {how}, with the content that authorised callers get; the document requires {}",
        seen.title(),
        seen.answer()?.status,
        schemes(operation)
    );
    let failure = Failure::new(NAME, seen, Severity::Error, outcome, why);
    Some(failure.wanting(["401", "403"]))
}

/// The last call, where it is valid, was accepted, needed credentials and carried them.
fn authorised<'v>(view: &'v View<'_>) -> Option<(&'v Seen<'v>, &'v Operation)> {
    let (seen, operation) = guarded(view)?;
    let fits = seen.exchange.label == Label::Valid
        && matches!(seen.exchange.auth, Auth::Default | Auth::Identity(_))
        && carries(view.service, operation, &seen.exchange.sent)
        && (!operation.is_safe() || has_substance(seen));
    fits.then_some((seen, operation))
}

/// The last call, where it was accepted, needed credentials and carried none, or none that anybody
/// was given; and its answer says something.
fn bare<'v>(view: &'v View<'_>) -> Option<(&'v Seen<'v>, &'v Operation)> {
    let (seen, operation) = guarded(view)?;
    let fits = match seen.exchange.auth {
        Auth::None => !carries(view.service, operation, &seen.exchange.sent),
        Auth::Invalid => true,
        Auth::Default | Auth::Identity(_) => false,
    };
    let says = !seen.answer().is_some_and(is_public) && !view.is_from_gateway(seen);
    (fits && says).then_some((seen, operation))
}

/// The last call, where it was accepted by an operation that needs credentials.
fn guarded<'v>(view: &'v View<'_>) -> Option<(&'v Seen<'v>, &'v Operation)> {
    let seen = view.last()?;
    let operation = seen.operation?;
    let required =
        !operation.security.is_empty() && operation.security.iter().all(|set| !set.is_empty());
    let fits = required
        && seen.is_success()
        && !seen.is_disturbed()
        && !matches!(seen.method(), "HEAD" | "OPTIONS")
        && view.is_surely_routed(seen);
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

/// Takes credentials out of a call: the identity, cookies, and parameters that are credentials. The call
/// stays what its label says: where the document requires such a parameter, that is broken.
pub(super) fn strip(service: &Service, call: &mut Call, auth: Auth) {
    call.auth = auth;
    let operation = service.operation(&call.operation);
    let is_key = |location: Location, name: &str| {
        service.schemes.iter().any(|scheme| match &scheme.kind {
            SchemeKind::ApiKey { place: ApiKeyPlace::Header, name: key } => {
                location == Location::Header && key.eq_ignore_ascii_case(name)
            }
            SchemeKind::ApiKey { place: ApiKeyPlace::Query, name: key } => {
                location == Location::Query && key == name
            }
            _ => false,
        })
    };
    let lists = [
        (Location::Header, &mut call.headers),
        (Location::Query, &mut call.query),
        (Location::Cookie, &mut call.cookies),
    ];
    for (location, list) in lists {
        list.retain(|(name, _)| {
            let goes = location == Location::Cookie
                || location == Location::Header && name.eq_ignore_ascii_case("authorization")
                || is_key(location, name);
            let parameter = operation.and_then(|operation| operation.parameter(location, name));
            if goes && parameter.is_some_and(|parameter| parameter.required) {
                let place = case::place(location.part(), &Pointer::root().child(name.as_str()));
                call.label = Label::Invalid;
                call.deviations.push(Deviation::schema("required", place));
            }
            !goes
        });
    }
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
