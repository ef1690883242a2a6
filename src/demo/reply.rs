//! What an operation does with a call: an answer, or something that no service should do.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::service::{Outcome, Service};

/// What an operation goes on with after a while.
pub(crate) type Later = Box<dyn FnOnce(&Service) -> Outcome + Send>;

/// What becomes of a call.
pub(crate) enum Reply {
    /// An answer.
    Answer(Box<Response<Body>>),
    /// The connection ends without one.
    Drop,
    /// Nothing, ever.
    Hang,
    /// What comes of it after a while: it waits for something, as for a database.
    Later(Duration, Later),
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(response) => f.debug_tuple("Answer").field(response).finish(),
            Self::Drop => f.write_str("Drop"),
            Self::Hang => f.write_str("Hang"),
            Self::Later(wait, _) => f.debug_tuple("Later").field(wait).finish_non_exhaustive(),
        }
    }
}

impl Reply {
    /// An answer in JSON.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::with_body(status, "application/json", value.to_string())
    }

    /// Whatever comes of it after a while.
    pub(crate) fn later(
        wait: Duration,
        then: impl FnOnce(&Service) -> Outcome + Send + 'static,
    ) -> Self {
        Self::Later(wait, Box::new(then))
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = code(status);
        Self::Answer(Box::new(response))
    }

    /// An answer of any media type.
    pub(crate) fn with_body(status: u16, media_type: &str, body: impl Into<Body>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() = code(status);
        Self::Answer(Box::new(response)).header(CONTENT_TYPE, media_type)
    }

    /// An error as `application/problem+json` (RFC 9457).
    pub(crate) fn problem(status: u16, detail: &str) -> Self {
        let title = code(status).canonical_reason().unwrap_or("Error");
        let problem = json!({ "title": title, "status": status, "detail": detail });
        Self::with_body(status, "application/problem+json", problem.to_string())
    }

    /// The same with one more header field; a value that no field can hold is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let (Self::Answer(response), Ok(value)) = (&mut self, HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
        self
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What a service answers whose code gave up.
pub(crate) fn crash(detail: &str) -> Reply {
    Reply::problem(500, detail)
}
