//! Credentials: put on a request at the last moment, never into what is kept of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::case::{Auth, Header};
use crate::config::{Credential, Identity};
use crate::spec::{ApiKeyPlace, Operation, Scheme, SchemeKind};
use crate::wire::Request;

/// Credentials of the right form that no one was given.
const NOBODY: &str = "phi-fuzz-nobody";

const AUTHORIZATION: &str = "Authorization";

/// Who requests can be sent as.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    /// The default one first.
    pub all: Vec<Identity>,
    /// How the service asks for credentials.
    pub schemes: Vec<Scheme>,
}

impl Identities {
    /// The identity a call is sent as; `None` for no credentials or those of nobody.
    pub fn of(&self, auth: &Auth) -> Result<Option<&Identity>, String> {
        match auth {
            Auth::Default => Ok(self.all.first()),
            Auth::None | Auth::Invalid => Ok(None),
            Auth::Identity(name) => {
                let known = self.all.iter().find(|identity| identity.name == *name);
                known.map(Some).ok_or_else(|| {
                    format!("no identity is called `{name}`; add it to phi-fuzz.toml")
                })
            }
        }
    }

    /// Whether the requests of a call go out as they are: there is nothing to put on them.
    pub fn leaves_alone(&self, auth: &Auth) -> bool {
        *auth != Auth::Invalid && self.all.iter().all(|identity| identity.credentials.is_empty())
    }

    /// Puts the credentials of a call on its request.
    ///
    /// Gives the header fields to show of them: the same names, the secrets' names in the places of
    /// secrets.
    ///
    /// # Errors
    /// The call names an identity that is not configured.
    pub fn apply(
        &self,
        auth: &Auth,
        operation: Option<&Operation>,
        request: &mut Request,
    ) -> Result<Vec<Header>, String> {
        let identity = self.of(auth)?;
        let mut shown = Vec::new();
        let mut put = |request: &mut Request, name: &str, value: String, as_shown: String| {
            request.set_header(name, value);
            shown.push(Header { name: name.to_owned(), value: as_shown.into() });
        };
        // Fields that carry no credentials are everyone's.
        for field in self.all.first().into_iter().flat_map(|identity| &identity.credentials) {
            if let Credential::Plain(name, value) = field {
                put(request, name, value.clone(), value.clone());
            }
        }
        let asked = self.asked(operation);
        if *auth == Auth::Invalid {
            let bearer = format!("Bearer {NOBODY}");
            if asked.is_empty() {
                put(request, AUTHORIZATION, bearer.clone(), bearer.clone());
            }
            for scheme in asked {
                match &scheme.kind {
                    SchemeKind::Basic => {
                        let basic = basic(NOBODY, NOBODY);
                        put(request, AUTHORIZATION, basic.clone(), basic);
                    }
                    SchemeKind::ApiKey { place: ApiKeyPlace::Header, name } => {
                        put(request, name, NOBODY.to_owned(), NOBODY.to_owned());
                    }
                    SchemeKind::ApiKey { place, name } => key(request, *place, name, NOBODY),
                    _ => put(request, AUTHORIZATION, bearer.clone(), bearer.clone()),
                }
            }
            return Ok(shown);
        }
        let Some(identity) = identity else { return Ok(shown) };
        let wants = |kind: fn(&SchemeKind) -> bool| {
            asked.is_empty() || asked.iter().any(|scheme| kind(&scheme.kind))
        };
        for credential in &identity.credentials {
            let secret = |kind: &str| format!("[secret:{}.{kind}]", identity.name);
            match credential {
                Credential::Plain(name, value) => put(request, name, value.clone(), value.clone()),
                Credential::Header(name, value) => {
                    put(request, name, value.clone(), secret(&name.to_ascii_lowercase()));
                }
                Credential::Bearer(token) => {
                    if wants(|kind| !matches!(kind, SchemeKind::Basic | SchemeKind::ApiKey { .. }))
                    {
                        put(request, AUTHORIZATION, format!("Bearer {token}"), secret("bearer"));
                    }
                }
                Credential::Basic(user, password) => {
                    if wants(|kind| matches!(kind, SchemeKind::Basic)) {
                        put(request, AUTHORIZATION, basic(user, password), secret("password"));
                    }
                }
                Credential::ApiKey { scheme, key: value } => {
                    let meant = |known: &&&Scheme| scheme.is_empty() || known.name == *scheme;
                    for known in asked.iter().filter(meant) {
                        if let SchemeKind::ApiKey { place: ApiKeyPlace::Header, name } = &known.kind
                        {
                            put(request, name, value.clone(), secret("key"));
                        } else if let SchemeKind::ApiKey { place, name } = &known.kind {
                            key(request, *place, name, value);
                        }
                    }
                }
            }
        }
        Ok(shown)
    }

    /// The schemes an operation asks for; all of the service's where the operation is not known.
    fn asked(&self, operation: Option<&Operation>) -> Vec<&Scheme> {
        let named = |scheme: &&Scheme| match operation {
            None => true,
            Some(operation) => operation.security.iter().flatten().any(|name| *name == scheme.name),
        };
        self.schemes.iter().filter(named).collect()
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{user}:{password}")))
}

fn key(request: &mut Request, place: ApiKeyPlace, name: &str, value: &str) {
    match place {
        ApiKeyPlace::Header => request.set_header(name, value.to_owned()),
        ApiKeyPlace::Query => request.push_query(name, value),
        ApiKeyPlace::Cookie => request.push_cookie(name, value),
    }
}
