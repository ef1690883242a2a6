//! What may be sent to a service that others use, too (DESIGN: nothing is written to what this run
//! did not create).

use std::sync::{Mutex, PoisonError};

use foldhash::HashSet;

use super::things::{self, Thing};
use crate::case::{Call, Exchange};
use crate::config::Permissions;
use crate::spec::{Operation, Service, is_safe_method};
use crate::value::{Symbol, Value, read};
use crate::wire::deviation::{Danger, methods};
use crate::wire::{self, Request, danger};

/// Guards a service against writes to what is not ours.
#[derive(Debug)]
pub struct Permission {
    permissions: Permissions,
    local: bool,
    created: Mutex<HashSet<Thing>>,
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

impl Permission {
    /// For a service on loopback (`local`) or elsewhere.
    pub fn new(permissions: Permissions, local: bool) -> Self {
        let local = local && !permissions.loopback_is_remote;
        Self { permissions, local, created: Mutex::default() }
    }

    /// Whether everything may be written to: the service is ours alone, or the person said so.
    pub fn is_unbounded(&self) -> bool {
        self.local || self.permissions.foreign_writes
    }

    /// Whether the service is on loopback, and treated so.
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// Whether what disturbs others so far may be sent; what is dangerous has to be named.
    pub fn admits(&self, name: &str, danger: Danger) -> bool {
        match danger {
            Danger::Safe => true,
            Danger::Remote => self.local || self.permissions.disruptive,
            Danger::Disruptive => self.permissions.disruptive,
            Danger::Dangerous => self.permissions.dangerous.iter().any(|known| known == name),
        }
    }

    /// Whether what is done on purpose at an operation, by its name, may be sent.
    ///
    /// # Errors
    /// Why it may not, and the way out.
    pub fn bears(&self, name: &str, danger: Danger, operation: &str) -> Result<(), String> {
        if self.admits(name, danger) {
            return Ok(());
        }
        let way = match danger {
            Danger::Dangerous => {
                "take the service away from everybody; name it by --allow-dangerous, and off \
                 loopback confirm the host by --i-own-this-host"
            }
            Danger::Safe | Danger::Remote | Danger::Disruptive => {
                "disturb others; allow it with --allow-disruptive"
            }
        };
        Err(format!("`{name}` in {operation} may {way}"))
    }

    /// Whether an operation may write to something that stood before: it is not safe, and names a resource in
    /// its path; a method of gRPC unless its name says that it makes something.
    pub fn is_foreign_write(operation: &Operation) -> bool {
        let makes = match &operation.rpc {
            Some(rpc) => rpc.makes,
            None => !operation.path.contains('{') && operation.method == "POST",
        };
        !operation.is_safe() && !makes
    }

    /// The request of a call, where it may be sent. `meant` is the call as it is written down,
    /// `concrete` with every symbol replaced, `written` the same with its messages as octets, `base` the path its
    /// operation stands under.
    ///
    /// # Errors
    /// Why it cannot be sent, or may not, and the way out.
    pub fn cleared(
        &self,
        operation: Option<&Operation>,
        meant: &Call,
        (concrete, written): (&Call, &Call),
        base: &str,
    ) -> Result<Request, String> {
        self.allows(operation, meant, concrete)?;
        for (name, danger) in danger::of_call(concrete) {
            self.bears(name, danger, &concrete.operation)?;
        }
        let told = |error: wire::Error| error.to_string();
        let message = operation
            .and_then(|operation| operation.rpc.as_ref())
            .map(|rpc| rpc.input.descriptor());
        let request = wire::render::request_of(written, base, message).map_err(told)?;
        if !self.is_unbounded() {
            // A method that is not there changes nothing.
            let leads_nowhere =
                written.deviations.iter().all(|own| own.rule == "unknown_rpc_method");
            if leads_nowhere {
                Self::allows_request(&request, &request)?;
            } else {
                let plain = wire::render::plain(written, base).map_err(told)?;
                Self::allows_request(&plain.request, &request)?;
            }
        }
        Ok(request)
    }

    /// Whether a call may write where it does: to what this run created, or to what cannot exist.
    ///
    /// # Errors
    /// Why not, and the way out.
    pub fn allows(
        &self,
        operation: Option<&Operation>,
        meant: &Call,
        concrete: &Call,
    ) -> Result<(), String> {
        if self.is_unbounded() {
            return Ok(());
        }
        let (method, template) = match operation.filter(|operation| operation.rpc.is_some()) {
            Some(method) => (&*method.method, &*method.path),
            None => concrete.operation.split_once(' ').unwrap_or((&concrete.operation, "")),
        };
        let safe = is_safe_method(method);
        let creates = operation.is_some_and(|operation| !Self::is_foreign_write(operation));
        let named = || things::named(template, operation, concrete).map(|(things, _)| things);
        let are_free = |things: Vec<_>| self.are_free(&things, operation, meant);
        if safe || creates || named().is_some_and(are_free) {
            return Ok(());
        }
        Err(format!(
            "{} writes to what this run did not create; allow it with --allow-foreign-writes",
            concrete.operation
        ))
    }

