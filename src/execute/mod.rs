//! Executing a case: references, fresh values, waits, identities, follow-ups.
//!
//! Responsible for turning a case into a history, the same in discovery, shrinking and replay. Does
//! not know why a case exists.

mod bindings;
mod credentials;
pub mod hook;
mod judge;
mod permission;
mod stop;
mod things;

pub use bindings::{Unresolved, today};
pub use credentials::Identities;
pub use hook::{HookError, Hooks};
pub use judge::Judged;
pub use permission::{Created, Permission};
pub use stop::Stop;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bindings::Bindings;

use crate::case::{Auth, Body, Call, Case, Exchange, Header, History, Sent, Step, Unfinished};
use crate::spec::{Operation, Service};
use crate::transport::{Client, Named, Over, Reply};
use crate::value::Value;
use crate::wire::{self, Request};

/// Executes cases against one service.
#[derive(Debug)]
pub struct Executor {
    /// The service's promises.
    pub service: Arc<Service>,
    /// Connections to it.
    pub client: Client,
    /// The path its operations stand under.
    pub base: String,
    /// Who requests can be sent as.
    pub identities: Identities,
    /// What may be sent.
    pub permission: Permission,
    /// Output of the set-up, once it has run.
    pub variables: OnceLock<Value>,
    /// What prepares the service, sets it back, brings it back.
    pub hooks: Hooks,
    /// Ends what is under way.
    pub stop: Stop,
    /// How long an exchange of an operation may take, where that is set.
    pub timeouts: Vec<(String, Duration)>,
    /// What `$secret` stands for, by name: the secrets of the identities, and others.
    pub secrets: Vec<(String, String)>,
    /// Whether each request carries a `traceparent` (W3C Trace Context, section 3.2).
    pub traces: bool,
    /// Distinguishes this run from others; fresh values come from it.
    nonce: u64,
    executions: AtomicU64,
    requests: AtomicU64,
    traced: AtomicU64,
    restarts: AtomicU32,
    created: std::sync::Mutex<Vec<Created>>,
}

/// The field by which a request is found in traces.
const TRACE: &str = "traceparent";

/// How long an answer to a badly framed request is waited for.
const UNFRAMED: Duration = Duration::from_secs(1);

/// Which connections an execution goes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connections {
    /// Idle ones, as an exploring run uses them.
    #[default]
    Pooled,
    /// New ones, as whoever confirms or replays uses them.
    Fresh,
}

impl Executor {
    /// An executor for a service behind a client.
    pub fn new(
        service: Arc<Service>,
        client: Client,
        base: String,
        identities: Identities,
        permission: Permission,
    ) -> Self {
        let secrets = identities.all.iter().flat_map(crate::config::Identity::secrets).collect();
        let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nonce =
            time.map_or(0, |time| time.as_nanos() as u64) ^ u64::from(std::process::id()) << 40;
        Self {
            service,
            client,
            base,
            identities,
            permission,
            variables: OnceLock::new(),
            hooks: Hooks::default(),
            stop: Stop::default(),
            timeouts: Vec::new(),
            secrets,
            traces: false,
            nonce,
            executions: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            traced: AtomicU64::new(0),
            restarts: AtomicU32::new(0),
            created: std::sync::Mutex::default(),
        }
    }

    /// The base address, as a person would type it.
    pub fn url(&self) -> String {
        let target = self.client.target();
        format!("{}://{}{}", target.scheme.name(), target.authority, self.base)
    }

