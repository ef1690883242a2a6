//! Who requests are sent as: `--auth` and `-H` before the configuration.

use super::super::Error;
use super::super::args::{Flags, header};
use super::first;
use crate::config::{Config, Credential, Identity};
use crate::value::nearest;

/// The name of an identity that was typed without one.
const TYPED: &str = "user";

/// The identities, the default one first.
///
/// # Errors
/// What was typed is no credential, or names no identity.
pub(super) fn resolve(flags: &Flags, config: &Config) -> Result<Vec<Identity>, Error> {
    let mut identities = config.identities.clone();
    let typed = first(&flags.connect.auth, &config.defaults.auth);
    // The first one typed becomes the default: each is put before those that stand.
    for text in typed.iter().rev() {
        let identity = identity(text, &identities).map_err(Error::Usage)?;
        identities.retain(|known| known.name != identity.name);
        identities.insert(0, identity);
    }
    for field in headers(flags, config)? {
        let field = Credential::field(field.0, field.1, &config.secrets);
        match identities.first_mut() {
            Some(identity) => identity.credentials.push(field),
            None => identities.push(Identity {
                name: TYPED.to_owned(),
                credentials: vec![field],
                isolated: false,
            }),
        }
    }
    Ok(identities)
}

/// The header fields for every request.
pub(super) fn headers(flags: &Flags, config: &Config) -> Result<Vec<(String, String)>, Error> {
    if !flags.fetch.header.is_empty() {
        return Ok(flags.fetch.header.clone());
    }
    config.defaults.header.iter().map(|text| header(text).map_err(Error::Usage)).collect()
}

/// `bearer:TOKEN`, `basic:USER:PASSWORD`, `key:[SCHEME=]KEY`, each perhaps after `NAME=`; or the name
/// of an identity that is configured. What stands there is secret: errors do not repeat it.
fn identity(text: &str, known: &[Identity]) -> Result<Identity, String> {
    if let Some(identity) = known.iter().find(|identity| identity.name == text) {
        return Ok(identity.clone());
    }
    let (name, rest) = match text.split_once('=') {
        // `key:SCHEME=KEY` has its own `=`.
        Some((name, rest)) if !name.contains(':') => (name, rest),
        _ => (TYPED, text),
    };
    if name.is_empty() || crate::case::file::is_reserved_identity(name) {
        return Err(format!(
            "an identity of --auth cannot be called `{name}`; choose another name"
        ));
    }
    let bad = || {
        let names: Vec<_> = known.iter().map(|identity| identity.name.as_str()).collect();
        let mut way = "write bearer:TOKEN, basic:USER:PASSWORD or key:[SCHEME=]KEY".to_owned();
        if !text.contains(':') && !names.is_empty() {
            way = format!("{}; or {way}", nearest::advice(text, &names));
        }
        format!("what --auth says is no credential: {way}")
    };
    let (kind, value) = rest.split_once(':').ok_or_else(bad)?;
    if value.is_empty() || value.contains(['\r', '\n', '\0']) {
        return Err(bad());
    }
    let credential = match kind {
        "bearer" => Credential::Bearer(value.to_owned()),
        "basic" => {
            let (user, password) = value.split_once(':').ok_or_else(bad)?;
            Credential::Basic(user.to_owned(), password.to_owned())
        }
        "key" => {
            let (scheme, key) = value.split_once('=').unwrap_or(("", value));
            Credential::ApiKey { scheme: scheme.to_owned(), key: key.to_owned() }
        }
        _ => return Err(bad()),
    };
    Ok(Identity { name: name.to_owned(), credentials: vec![credential], isolated: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured() -> Config {
        let identity = |name: &str| Identity {
            name: name.to_owned(),
            credentials: vec![Credential::Bearer("t".to_owned())],
            isolated: true,
        };
        Config { identities: vec![identity("alice"), identity("bob")], ..Config::default() }
    }

    fn resolved(auth: &[&str], header: &[(&str, &str)]) -> Result<Vec<Identity>, String> {
        let mut flags = Flags::default();
        flags.connect.auth = auth.iter().map(|text| (*text).to_owned()).collect();
        flags.fetch.header =
            header.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        resolve(&flags, &configured()).map_err(|error| error.to_string())
    }

    fn names(identities: &[Identity]) -> Vec<&str> {
        identities.iter().map(|identity| identity.name.as_str()).collect()
    }

    #[test]
    fn the_first_identity_that_is_typed_is_the_default() {
        let all = resolved(&["bob", "eve=basic:eve:a:b"], &[]).unwrap();
        assert_eq!(names(&all), ["bob", "eve", "alice"]);
        assert_eq!(all[1].credentials, [Credential::Basic("eve".to_owned(), "a:b".to_owned())]);
        let all = resolved(&["key:Main=k1"], &[]).unwrap();
        assert_eq!(names(&all), ["user", "alice", "bob"]);
        let key = Credential::ApiKey { scheme: "Main".to_owned(), key: "k1".to_owned() };
        assert_eq!(all[0].credentials, [key]);
    }

    #[test]
    fn a_token_may_hold_any_character() {
        let all = resolved(&["bearer:a=b:c"], &[]).unwrap();
        assert_eq!(all[0].credentials, [Credential::Bearer("a=b:c".to_owned())]);
    }

    #[test]
    fn header_fields_go_with_the_default_identity() {
        let all = resolved(&[], &[("X-A", "b")]).unwrap();
        assert_eq!(all[0].credentials.len(), 2);
        let alone = resolve(
            &Flags {
                fetch: super::super::super::args::Fetch {
                    header: vec![("X-A".to_owned(), "b".to_owned())],
                    ..Default::default()
                },
                ..Flags::default()
            },
            &Config::default(),
        );
        assert_eq!(names(&alone.unwrap()), ["user"]);
    }

    #[test]
    fn what_is_no_credential_is_refused_without_being_repeated() {
        let error = resolved(&["hunter2:hunter2"], &[]).unwrap_err();
        assert!(error.contains("bearer:TOKEN") && !error.contains("hunter2"), "{error}");
        assert!(resolved(&["alcie"], &[]).unwrap_err().contains("did you mean `alice`?"));
        assert!(resolved(&["none=bearer:x"], &[]).is_err());
    }
}
