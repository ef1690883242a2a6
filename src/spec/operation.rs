//! Operations, their inputs and their outputs.

use std::fmt;

use super::{HeaderField, Responses, Rpc, Schema, Sequence};
use crate::schema::{Documents, Location as At};
use crate::value::{Pointer, Value};

/// A place in a document, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The document's path or address.
    pub document: String,
    /// JSON Pointer into it.
    pub pointer: String,
    /// Line, counted from 1, where the document is a file.
    pub line: Option<usize>,
}

impl Place {
    /// A place of a document.
    pub fn of(documents: &Documents, at: &At) -> Self {
        Self {
            document: documents.address(at).to_owned(),
            pointer: at.pointer.to_string(),
            line: documents.line(at),
        }
    }
}

impl fmt::Display for Place {
    /// `specs/shop.yaml:12 #/paths/~1orders/post`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        write!(f, "{}{line} #{}", self.document, self.pointer)
    }
}

/// One REST operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `POST /orders/{id}`: unique in its service, used in case files and filters.
    pub name: String,
    /// The method in upper case.
    pub method: String,
    /// The path template, as in the document.
    pub path: String,
    /// The `operationId`.
    pub id: Option<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// Whether it is marked as deprecated.
    pub deprecated: bool,
    /// Base addresses of this operation alone, which replace those of the service; variables filled
    /// in, may be relative. Empty for nearly every operation.
    pub servers: Vec<String>,
    /// Parameters, those of the path item first.
    pub parameters: Vec<Parameter>,
    /// The body.
    pub body: Option<Body>,
    /// The answers it promises.
    pub responses: Responses,
    /// Ways to be allowed, each a set of scheme names that are all needed; an empty set means
    /// credentials are optional, an empty list that none are asked for.
    pub security: Vec<Vec<String>>,
    /// Media types it says it answers with (`produces`, or the contents of its responses).
    pub produces: Vec<String>,
    /// Where it stands.
    pub place: Place,
    /// What it calls, where it is a method of gRPC.
    pub rpc: Option<Rpc>,
}

/// Whether a method is safe (RFC 9110, section 9.2.1).
pub fn is_safe_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY")
}

impl Operation {
    /// Whether the method is safe.
    pub fn is_safe(&self) -> bool {
        is_safe_method(&self.method)
    }

    /// Where the value of a parameter in the path stands in a call: `path/id`; of a method of gRPC in its message,
    /// `proto/id`.
    pub fn place_of(&self, parameter: &str) -> String {
        let bound = self.rpc.iter().flat_map(|rpc| &rpc.bound);
        match bound.into_iter().find(|(name, _)| name == parameter) {
            Some((_, pointer)) => format!("proto{pointer}"),
            None => format!("path{}", Pointer::root().child(parameter)),
        }
    }

    /// Whether a place of a call names the thing that it is about: it is in the path, or would be.
    pub fn is_in_path(&self, place: &str) -> bool {
        let mut bound = self.rpc.iter().flat_map(|rpc| &rpc.bound);
        place.starts_with("path/")
            || bound.any(|(_, pointer)| {
                place.strip_prefix("proto").is_some_and(|rest| *pointer.to_string() == *rest)
            })
    }

    /// Whether it destroys what it is given.
    pub fn destroys(&self) -> bool {
        self.method == "DELETE"
    }

    /// The parameter of this name at this location.
    pub fn parameter(&self, location: Location, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|p| {
            p.location == location
                && (p.name == name
                    || location == Location::Header && p.name.eq_ignore_ascii_case(name))
        })
    }
}

/// Header fields by which a call says that it is the very call that was sent before
/// (draft-ietf-httpapi-idempotency-key-header, and how it was called before that).
const IDEMPOTENCY_KEYS: [&str; 3] = ["idempotency-key", "x-idempotency-key", "idempotency_key"];

/// The parameter of an operation that takes such a key.
pub fn idempotency_key(operation: &Operation) -> Option<&Parameter> {
    let is_key = |name: &str| IDEMPOTENCY_KEYS.iter().any(|key| name.eq_ignore_ascii_case(key));
    let mut parameters = operation.parameters.iter();
    parameters.find(|parameter| parameter.location == Location::Header && is_key(&parameter.name))
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// The whole query string (OpenAPI 3.2, `in: querystring`).
    QueryString,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
}

impl Location {
    /// The part of a call it stands in, the first token of its places.
    pub fn part(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query | Self::QueryString => "query",
            Self::Header => "headers",
            Self::Cookie => "cookies",
        }
    }
}

