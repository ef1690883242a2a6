//! What may be sent to a service that others use, too (DESIGN: nothing is written to what this run
//! did not create).

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::case::{Call, Exchange};
use crate::config::Permissions;
use crate::spec::Operation;
use crate::value::{Value, read};
use crate::wire::Request;

/// Guards a service against writes to what is not ours.
#[derive(Debug)]
pub struct Permission {
    permissions: Permissions,
    local: bool,
    created: Mutex<HashSet<String>>,
}

/// Something that a call created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The operation that created it.
    pub operation: String,
    /// What it is called.
    pub id: String,
    /// The `Location` of the answer.
    pub location: Option<String>,
}

/// Members of a created resource that name it.
const NAMES: [&str; 6] = ["id", "uuid", "guid", "key", "name", "slug"];

impl Permission {
    /// For a service on loopback (`local`) or elsewhere.
    pub fn new(permissions: Permissions, local: bool) -> Self {
        let local = local && !permissions.loopback_is_remote;
        Self { permissions, local, created: Mutex::default() }
    }

    /// Whether everything is allowed: the service is ours alone, or the person said so.
    pub fn is_unbounded(&self) -> bool {
        self.local || self.permissions.foreign_writes
    }

    /// Whether the service is on loopback, and treated so.
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// Whether calls that may disturb others may be sent.
    pub fn is_disruptive(&self) -> bool {
        self.local || self.permissions.disruptive
    }

    /// Whether an operation writes to something that stood before: it names a resource in its path
    /// and is not safe.
    pub fn is_foreign_write(operation: &Operation) -> bool {
        !operation.is_safe() && (operation.path.contains('{') || operation.method != "POST")
    }

    /// Whether a call may be sent.
    ///
    /// # Errors
    /// Why not, and the way out.
    pub fn allows(&self, operation: Option<&Operation>, call: &Call) -> Result<(), String> {
        if self.is_unbounded() {
            return Ok(());
        }
        let safe = operation.map_or_else(
            || matches!(call.operation.split(' ').next(), Some("GET" | "HEAD" | "OPTIONS")),
            Operation::is_safe,
        );
        let creates = operation.is_some_and(|operation| !Self::is_foreign_write(operation));
        if safe || creates {
            return Ok(());
        }
        let created = self.created.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = |value: &Value| text_of(value).is_some_and(|text| created.contains(&text));
        if !call.path.is_empty() && call.path.iter().all(|(_, value)| ours(value)) {
            return Ok(());
        }
        Err(format!(
            "{} writes to what this run did not create; allow it with --allow-foreign-writes",
            call.operation
        ))
    }

    /// Whether a request may be sent whose call may: a deviation on the wire can turn it into a write
    /// of another kind, or lead it elsewhere. `plain` is the request without its deviations.
    ///
    /// # Errors
    /// Why not, and the way out.
    pub fn allows_request(&self, plain: &Request, request: &Request) -> Result<(), String> {
        let writes =
            matches!(&*request.method.to_ascii_uppercase(), "POST" | "PUT" | "PATCH" | "DELETE");
        let path = |request: &Request| request.target.split('?').next().map(str::to_owned);
        let same = request.method.eq_ignore_ascii_case(&plain.method)
            && path(request) == path(plain)
            && request.head.line.is_none();
        if self.is_unbounded() || !writes || same {
            return Ok(());
        }
        Err(format!(
            "{} {} would write where the document does not say so; allow it with \
             --allow-foreign-writes",
            request.method, request.target
        ))
    }

    /// Remembers what a call created; gives it where it is new.
    pub fn learn(&self, operation: Option<&Operation>, exchange: &Exchange) -> Option<Created> {
        let answer = exchange.answer().filter(|answer| (200..300).contains(&answer.status))?;
        let operation = operation.filter(|operation| operation.method == "POST")?;
        let location = answer.header("location").and_then(|location| {
            let path = location.split(['?', '#']).next()?.trim_end_matches('/');
            path.rsplit('/').next().map(str::to_owned)
        });
        let body = if answer.status == 201 || location.is_some() {
            read::json(&answer.body).ok()
        } else {
            None
        };
        let members = NAMES.iter().filter_map(|name| text_of(body.as_ref()?.get(name)?));
        let mut names: Vec<String> = members.collect();
        names.extend(location);
        names.retain(|name| !name.is_empty());
        let id = names.first()?.clone();
        let mut created = self.created.lock().unwrap_or_else(PoisonError::into_inner);
        let new = names.into_iter().filter(|name| created.insert(name.clone())).count() > 0;
        new.then(|| Created {
            operation: operation.name.clone(),
            id,
            location: answer.header("location").map(str::to_owned),
        })
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.as_str().map(str::to_owned),
        Value::Number(number) => Some(number.lexeme().into_owned()),
        _ => None,
    }
}
