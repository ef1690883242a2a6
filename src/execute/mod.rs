//! Executing a case: references, fresh values, waits, identities, follow-ups.
//!
//! Responsible for turning a case into a history, the same in discovery, shrinking and replay. Does
//! not know why a case exists.

mod bindings;
mod credentials;
pub mod hook;
mod judge;
mod made;
mod permission;
mod ready;
mod stop;
mod things;

pub use bindings::{Unresolved, today};
pub use credentials::Identities;
pub use hook::{HookError, Hooks};
pub use judge::Judged;
pub use made::{Made, Makings};
pub use permission::{Created, Permission};
pub use stop::{Clock, Stop};

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bindings::Bindings;
use ready::Ready;

use crate::case::{Auth, Call, Case, Exchange, History, Sent, Step, Unfinished};
use crate::spec::Service;
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
    made: made::Register,
}

/// Why a call has no exchange that was sent, or was to be, when the end was asked for.
const ENDED: &str = "the run ended before it was answered";

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
            made: made::Register::default(),
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

    /// What was made since the last time this was asked, and can be taken away again.
    pub fn take_made(&self) -> Makings {
        self.made.take()
    }

    /// Executes a case.
    pub async fn run(&self, case: &Arc<Case>, connections: Connections) -> History {
        self.run_within(case, connections, None).await
    }

    /// Executes a case in which no answer is waited for longer than `most`. A call that is under way
    /// when the end is asked for has no exchange: nothing is known of it.
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
                        keep(&mut history, call, exchange)
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
                        let all = futures_util::future::join_all(all).await.into_iter();
                        let kept = group.calls.iter().zip(all);
                        kept.fold(None, |unfinished, (call, exchange)| {
                            keep(&mut history, call, exchange).or(unfinished)
                        })
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

    async fn exchange(
        &self,
        call: &Call,
        mut ready: Ready,
        over: Over<'_>,
        most: Option<Duration>,
    ) -> Option<Exchange> {
        let path = ready.path.take();
        let mut timeout = self.timeout(&call.operation);
        if let Some(most) = most {
            timeout = timeout.min(most);
        }
        if !wire::deviation::well_framed(call) {
            // A service may well wait for what will never come: that says nothing.
            timeout = timeout.min(UNFRAMED);
        }
        let Reply { outcome, times, http, fresh_connection, written, .. } =
            self.send(&ready.request, over, timeout).await?;
        let exchange = Exchange {
            call: call.id.clone(),
            operation: call.operation.clone(),
            label: ready.label,
            auth: call.auth.clone(),
            sent: ready.sent(written),
            outcome,
            times,
            http,
            fresh_connection,
        };
        self.made.note(&self.service, &exchange);
        let learn =
            |path: &String| self.permission.learn(&self.service, &self.base, path, &exchange);
        if let Some(created) = path.as_ref().and_then(learn) {
            self.created.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(created);
        }
        Some(exchange)
    }

    /// How long an exchange of an operation may take.
    pub fn timeout(&self, operation: &str) -> Duration {
        let set = self.timeouts.iter().rev().find(|(name, _)| name == operation);
        set.map_or(self.client.timeout(), |(_, timeout)| *timeout)
    }

    /// Sends a request; it is given up, and nothing comes of it, as soon as the end is asked for.
    async fn send(&self, request: &Request, over: Over<'_>, timeout: Duration) -> Option<Reply> {
        if self.stop.is_asked() {
            return None;
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        tokio::select! {
            biased;
            () = self.stop.asked() => None,
            reply = self.client.send(request, over, Some(timeout)) => Some(reply),
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
        self.ask_within(method, target, self.client.timeout()).await
    }

    /// The same, where the answer is not waited for longer than `most`.
    pub async fn ask_within(&self, method: &str, target: &str, most: Duration) -> Exchange {
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
        let timeout = self.client.timeout().min(most);
        let reply = self.send(&request, Over::Fresh, timeout).await;
        let reply = reply.unwrap_or_else(Reply::abandoned);
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

/// Takes in what came of a call; why the case ends here, where nothing did.
fn keep(history: &mut History, call: &Call, exchange: Option<Exchange>) -> Option<Unfinished> {
    let ended = || Unfinished { call: call.id.clone(), why: ENDED.to_owned() };
    let unfinished = exchange.is_none().then(ended);
    history.exchanges.extend(exchange);
    unfinished
}
