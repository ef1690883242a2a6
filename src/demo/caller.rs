//! Who calls: two people, or no one that the shop knows.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::{API_KEY, BEARER, GUEST};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Nobody,
    Shopkeeper,
    Guest,
}

impl Caller {
    /// Whom a request shows, by any of its credentials.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let shown = ["token", "key"].into_iter().find_map(|scheme| Self::shown(scheme, headers));
        shown.unwrap_or(Self::Nobody)
    }

    /// Whom the credentials of one scheme of the document show.
    pub(crate) fn shown(scheme: &str, headers: &HeaderMap) -> Option<Self> {
        if scheme != "token" {
            return headers
                .get("x-api-key")
                .filter(|key| *key == API_KEY)
                .map(|_| Self::Shopkeeper);
        }
        let (kind, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
        match token.trim() {
            _ if !kind.eq_ignore_ascii_case("bearer") => None,
            BEARER => Some(Self::Shopkeeper),
            GUEST => Some(Self::Guest),
            _ => None,
        }
    }
}
