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
    /// A header field as it stands, its value a secret.
    Header(String, String),
    /// A header field that carries no credential.
    Plain(String, String),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bearer(_) => f.write_str("Bearer(***)"),
            Self::Basic(user, _) => write!(f, "Basic({user}, ***)"),
            Self::ApiKey { scheme, .. } => write!(f, "ApiKey({scheme}, ***)"),
            Self::Header(name, _) => write!(f, "Header({name}, ***)"),
            Self::Plain(name, value) => write!(f, "Plain({name}, {value})"),
        }
    }
}

/// Header fields that carry no credential, in lower case. What is not known may be a secret.
const HARMLESS: [&str; 46] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "api-version",
    "baggage",
    "cache-control",
    "content-language",
    "content-type",
    "from",
    "host",
    "idempotency-key",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "origin",
    "pragma",
    "prefer",
    "priority",
    "range",
    "te",
    "tenant",
    "tenant-id",
    "traceparent",
    "tracestate",
    "user-agent",
    "via",
    "x-api-version",
    "x-b3-sampled",
    "x-b3-traceid",
    "x-client-name",
    "x-client-version",
    "x-correlation-id",
    "x-debug",
    "x-environment",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-language",
    "x-organization",
    "x-real-ip",
    "x-region",
    "x-request-id",
    "x-tenant",
    "x-tenant-id",
];

impl Credential {
    /// A header field that a person typed for every request: its value is a secret unless its name is
    /// known to be harmless, and the value holds none of those that are known to be `secrets`.
    pub fn field(name: String, value: String, secrets: &[(String, String)]) -> Self {
        let harmless = HARMLESS.contains(&&*name.to_ascii_lowercase());
        let is_within =
            |(_, secret): &(String, String)| !secret.is_empty() && value.contains(secret.as_str());
        if harmless && !secrets.iter().any(is_within) {
            Self::Plain(name, value)
        } else {
            Self::Header(name, value)
        }
    }

    /// Its secrets, each with what it is of its identity: `bearer`.
    fn secrets(&self) -> Vec<(String, &str)> {
        match self {
            Self::Bearer(token) => vec![("bearer".to_owned(), token)],
            Self::Basic(_, password) => vec![("password".to_owned(), password)],
            Self::ApiKey { key, .. } => vec![("key".to_owned(), key)],
            Self::Header(name, value) => {
                let name = name.to_ascii_lowercase();
                // `Bearer TOKEN`: a service may speak of the token alone.
                let token = value.split_once(' ').map(|(_, token)| token.trim());
                let token = token.filter(|token| !token.is_empty() && !token.contains(' '));
                let token = token.map(|token| (format!("{name}.token"), token));
                [(name, value.as_str())].into_iter().chain(token).collect()
            }
            Self::Plain(..) => Vec::new(),
        }
    }
}

impl Identity {
    /// Its secrets, each with the name a case file calls it by: `alice.bearer`.
    pub fn secrets(&self) -> Vec<(String, String)> {
        let named =
            |(kind, secret): (String, &str)| (format!("{}.{kind}", self.name), secret.to_owned());
        self.credentials.iter().flat_map(Credential::secrets).map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, value: &str) -> Credential {
        let secrets = [("env.VAULT".to_owned(), "hvs.topsecret1".to_owned())];
        Credential::field(name.to_owned(), value.to_owned(), &secrets)
    }

    #[test]
    fn fields_that_are_not_known_to_be_harmless_are_secrets() {
        for name in ["X-Vault", "X-Password", "Authorization", "Cookie", "X-Anything"] {
            assert!(matches!(field(name, "pa55word99"), Credential::Header(..)), "{name}");
        }
        for name in ["accept", "X-Tenant", "Prefer", "traceparent"] {
            assert!(matches!(field(name, "x"), Credential::Plain(..)), "{name}");
        }
        assert!(matches!(field("X-Tenant", "t-hvs.topsecret1"), Credential::Header(..)));
    }

    #[test]
    fn a_token_is_a_secret_without_its_scheme_too() {
        let credentials = vec![field("Authorization", "Bearer tok-123"), field("Accept", "*/*")];
        let identity = Identity { name: "a".to_owned(), credentials, isolated: false };
        let secrets = identity.secrets();
        let told: Vec<_> = secrets.iter().map(|(name, text)| (&**name, &**text)).collect();
        assert_eq!(
            told,
            [("a.authorization", "Bearer tok-123"), ("a.authorization.token", "tok-123")]
        );
    }
}