/// One parameter.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the document's own flags")]
pub struct Parameter {
    /// The name.
    pub name: String,
    /// Where it goes.
    pub location: Location,
    /// Whether it must be there.
    pub required: bool,
    /// How arrays and objects are written.
    pub style: Style,
    /// Whether elements and members stand on their own.
    pub explode: bool,
    /// Whether reserved characters are sent as they are.
    pub allow_reserved: bool,
    /// Whether `?name=` and `?name` are allowed.
    pub allow_empty: bool,
    /// The media type its value is written in (`content` parameters).
    pub content: Option<String>,
    /// Its schema.
    pub schema: Schema,
    /// Examples.
    pub examples: Vec<Value>,
}

/// How arrays and objects are written in parameters (OpenAPI 3.2.0, section 4.12.2.2; Swagger 2.0
/// `collectionFormat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `,a,b`-like lists; paths and headers.
    Simple,
    /// `.a.b`; paths.
    Label,
    /// `;x=a;x=b`; paths.
    Matrix,
    /// `x=a&x=b`; queries and cookies.
    Form,
    /// `a b`; queries.
    SpaceDelimited,
    /// `a|b`; queries.
    PipeDelimited,
    /// `x[a]=b`; queries.
    DeepObject,
    /// Tab-separated: Swagger 2.0 `tsv`.
    TabDelimited,
    /// `a=b; c=d`: OpenAPI 3.2 cookies without percent-encoding.
    Cookie,
}

impl Style {
    /// The name in documents and case files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Label => "label",
            Self::Matrix => "matrix",
            Self::Form => "form",
            Self::SpaceDelimited => "spaceDelimited",
            Self::PipeDelimited => "pipeDelimited",
            Self::DeepObject => "deepObject",
            Self::TabDelimited => "tabDelimited",
            Self::Cookie => "cookie",
        }
    }
}

/// A request body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Whether there must be one.
    pub required: bool,
    /// The media types it may be in, as the document orders them.
    pub contents: Vec<Content>,
}

/// A body in one media type.
#[derive(Clone, Debug)]
pub struct Content {
    /// The media type, as in the document; may be a range such as `text/*`.
    pub media_type: String,
    /// How values are written in it.
    pub kind: BodyKind,
    /// Its schema; any value where there is none.
    pub schema: Option<Schema>,
    /// How parts of forms and multipart bodies are written, by property; by index, and
    /// [`Encoding::EACH`], where the parts have no names (`prefixEncoding`, `itemEncoding`).
    pub encoding: Vec<(String, Encoding)>,
    /// Examples.
    pub examples: Vec<Value>,
}

/// How values are written in a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// `application/json`, `+json`, and sequences of it ([`Sequence`]).
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/*`.
    Multipart,
    /// `application/xml`, `text/xml`, `+xml`.
    Xml,
    /// `text/*`.
    Text,
    /// Anything else: octets.
    Bytes,
    /// A message of protobuf.
    Proto,
}

impl BodyKind {
    /// How values are written in a media type (essence only, ASCII case ignored).
    pub fn of(media_type: &str) -> Self {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match &*essence {
            "application/x-www-form-urlencoded" => Self::Form,
            "application/json" | "text/json" | "application/*" | "*/*" => Self::Json,
            "application/xml" | "text/xml" => Self::Xml,
            _ if essence.ends_with("+json") || Sequence::of(&essence).is_some() => Self::Json,
            _ if essence.ends_with("+xml") => Self::Xml,
            _ if essence.starts_with("multipart/") => Self::Multipart,
            _ if essence.starts_with("text/") => Self::Text,
            _ => Self::Bytes,
        }
    }

    /// The key in case files: the part of a call its values stand in.
    pub fn part(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Xml => "xml",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Proto => "proto",
        }
    }
}

/// How one property of a form or multipart body is written.
#[derive(Clone, Debug, Default)]
pub struct Encoding {
    /// The part's media type.
    pub content_type: Option<String>,
    /// How arrays and objects are written (forms, and `multipart/form-data` since OpenAPI 3.1).
    pub style: Option<Style>,
    /// Whether elements and members stand on their own (as `style`).
    pub explode: Option<bool>,
    /// Whether reserved characters are sent as they are (forms only).
    pub allow_reserved: bool,
    /// Header fields of the part (multipart only).
    pub headers: Vec<HeaderField>,
}

impl Encoding {
    /// The name of the encoding of every part that none of its own is given to.
    pub const EACH: &str = "*";
}

/// A security scheme.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// The name operations ask for it by.
    pub name: String,
    /// How credentials are sent.
    pub kind: SchemeKind,
}

/// How credentials are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// `Authorization: Basic`
    Basic,
    /// `Authorization: Bearer`, also OAuth 2 and OpenID Connect.
    Bearer,
    /// A key under a name.
    ApiKey {
        /// Where it goes.
        place: ApiKeyPlace,
        /// The name of the parameter, header or cookie.
        name: String,
    },
    /// A client certificate.
    MutualTls,
    /// Another HTTP scheme: its name.
    Other(String),
}

/// Where an API key goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiKeyPlace {
    /// In the query.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
}