    /// Whether things, and there are any, are this run's own or cannot exist.
    fn are_free(
        &self,
        things: &[(String, Thing)],
        operation: Option<&Operation>,
        meant: &Call,
    ) -> bool {
        let created = self.created.lock().unwrap_or_else(PoisonError::into_inner);
        let is_nobodys = |parameter: &str| {
            let given = things::value_of(operation, meant, parameter);
            matches!(given, Some(Value::Symbol(symbol))
                if matches!(&**symbol, Symbol::Fresh(fresh) if fresh.is_nobodys()))
        };
        let is_free = |(name, thing): &(String, Thing)| created.contains(thing) || is_nobodys(name);
        !things.is_empty() && things.iter().all(is_free)
    }

    /// Whether a request may be sent whose call may: a deviation on the wire, or a header field that
    /// frameworks take for the method, can turn it into a write of another kind, or lead it elsewhere.
    /// `plain` is the request without its deviations.
    fn allows_request(plain: &Request, request: &Request) -> Result<(), String> {
        let writes = |method: &str| {
            let method = method.to_ascii_uppercase();
            matches!(&*method, "POST" | "PUT" | "PATCH" | "DELETE")
        };
        let path = |request: &Request| request.target.split('?').next().map(str::to_owned);
        let elsewhere = path(request) != path(plain) || request.head.line.is_some();
        let mut otherwise = methods(request).filter(|method| {
            writes(method) && (elsewhere || !method.eq_ignore_ascii_case(&plain.method))
        });
        match otherwise.next() {
            None => Ok(()),
            Some(method) => Err(format!(
                "{method} {} would write where the document does not say so; allow it with \
                 --allow-foreign-writes",
                request.target
            )),
        }
    }

