//! Identities: sets of credentials.

/// A set of credentials under a name.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// The name, used in case files.
    pub name: String,
    /// What it sends.
    pub credentials: Vec<Credential>,
    /// Whether what it creates is its alone.
    pub isolated: bool,
}

/// One credential. Its secret never leaves the tool but to the service.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// `Authorization: Bearer TOKEN`, for every bearer, OAuth 2 or OpenID Connect scheme.
    Bearer(String),
    /// `Authorization: Basic`, user and password.
    Basic(String, String),
    /// A key for the API key scheme of this name; for every one where the name is empty.
    ApiKey {
        /// The scheme in the document.
        scheme: String,
        /// The key.
        key: String,
    },
    /// A header field as it stands.
    Header(String, String),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bearer(_) => f.write_str("Bearer(***)"),
            Self::Basic(user, _) => write!(f, "Basic({user}, ***)"),
            Self::ApiKey { scheme, .. } => write!(f, "ApiKey({scheme}, ***)"),
            Self::Header(name, _) => write!(f, "Header({name}, ***)"),
        }
    }
}

impl Credential {
    /// Whether its value is a secret: all are, but header fields that no credential goes in.
    pub fn is_secret(&self) -> bool {
        const PARTS: [&str; 7] =
            ["authorization", "cookie", "token", "key", "secret", "auth", "session"];
        match self {
            Self::Header(name, _) => {
                let name = name.to_ascii_lowercase();
                PARTS.iter().any(|part| name.contains(part))
            }
            Self::Bearer(_) | Self::Basic(..) | Self::ApiKey { .. } => true,
        }
    }
}

impl Identity {
    /// Its secrets, each with the name a case file calls it by: `alice.bearer`.
    pub fn secrets(&self) -> Vec<(String, String)> {
        let named = |kind: &str, secret: &String| (format!("{}.{kind}", self.name), secret.clone());
        self.credentials
            .iter()
            .filter(|credential| credential.is_secret())
            .map(|credential| match credential {
                Credential::Bearer(token) => named("bearer", token),
                Credential::Basic(_, password) => named("password", password),
                Credential::ApiKey { key, .. } => named("key", key),
                Credential::Header(name, value) => named(&name.to_ascii_lowercase(), value),
            })
            .collect()
    }
}
