//! Executing a case: its steps in their order, some calls together, some until others have ended.

mod together;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use std::future::poll_fn;

use futures_util::future::{BoxFuture, join_all};
use tokio::time::sleep;

use super::bindings::Bindings;
use super::ready::Ready;
use super::{Connections, Executor, rpc};
use crate::case::{Call, Case, Exchange, History, Step, Unfinished};
use crate::transport::{Appointments, Key, Latch, Named, Over, Reply};
use crate::value::Value;
use crate::wire::deviation::Danger;
use crate::wire::{self, grpc};

/// Why a call has no exchange that was sent, or was to be, when the end was asked for.
const ENDED: &str = "the run ended before it was answered";

/// What is less than a client usually grants (RFC 9113, section 6.9.2) holds answers back.
const LEAST_WINDOW: u32 = 65_535;

/// How long an answer to a badly framed request is waited for.
const UNFRAMED: Duration = Duration::from_secs(1);

/// What a case is executed over.
struct Means<'a> {
    named: Vec<(&'a str, Named)>,
    connections: Connections,
    /// No answer is waited for longer.
    most: Option<Duration>,
}

/// What came of a call, with its number among those of the case.
type Came = (usize, Exchange);

/// Calls that outlive their steps.
type Held<'a> = Vec<BoxFuture<'a, Came>>;

impl Executor {
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
        self.run_until(case, connections, most, pin!(self.stop.asked())).await
    }

    /// The same for whoever executes many cases and listens for the end only once: `end` comes back
    /// when it is asked for.
    pub async fn run_until(
        &self,
        case: &Arc<Case>,
        connections: Connections,
        most: Option<Duration>,
        end: Pin<&mut (impl Future<Output = ()> + Send)>,
    ) -> History {
        let mut came: Vec<Came> = Vec::with_capacity(case.steps.len());
        let ended = if self.stop.is_asked() {
            None
        } else {
            let named = case.connections.iter();
            let named = named.map(|(name, shape)| (name.as_str(), Named::new(shape.clone())));
            let means = Means { named: named.collect(), connections, most };
            tokio::select! {
                biased;
                ended = self.steps(case, &means, &mut came) => Some(ended),
                () = end => None,
            }
        };
        came.sort_by_key(|(number, _)| *number);
        let unfinished = match ended {
            Some(ended) => ended.err(),
            None => missing(case, &came),
        };
        let exchanges = came.into_iter().map(|(_, exchange)| exchange).collect();
        History { case: Arc::clone(case), exchanges, unfinished }
    }

    /// Executes the steps of a case up to the first that cannot be sent.
    async fn steps(
        &self,
        case: &Case,
        means: &Means<'_>,
        came: &mut Vec<Came>,
    ) -> Result<(), Unfinished> {
        let execution = self.counters.executions.fetch_add(1, Ordering::Relaxed);
        let nonce = self.nonce.wrapping_add(execution.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let variables = self.variables.get().unwrap_or(&Value::Null);
        let mut bindings = Bindings::new(nonce, variables, &self.secrets);
        let (ends, mut keys) = ends(case);
        let mut held = Held::new();
        let mut ended = Ok(());
        let mut number = 0;
        let is_bounded = !self.permission.admits("timing", Danger::Remote);
        let mut silence = None;
        if let Some(second) = case.calls().filter(|call| call.keeps_waiting()).nth(1)
            && case.calls().any(Call::is_held)
        {
            let borne = self.permission.bears("timing", Danger::Remote, &second.operation);
            borne.map_err(|why| Unfinished { call: second.id.clone(), why })?;
        }
        if let Some((call, why)) = case.calls().next().zip(self.proves_nothing(case)) {
            return Err(Unfinished { call: call.id.clone(), why });
        }
        let is_tiny = |window: u32| window < LEAST_WINDOW;
        let mut shapes = case.connections.iter().map(|(_, shape)| shape.initial_window);
        if let Some(call) =
            case.calls().next().filter(|_| shapes.any(|own| own.is_some_and(is_tiny)))
        {
            let borne = self.permission.bears("tiny_window", Danger::Remote, &call.operation);
            borne.map_err(|why| Unfinished { call: call.id.clone(), why })?;
        }
        for step in &case.steps {
            if let Some(wait) = step.wait() {
                beside(&mut held, came, sleep(wait)).await;
            }
            // Where others use the service, it is kept waiting by one case at a time.
            if silence.is_none() && is_bounded && step.calls().iter().any(Call::keeps_waiting) {
                silence = Some(self.silence.lock().await);
            }
            let before = came.len();
            let first = number;
            number += step.calls().len();
            ended = match step {
                Step::Call(call) => match self.prepare(call, &bindings) {
                    Ok(ready) => {
                        let over = means.over(call);
                        let waits = waits_for(call, &ends);
                        let exchange = || self.exchange(call, ready, over, means.most, waits);
                        if call.is_held() {
                            let sent = exchange();
                            held.push(Box::pin(async move { (first, sent.await) }));
                        } else if held.is_empty() {
                            came.push((first, exchange().await));
                        } else {
                            let sent = Box::pin(exchange());
                            let exchange = beside(&mut held, came, sent).await;
                            came.push((first, exchange));
                        }
                        Ok(())
                    }
                    Err(why) => Err(why),
                },
                Step::Together(group) => match self
                    .may_meet(group, means)
                    .and_then(|()| self.prepare_all(group, &bindings))
                {
                    Ok(all) => {
                        let all = self.together(group, all, means, first);
                        let all = beside(&mut held, came, all).await;
                        came.extend(all);
                        Ok(())
                    }
                    Err(why) => Err(why),
                },
            };
            keys.retain(|(id, _)| *id != step.id());
            if held.is_empty() {
                silence = None;
            }
            if ended.is_err() {
                break;
            }
            if case.steps.len() > 1 {
                came[before..].iter().for_each(|(_, exchange)| bindings.learn(exchange));
            }
        }
        drop(keys);
        came.extend(join_all(held).await);
        ended
    }

    async fn exchange(
        &self,
        call: &Call,
        ready: Ready,
        over: Over<'_>,
        most: Option<Duration>,
        appointments: Appointments,
    ) -> Exchange {
        let timeout = self.patience(call, most);
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        let client = self.client_of(&call.operation);
        // A head that makes no sense may spoil a connection for those who come next (grpc-core keeps it).
        let own: Named;
        let is_spoilt = !wire::deviation::well_framed(call) && grpc::is_method(&call.operation);
        let over = match over {
            Over::Pooled | Over::Fresh if is_spoilt => {
                own = Named::default();
                Over::Named(&own)
            }
            over => over,
        };
        let reply = client.send_by(&ready.request, over, Some(timeout), appointments).await;
        self.came(call, ready, reply)
    }

    /// How long the answer to a call is waited for.
    fn patience(&self, call: &Call, most: Option<Duration>) -> Duration {
        let timeout = self.timeout(&call.operation);
        let timeout = most.map_or(timeout, |most| timeout.min(most));
        // A service may well wait for what will never come: that says nothing.
        if wire::deviation::well_framed(call) { timeout } else { timeout.min(UNFRAMED) }
    }

    /// What came of a call; what it made is noted.
    fn came(&self, call: &Call, mut ready: Ready, reply: Reply) -> Exchange {
        let (concrete, label) = (ready.concrete.take(), ready.label);
        let meant = concrete.as_ref().unwrap_or(call);
        let operation = self.service.operation(&call.operation);
        let Reply { outcome, times, http, fresh_connection, written, besides, .. } = reply;
        self.counters.requests.fetch_add(besides.into(), Ordering::Relaxed);
        let rpc::Told { sent, outcome, body } = rpc::told(
            operation,
            meant,
            ready.sent(written),
            (outcome, &times),
            self.error_at.as_ref(),
        );
        let exchange = Exchange {
            call: call.id.clone(),
            operation: call.operation.clone(),
            label,
            auth: call.auth.clone(),
            sent,
            outcome,
            times,
            http,
            fresh_connection,
        };
        self.look_for_gateway(&exchange);
        self.made.note(&self.service, &exchange);
        let base = self.base_of(&call.operation);
        let created = self.permission.learn(&self.service, base, meant, &exchange, body.as_ref());
        if let Some(created) = created {
            self.created.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(created);
        }
        exchange
    }
}