    /// Requests sent so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// What was created since the last time this was asked.
    pub fn take_created(&self) -> Vec<Created> {
        std::mem::take(&mut *self.created.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Executes a case.
    pub async fn run(&self, case: &Arc<Case>, connections: Connections) -> History {
        self.run_within(case, connections, None).await
    }

    /// Executes a case in which no answer is waited for longer than `most`.
    pub async fn run_within(
        &self,
        case: &Arc<Case>,
        connections: Connections,
        most: Option<Duration>,
    ) -> History {
        let execution = self.executions.fetch_add(1, Ordering::Relaxed);
        let nonce = self.nonce.wrapping_add(execution.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let variables = self.variables.get().unwrap_or(&Value::Null);
        let mut bindings = Bindings::new(nonce, variables, &self.secrets);
        let named: Vec<(&str, Named)> = case
            .connections
            .iter()
            .map(|(name, shape)| (name.as_str(), Named::new(shape.clone())))
            .collect();
        let mut history = History {
            case: Arc::clone(case),
            exchanges: Vec::with_capacity(case.steps.len()),
            unfinished: None,
        };
        let alone = case.steps.len() == 1;
        for step in &case.steps {
            if let Some(wait) = step.wait() {
                self.sleep(wait).await;
            }
            let over = |call: &Call| {
                let shared =
                    call.on.as_ref().and_then(|on| named.iter().find(|(name, _)| name == on));
                match (shared, connections) {
                    (Some((_, named)), _) => Over::Named(named),
                    (None, Connections::Fresh) => Over::Fresh,
                    (None, Connections::Pooled) => Over::Pooled,
                }
            };
            let before = history.exchanges.len();
            let unfinished = match step {
                Step::Call(call) => match self.prepare(call, call, &bindings) {
                    Ok(ready) => {
                        let exchange = self.exchange(call, ready, over(call), most).await;
                        history.exchanges.push(exchange);
                        None
                    }
                    Err(unfinished) => Some(unfinished),
                },
                Step::Together(group) => match self.prepare_all(&group.calls, &bindings) {
                    Ok(all) => {
                        let all = group.calls.iter().zip(all).map(|(call, ready)| async move {
                            if let Some(skew) = call.skew {
                                tokio::time::sleep(skew).await;
                            }
                            self.exchange(call, ready, over(call), most).await
                        });
                        history.exchanges.extend(futures_util::future::join_all(all).await);
                        None
                    }
                    Err(unfinished) => Some(unfinished),
                },
            };
            if unfinished.is_some() {
                history.unfinished = unfinished;
                break;
            }
            if !alone {
                history.exchanges[before..].iter().for_each(|exchange| bindings.learn(exchange));
            }
        }
        history
    }

    /// The calls of a group made ready to go out.
    fn prepare_all(
        &self,
        calls: &[Call],
        bindings: &Bindings<'_>,
    ) -> Result<Vec<Ready>, Unfinished> {
        let meant =
            |call: &Call| call.same.as_ref().and_then(|s| calls.iter().find(|c| c.id == *s));
        let ready = |call| self.prepare(call, meant(call).unwrap_or(call), bindings);
        calls.iter().map(ready).collect()
    }

    /// A call made ready to go out.
    fn prepare(
        &self,
        call: &Call,
        meant: &Call,
        bindings: &Bindings<'_>,
    ) -> Result<Ready, Unfinished> {
        let unfinished = |why: String| Unfinished { call: call.id.clone(), why };
        let concrete =
            Self::concrete(meant, bindings).map_err(|error| unfinished(error.to_string()))?;
        let operation = self.service.operation(&concrete.operation);
        let mut request =
            self.permission.cleared(operation, meant, &concrete, &self.base).map_err(unfinished)?;
        let path = operation
            .filter(|operation| !operation.is_safe())
            .and_then(|operation| things::named(&operation.path, &concrete))
            .map(|(_, path)| path);
        let shown = self.sign(&concrete.auth, operation, &mut request).map_err(unfinished)?;
        Ok(Ready { request, shown, path })
    }

    /// Puts on a request what tells who sends it, and gives what to show of it where that holds secrets:
    /// its target and header fields.
    fn sign(
        &self,
        auth: &Auth,
        operation: Option<&Operation>,
        request: &mut Request,
    ) -> Result<Option<(String, Vec<Header>)>, String> {
        if self.traces && request.header(TRACE).is_none() {
            request.push_header(TRACE, self.trace());
        }
        if self.identities.leaves_alone(auth) {
            return Ok(None);
        }
        let (target, headers) = (request.target.clone(), request.headers.clone());
        let mut shown = Request { target, headers, ..Request::default() };
        for field in self.identities.apply(auth, operation, request)? {
            shown.set_header(&field.name, field.value);
        }
        Ok(Some((shown.target, shown.headers)))
    }

    /// A `traceparent` that no other request has.
    fn trace(&self) -> String {
        let number = self.traced.fetch_add(1, Ordering::Relaxed) + 1;
        format!("00-{:016x}{number:016x}-{number:016x}-01", self.nonce)
    }

    /// The call with every symbol replaced.
    fn concrete<'c>(call: &'c Call, bindings: &Bindings<'_>) -> Result<Cow<'c, Call>, Unresolved> {
        if call.values().all(Value::is_concrete) {
            return Ok(Cow::Borrowed(call));
        }
        let list = |values: &[(String, Value)]| {
            values
                .iter()
                .map(|(name, value)| Ok((name.clone(), bindings.resolve(value)?)))
                .collect::<Result<Vec<_>, Unresolved>>()
        };
        let mut concrete = call.clone();
        concrete.path = list(&call.path)?;
        concrete.query = list(&call.query)?;
        concrete.headers = list(&call.headers)?;
        concrete.cookies = list(&call.cookies)?;
        if let Some(value) = concrete.body.as_mut().and_then(Body::value_mut)
            && !value.is_concrete()
        {
            *value = bindings.resolve(value)?;
        }
        Ok(Cow::Owned(concrete))
    }

    async fn exchange(
        &self,
        call: &Call,
        mut ready: Ready,
        over: Over<'_>,
        most: Option<Duration>,
    ) -> Exchange {
        let path = ready.path.take();
        self.requests.fetch_add(1, Ordering::Relaxed);
        let timeout = self.timeouts.iter().rev().find(|(name, _)| *name == call.operation);
        let mut timeout = timeout.map(|(_, timeout)| *timeout);
        if let Some(most) = most {
            timeout = Some(timeout.unwrap_or(self.client.timeout()).min(most));
        }
        if !wire::deviation::well_framed(call) {
            // A service may well wait for what will never come: that says nothing.
            timeout = Some(timeout.map_or(UNFRAMED, |timeout| timeout.min(UNFRAMED)));
        }
        let Reply { outcome, times, http, fresh_connection, written, .. } =
            self.send(&ready.request, over, timeout).await;
        let exchange = Exchange {
            call: call.id.clone(),
            operation: call.operation.clone(),
            label: call.label,
            auth: call.auth.clone(),
            sent: ready.sent(written),
            outcome,
            times,
            http,
            fresh_connection,
        };
        let learn =
            |path: &String| self.permission.learn(&self.service, &self.base, path, &exchange);
        if let Some(created) = path.as_ref().and_then(learn) {
            self.created.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(created);
        }
        exchange
    }

    /// Sends a request; it is given up as soon as the end is asked for.
    async fn send(&self, request: &Request, over: Over<'_>, timeout: Option<Duration>) -> Reply {
        tokio::select! {
            biased;
            () = self.stop.asked() => Reply::abandoned(),
            reply = self.client.send(request, over, timeout) => reply,
        }
    }

    /// Waits, unless the end is asked for.
    pub async fn sleep(&self, time: Duration) {
        tokio::select! {
            () = self.stop.asked() => {}
            () = tokio::time::sleep(time) => {}
        }
    }

    /// Sends one request that is no case: to look whether and how the service is there.
    pub async fn ask(&self, method: &str, target: &str) -> Exchange {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let name = format!("{method} {target}");
        let mut request =
            Request { method: method.to_owned(), target: target.to_owned(), ..Request::default() };
        request.push_header("Accept", "*/*");
        request.push_header("User-Agent", wire::render::USER_AGENT);
        // The default identity is always known.
        let shown = self.sign(&Auth::Default, None, &mut request).unwrap_or_default();
        let (target, headers) =
            shown.unwrap_or_else(|| (request.target.clone(), request.headers.clone()));
        let sent = Sent { method: method.to_owned(), target, headers, ..Sent::default() };
        let reply = self.send(&request, Over::Fresh, None).await;
        Exchange {
            call: "ask".to_owned(),
            operation: name,
            label: crate::case::Label::Valid,
            auth: Auth::Default,
            sent,
            outcome: reply.outcome,
            times: reply.times,
            http: reply.http,
            fresh_connection: reply.fresh_connection,
        }
    }
}

/// A call made ready to go out.
struct Ready {
    request: Request,
    /// The target and the header fields to show in the place of the request's, where that holds
    /// credentials.
    shown: Option<(String, Vec<Header>)>,
    /// The finished path below the base, where the call writes.
    path: Option<String>,
}

impl Ready {
    /// What to keep of the request.
    fn sent(self, written: u64) -> Sent {
        let Request { method, target, headers, body, .. } = self.request;
        let (target, headers) = self.shown.unwrap_or((target, headers));
        Sent { method, target, headers, body, written }
    }
}
