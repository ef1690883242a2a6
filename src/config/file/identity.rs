//! `[identities.NAME]`

use super::section::{Place, Read, Section};
use crate::config::{Credential, Identity};

const KEYS: [&str; 5] = ["bearer", "basic", "api-key", "headers", "isolated"];

/// Names that mean something else in a case file.
const RESERVED: [&str; 2] = ["none", "invalid"];

pub(super) fn read(name: &str, section: &Section<'_>) -> Read<Identity> {
    if RESERVED.contains(&name) {
        return section.wrong("means something else in a case file; choose another name");
    }
    section.only(&KEYS)?;
    let mut credentials = Vec::new();
    credentials.extend(section.map("bearer", secret)?.map(Credential::Bearer));
    credentials.extend(section.map("basic", basic)?);
    credentials.extend(section.map("api-key", api_keys)?.unwrap_or_default());
    credentials.extend(section.map("headers", headers)?.unwrap_or_default());
    Ok(Identity {
        name: name.to_owned(),
        credentials,
        isolated: section.map("isolated", Place::boolean)?.unwrap_or_default(),
    })
}

/// A text that is not empty and fits into a header field.
fn secret(place: &Place<'_>) -> Read<String> {
    let text = place.text()?;
    if text.is_empty() {
        return place.wrong("is empty; give the secret, or take the line out");
    }
    if text.contains(['\r', '\n', '\0']) {
        return place.wrong("holds a line end, which no header field can carry");
    }
    Ok(text)
}

/// `basic = "user:password"` (RFC 7617, section 2: the user has no colon).
fn basic(place: &Place<'_>) -> Read<Credential> {
    match secret(place)?.split_once(':') {
        Some((user, password)) => Ok(Credential::Basic(user.to_owned(), password.to_owned())),
        None => place.wrong("should be \"user:password\""),
    }
}

/// `api-key = "KEY"` for every scheme, or a key by scheme: `api-key = { NAME = "KEY" }`.
fn api_keys(place: &Place<'_>) -> Read<Vec<Credential>> {
    if !place.is_table() {
        return Ok(vec![Credential::ApiKey { scheme: String::new(), key: secret(place)? }]);
    }
    place
        .section()?
        .entries()
        .map(|(scheme, place)| {
            Ok(Credential::ApiKey { scheme: scheme.to_owned(), key: secret(&place)? })
        })
        .collect()
}

/// `headers = { "X-Session" = "a" }`, each a secret: what is none belongs to `header` at the top.
fn headers(place: &Place<'_>) -> Read<Vec<Credential>> {
    place
        .section()?
        .entries()
        .map(|(name, place)| Ok(Credential::Header(name.to_owned(), secret(&place)?)))
        .collect()
}