    /// Remembers what a call without symbols created; gives it where it is new. `base` is the path that
    /// the service's operations stand under, `body` that of the answer where it is read already.
    pub fn learn(
        &self,
        service: &Service,
        base: &str,
        call: &Call,
        exchange: &Exchange,
        body: Option<&Value>,
    ) -> Option<Created> {
        let answer = exchange.answer().filter(|answer| (200..300).contains(&answer.status))?;
        let number = service.number(&exchange.operation)?;
        let operation = service.operations.get(number)?;
        let location = answer.header("location");
        let path = || things::named(&operation.path, Some(operation), call).map(|(_, path)| path);
        let things = match &*operation.method {
            "POST" if answer.status == 201 || location.is_some() => {
                let resources = service.graph().resources().iter();
                let own = resources.filter(|resource| resource.create == Some(number));
                let read = if body.is_none() { read::json(&answer.body).ok() } else { None };
                things::made(own, &path()?, base, answer, body.or(read.as_ref()))
            }
            "PUT" if answer.status == 201 => things::at_path(&path()?).into_iter().collect(),
            _ => return None,
        };
        let mut created = self.created.lock().unwrap_or_else(PoisonError::into_inner);
        if things.iter().all(|thing| created.contains(thing)) {
            return None;
        }
        let id = things.iter().map(|thing| &thing.id).min()?.clone();
        created.extend(things);
        Some(Created {
            operation: operation.name.clone(),
            id,
            location: location.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::case::{Answer, Deviation, Header, Outcome};
    use crate::spec::load;
    use crate::value::Fresh;

    const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{},"paths":{
        "/items":{"get":{"responses":{}},"post":{"responses":{}}},
        "/items/{id}":{"get":{"responses":{}},"put":{"responses":{}},"delete":{"responses":{}}},
        "/items/{id}/notes/{note}":{"delete":{"responses":{}}},
        "/users/{id}":{"put":{"responses":{}},"delete":{"responses":{}}},
        "/settings":{"put":{"responses":{}}}}}"#;

    fn service() -> Arc<Service> {
        Arc::new(load::alone("t.json", DOCUMENT.as_bytes()).unwrap().service)
    }

    fn elsewhere() -> Permission {
        Permission::new(Permissions::default(), false)
    }

    fn call(operation: &str, path: &[(&str, Value)]) -> Call {
        let path = path.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Call { operation: operation.to_owned(), path, ..Call::default() }
    }

    fn fresh(like: impl Into<Value>) -> Value {
        let fresh = Fresh { name: "id".to_owned(), like: Some(like.into()) };
        Value::Symbol(Box::new(Symbol::Fresh(fresh)))
    }

    fn created(
        permission: &Permission,
        operation: &str,
        path: &[(&str, Value)],
        body: &str,
    ) -> Option<Created> {
        let answer = Answer { status: 201, body: body.to_owned().into(), ..Answer::default() };
        let call = call(operation, path);
        let exchange = Exchange::of(&call, Outcome::Answered(answer));
        permission.learn(&service(), "", &call, &exchange, None)
    }

    fn allows(permission: &Permission, meant: &Call, concrete: &Call) -> bool {
        let service = service();
        permission.allows(service.operation(&concrete.operation), meant, concrete).is_ok()
    }

    #[test]
    fn what_was_created_is_known_by_where_it_is() {
        let permission = elsewhere();
        let told = created(&permission, "POST /items", &[], r#"{"id":7,"name":"admin"}"#);
        assert_eq!(told.map(|created| created.id).as_deref(), Some("7"));
        let may = |operation: &str, path: &[(&str, Value)]| {
            let call = call(operation, path);
            allows(&permission, &call, &call)
        };
        assert!(may("DELETE /items/{id}", &[("id", Value::int(7))]));
        assert!(may("PUT /items/{id}", &[("id", "7".into())]));
        for (operation, path) in [
            ("DELETE /users/{id}", &[("id", Value::int(7))][..]),
            ("PUT /users/{id}", &[("id", "admin".into())]),
            ("DELETE /items/{id}", &[("id", "admin".into())]),
            ("DELETE /items/{id}", &[("id", Value::int(8))]),
            ("DELETE /items/{id}/notes/{note}", &[("id", Value::int(7)), ("note", 1.into())]),
            ("PUT /settings", &[]),
        ] {
            assert!(!may(operation, path), "{operation} {path:?}");
        }
        assert!(may("GET /items/{id}", &[("id", Value::int(8))]) && may("POST /items", &[]));
    }

    #[test]
    fn what_was_put_where_nothing_was_is_ours() {
        let permission = elsewhere();
        assert!(created(&permission, "PUT /users/{id}", &[("id", "q1".into())], "").is_some());
        let call = call("DELETE /users/{id}", &[("id", "q1".into())]);
        assert!(allows(&permission, &call, &call));
    }

    #[test]
    fn ids_that_cannot_exist_may_be_written_to() {
        let permission = elsewhere();
        let may = |like: Value| {
            let meant = call("DELETE /users/{id}", &[("id", fresh(like.clone()))]);
            allows(&permission, &meant, &call("DELETE /users/{id}", &[("id", like)]))
        };
        assert!(may(Value::int(9_000_000_000_000_000_i64)));
        assert!(may("0f8fad5b-d9cb-469f-a165-70867728950e".into()));
        assert!(!may(Value::int(7)) && !may("0f8f".into()));
        // Someone may be called so who is written down.
        let written = call("DELETE /users/{id}", &[("id", Value::int(9_000_000_000_000_000_i64))]);
        assert!(!allows(&permission, &written, &written));
    }

    #[test]
    fn a_header_that_frameworks_take_for_the_method_is_one() {
        let permission =
            Permission::new(Permissions { disruptive: true, ..Permissions::default() }, false);
        let service = service();
        let cleared = |call: &Call| {
            permission.cleared(service.operation(&call.operation), call, (call, call), "").map(drop)
        };
        let mut get = call("GET /items/{id}", &[("id", Value::int(0))]);
        assert_eq!(cleared(&get), Ok(()));
        get.deviations = vec![Deviation::wire("method_override")];
        let why = cleared(&get).unwrap_err();
        assert!(why.starts_with("PATCH /items/0 would write"), "{why}");
        get.deviations[0].with = vec![("method".to_owned(), "HEAD".into())];
        assert_eq!(cleared(&get), Ok(()));
        // A parameter of the document is no better.
        get.deviations.clear();
        get.headers = vec![("x-http-method".to_owned(), "delete".into())];
        assert!(cleared(&get).is_err());
    }

    #[test]
    fn what_may_disturb_others_is_asked_for_at_every_call() {
        let service = service();
        let mut get = call("GET /items", &[]);
        get.deviations = vec![Deviation::wire("two_hosts")];
        let cleared = |permission: &Permission| {
            permission.cleared(service.operation("GET /items"), &get, (&get, &get), "").map(drop)
        };
        assert!(cleared(&elsewhere()).unwrap_err().contains("--allow-disruptive"));
        assert_eq!(cleared(&Permission::new(Permissions::default(), true)), Ok(()));
    }

    #[test]
    fn what_is_dangerous_has_to_be_named_even_here() {
        let permissions =
            Permissions { dangerous: vec!["flood".to_owned()], ..Permissions::default() };
        let permission = Permission::new(permissions, true);
        assert!(permission.admits("flood", Danger::Dangerous));
        assert!(!permission.admits("storm", Danger::Dangerous));
        assert!(permission.admits("storm", Danger::Remote));
        assert!(!permission.admits("storm", Danger::Disruptive));
    }

    #[test]
    fn a_location_without_a_body_tells_what_was_made() {
        let permission = elsewhere();
        let header = Header { name: "location".to_owned(), value: "/items/made-7".into() };
        let answer = Answer { status: 201, headers: vec![header], ..Answer::default() };
        let made = things::made(std::iter::empty(), "/items", "", &answer, None);
        assert_eq!(made.len(), 1);
        permission.created.lock().unwrap().extend(made);
        let call = call("PUT /items/{id}", &[("id", "made-7".into())]);
        assert!(allows(&permission, &call, &call));
    }
}
