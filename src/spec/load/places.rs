//! The usual places of a document under a bare service.

use super::fetch::{Fetcher, NoAnswer};
use super::{Attempt, Error, text};
use crate::schema::{Lines, address};
use crate::spec::openapi::Version;
use crate::value::Value;

/// Where services publish their documents, the commonest first.
const USUAL: [&str; 22] = [
    "openapi.json",
    "openapi.yaml",
    "swagger.json",
    "swagger.yaml",
    "v3/api-docs",
    "v2/api-docs",
    "api/openapi.json",
    "api/openapi.yaml",
    "api/swagger.json",
    "api-docs",
    "api-docs.json",
    "api/v1/openapi.json",
    "api/docs/openapi.json",
    "docs/openapi.json",
    "docs/openapi.yaml",
    "swagger/v1/swagger.json",
    "api/spec.json",
    "spec.json",
    "openapi",
    "api/schema/?format=json",
    "schema.json",
    ".well-known/openapi.json",
];

type Found = (String, Value, Lines, Vec<Attempt>);

/// The document at `url`, or at a usual place under it or under its host.
pub(super) async fn find(url: &str, fetcher: &mut Fetcher) -> Result<Found, Error> {
    let failed = match attempt(url, fetcher).await {
        Ok((value, lines)) => return Ok((url.to_owned(), value, lines, Vec::new())),
        Err(failed) => failed,
    };
    let file = address::path(url).rsplit('/').next().unwrap_or_default();
    let names_document = [".json", ".yaml", ".yml"].iter().any(|end| file.ends_with(end));
    if names_document || failed.is_down() {
        return Err(failed.into_error(url));
    }
    let mut attempts = vec![Attempt { url: url.to_owned(), outcome: failed.to_string() }];
    let base = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/');
    let mut bases = vec![base.to_owned()];
    bases.extend(address::origin(url).filter(|origin| origin != base));
    for base in bases {
        for place in USUAL {
            let url = format!("{base}/{place}");
            match attempt(&url, fetcher).await {
                Ok((value, lines)) => return Ok((url, value, lines, attempts)),
                Err(failed) => attempts.push(Attempt { url, outcome: failed.to_string() }),
            }
        }
    }
    Err(Error::NotFound { url: url.to_owned(), attempts })
}

/// Why there is no document at a URL.
enum Failed {
    /// It answered something else.
    Else(Error),
    /// Its status was no success.
    Status(u16),
    /// There was no answer.
    Down(NoAnswer),
}

impl Failed {
    fn is_down(&self) -> bool {
        matches!(self, Self::Down(_))
    }

    fn into_error(self, url: &str) -> Error {
        let address = url.to_owned();
        match self {
            Self::Else(error) => error,
            Self::Status(status) => {
                Error::Unreadable { address, why: format!("it answered {status}") }
            }
            Self::Down(NoAnswer { why, is_absent: true }) => Error::Absent { address, why },
            Self::Down(NoAnswer { why, .. }) => Error::Unreadable { address, why },
        }
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Else(Error::Page { .. }) => f.write_str("is a web page"),
            Self::Else(Error::Empty { .. }) => f.write_str("is empty"),
            Self::Else(Error::NotOpenApi { what, .. }) => f.write_str(what),
            Self::Else(Error::Syntax { .. } | Error::Encoding { .. }) => {
                f.write_str("is neither JSON nor YAML")
            }
            Self::Else(error) => write!(f, "{error}"),
            Self::Status(status) => write!(f, "answered {status}"),
            Self::Down(none) => f.write_str(&none.why),
        }
    }
}

async fn attempt(url: &str, fetcher: &mut Fetcher) -> Result<(Value, Lines), Failed> {
    let (status, bytes) = fetcher.get(url).await.map_err(Failed::Down)?;
    if !(200..300).contains(&status) {
        return Err(Failed::Status(status));
    }
    let (value, lines) = text::document(url, &bytes).map_err(Failed::Else)?;
    match Version::of(&value) {
        Ok(_) => Ok((value, lines)),
        Err(what) => Err(Failed::Else(Error::NotOpenApi { address: url.to_owned(), what })),
    }
}