impl Means<'_> {
    /// What a call goes over.
    fn over(&self, call: &Call) -> Over<'_> {
        match (self.named(call), self.connections) {
            (Some(named), _) => Over::Named(named),
            (None, Connections::Fresh) => Over::Fresh,
            (None, Connections::Pooled) => Over::Pooled,
        }
    }

    fn named(&self, call: &Call) -> Option<&Named> {
        let on = call.on.as_deref()?;
        self.named.iter().find(|(name, _)| *name == on).map(|(_, named)| named)
    }
}

/// Does something while held calls go on.
async fn beside<T>(held: &mut Held<'_>, came: &mut Vec<Came>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|cx| {
        held.retain_mut(|call| match call.as_mut().poll(cx) {
            Poll::Ready(done) => {
                came.push(done);
                false
            }
            Poll::Pending => true,
        });
        work.as_mut().poll(cx)
    })
    .await
}

/// The first call of which nothing came before the end was asked for.
fn missing(case: &Case, came: &[Came]) -> Option<Unfinished> {
    let missing = |number: &usize| !came.iter().any(|(known, _)| known == number);
    let (_, call) = case.calls().enumerate().find(|(number, _)| missing(number))?;
    Some(Unfinished { call: call.id.clone(), why: ENDED.to_owned() })
}

/// The steps that held calls wait for: for each a latch, and the key that its end turns.
type Ends<'a> = (Vec<(String, Latch)>, Vec<(&'a str, Vec<Key>)>);

fn ends(case: &Case) -> Ends<'_> {
    let awaited: Vec<&str> = case.calls().flat_map(Call::held_until).collect();
    let steps = case.steps.iter().map(Step::id).filter(|id| awaited.contains(id));
    let latches = steps.map(|id| {
        let (latch, keys) = Latch::new(1);
        ((id.to_owned(), latch), (id, keys))
    });
    latches.unzip()
}

fn waits_for(call: &Call, ends: &[(String, Latch)]) -> Appointments {
    let own = ends.iter().filter(|(id, _)| call.held_until().any(|until| until == id));
    Appointments { release: None, ends: own.cloned().collect() }
}

#[cfg(test)]
mod tests;
