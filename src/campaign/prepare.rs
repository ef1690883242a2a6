//! Before the first case: is the service there, under which base, who stands before it, what does a
//! good call look like.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::round::answers;
use super::{Event, Settings, death, parallel};
use crate::case::{Call, Case, Deviation, Exchange, History, Label, Outcome};
use crate::check::{Caller, Fingerprint, Stack, Surroundings, Usual};
use crate::execute::{Connections, Executor, NO_GRPC};
use crate::spec::{Operation, Service, base};

/// Pauses between looks at a service that is not there yet.
const PAUSE: Duration = Duration::from_millis(250);

/// The rule by which a method is asked for that is not there.
const NOWHERE: &str = "unknown_rpc_method";

/// So long an answer is waited for that only says where the service is and whether it is well.
const LOOK: Duration = Duration::from_secs(2);

/// Waits until the service answers anything at all.
///
/// # Errors
/// Why it does not, after the time to wait.
pub(super) async fn wait_for(executor: &Executor, settings: &Settings) -> Result<(), String> {
    let until = Instant::now() + settings.wait_for_service;
    let mut restarted = false;
    loop {
        let exchange = executor.look().await;
        let why = match exchange.outcome {
            Outcome::Answered(_) => return Ok(()),
            Outcome::Unreachable { reason }
                if Instant::now() >= until && !restarted && executor.hooks.restart.is_some() =>
            {
                restarted = true;
                match executor.restart().await {
                    Ok(true) => continue,
                    Ok(false) => reason,
                    Err(error) => return Err(format!("{reason}; {error}")),
                }
            }
            Outcome::Unreachable { reason } => reason,
            Outcome::Dropped { .. } => {
                format!("it closes the connection without an answer{}", hint(executor))
            }
            Outcome::Garbage { reason, .. } if hint(executor).is_empty() => {
                format!("what it answers is no HTTP: {reason}")
            }
            Outcome::Garbage { reason, .. } => {
                format!("it does not answer in HTTP/2: {reason}{}", hint(executor))
            }
            Outcome::TimedOut { .. } => "it takes connections and never answers".to_owned(),
            Outcome::Abandoned => "the look was given up".to_owned(),
        };
        if Instant::now() >= until || executor.stop.is_asked() {
            return Err(why);
        }
        executor.sleep(PAUSE).await;
    }
}

/// What may be wrong with the address of a service of gRPC.
fn hint(executor: &Executor) -> &'static str {
    if executor.client.target().is_rpc || executor.rpc.is_some() {
        "; is it behind TLS (grpcs://) or plain (grpc://), or no service of gRPC?"
    } else {
        ""
    }
}

/// Finds out which of several bases the operations stand under, by safe calls; gives the base and
/// why it was taken.
pub async fn find_base(executor: &Executor, bases: &[String]) -> Option<base::Choice> {
    let probes = base::probes(&executor.service);
    let mut all = Vec::new();
    for base in bases {
        let prefix = path_of(base);
        let ask = async |method: &str, path: &str| -> base::Answer {
            let exchange = executor.ask_within(method, &format!("{prefix}{path}"), LOOK).await;
            exchange.answer().map(|answer| (answer.status, answer.media_type()))
        };
        let mut answers = base::Answers::default();
        if !probes.is_empty() {
            answers.nowhere = ask("GET", base::NOWHERE).await;
        }
        for operation in &probes {
            answers.probes.push(ask(&operation.method, &operation.path).await);
        }
        all.push(answers);
    }
    base::choose(&probes, bases, &all)
}

/// The path of an address, without a slash at its end.
pub fn path_of(address: &str) -> &str {
    let after = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = after.find('/').map_or("", |at| &after[at..]);
    path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/')
}

/// What is known before anything is sent: the usual calls, who calls, how long writes take to be seen.
pub(super) fn surroundings(executor: &Executor, settings: &Settings) -> Surroundings {
    let usual = parallel::map(&executor.service.operations, |operation| {
        settings.usual(operation).map(Arc::new)
    });
    let usual = usual.into_iter().enumerate().filter_map(|(number, call)| Some((number, call?)));
    let callers = executor
        .identities
        .all
        .iter()
        .map(|identity| Caller { name: identity.name.clone(), isolated: identity.isolated });
    Surroundings {
        usual: Arc::new(usual.collect()),
        callers: callers.collect(),
        address: executor.url().into(),
        settle: settings.settle,
        ..Surroundings::default()
    }
}

/// The safe operations that name a thing and are answered 2xx before anything was made: what they name
/// was there before. Where the service went away instead of an answer, `lost` gets the call.
pub(super) async fn given(
    executor: &Executor,
    settings: &Settings,
    usual: &Usual,
    lost: &mut Vec<Arc<History>>,
) -> BTreeSet<usize> {
    let mut given = BTreeSet::new();
    for (number, operation) in executor.service.operations.iter().enumerate() {
        let names = operation.is_safe() && operation.path.contains('{');
        if !names || settings.denies(operation) || executor.stop.signal().is_some() {
            continue;
        }
        let Some(call) = usual.call(number) else { continue };
        let case = Arc::new(Case::of(executor.service.name.clone(), (**call).clone()));
        let history = executor.run(&case, Connections::Pooled).await;
        let status = history.last_status();
        if status.is_some_and(|status| (200..300).contains(&status)) {
            given.insert(number);
        }
        note_lost(history, lost);
    }
    given
}

/// How a gateway in front of the service answers by itself.
pub(super) async fn gateway(executor: &Executor) -> Option<Fingerprint> {
    let exchange = executor.ask("GET", &format!("{}{}", executor.base, base::NOWHERE)).await;
    Fingerprint::learn(&exchange)
}

/// What serves gRPC: as it was set, else as it refuses a method that is not there; `None` where that is not known.
///
/// # Errors
/// What answers speaks no gRPC.
pub(super) async fn stack(
    executor: &Executor,
    settings: &Settings,
    usual: &Usual,
) -> Result<Option<&'static Stack>, String> {
    let service = &executor.service;
    let number = service.operations.iter().position(|operation| operation.rpc.is_some());
    let Some(usual) = number.and_then(|number| usual.call(number)) else {
        return Ok(None);
    };
    let mut call = (**usual).clone();
    let rule = Deviation { rule: NOWHERE.into(), at: None, with: Vec::new() };
    (call.deviations, call.label) = (vec![rule], Label::Malformed);
    let history =
        executor.run(&Arc::new(Case::of(service.name.clone(), call)), Connections::Pooled).await;
    let exchange = history.exchanges.first();
    match exchange.map(|exchange| &exchange.outcome) {
        Some(Outcome::Garbage { reason, .. }) if reason.starts_with(NO_GRPC) => {
            return Err(format!("{reason}{}", hint(executor)));
        }
        _ => {}
    }
    Ok(settings.stack.or_else(|| exchange.and_then(Stack::detected)))
}

/// A call that is known to be good, and how it was answered.
#[derive(Clone, Debug)]
pub(super) struct Control {
    /// The call.
    pub(super) case: Arc<Case>,
    /// Whether it stands for the service's health: it was answered 2xx.
    pub(super) good: bool,
}

/// The control call: the configured one, else the first safe call that is answered 2xx. Where the service
/// went away instead of an answer, `lost` gets the call.
pub(super) async fn control(
    executor: &Executor,
    settings: &Settings,
    emit: &mut dyn FnMut(Event),
    lost: &mut Vec<Arc<History>>,
) -> Option<Control> {
    let service = &executor.service;
    if let Some(health) = &settings.health {
        let case = Arc::new(Case::of(service.name.clone(), call_of(health)));
        let good = is_good(executor, &case, lost).await;
        if !good && !executor.stop.is_asked() {
            emit(Event::Notice(format!("the control call `{health}` is not answered 2xx")));
        }
        return Some(Control { case, good });
    }
    let mut safe: Vec<&Operation> = service
        .operations
        .iter()
        .filter(|operation| {
            settings.picks(operation) && matches!(&*operation.method, "GET" | "HEAD")
        })
        .collect();
    if service.is_rpc() && executor.permission.is_unbounded() {
        // Few methods say that they only look; the others are called as they will be anyway.
        let others = service.operations.iter().filter(|operation| {
            settings.picks(operation) && !operation.is_safe() && !operation.destroys()
        });
        safe.extend(others);
    }
    safe.sort_by_key(|operation| {
        (operation.path.contains('{'), !operation.is_safe(), operation.parameters.len())
    });
    for operation in safe.into_iter().take(12) {
        let Some(call) = settings.usual(operation) else { continue };
        let case = Arc::new(Case::of(service.name.clone(), call));
        if is_good(executor, &case, lost).await {
            return Some(Control { case, good: true });
        }
    }
    None
}

/// A call of an operation that the document need not have: `GET /health`.
fn call_of(operation: &str) -> Call {
    Call { id: "s1".to_owned(), operation: operation.to_owned(), ..Call::default() }
}

async fn is_good(executor: &Executor, case: &Arc<Case>, lost: &mut Vec<Arc<History>>) -> bool {
    let history = executor.run_within(case, Connections::Pooled, Some(LOOK)).await;
    let last: Option<&Exchange> = history.exchanges.last();
    let good = last.is_some_and(|exchange| {
        answers(exchange)
            && exchange.status().is_some_and(|status| (200..300).contains(&status))
            // A stream that never ends tells nothing about health in the time that is there.
            && exchange.times.end < LOOK
    });
    note_lost(history, lost);
    good
}

fn note_lost(history: History, lost: &mut Vec<Arc<History>>) {
    if death::was_under_way(&history) {
        lost.push(Arc::new(history));
    }
}

/// What a probe of each identity gives: `ok (GET /me 200)`.
pub(super) async fn identities(
    executor: &Executor,
    settings: &Settings,
    control: Option<&Control>,
) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for identity in &executor.identities.all {
        let probe = protected(&executor.service)
            .and_then(|operation| Some((operation.name.clone(), settings.usual(operation)?)));
        let (name, mut call) = match (probe, control) {
            (Some(probe), _) => probe,
            (None, Some(control)) => match control.case.calls().next() {
                Some(call) => (call.operation.clone(), call.clone()),
                None => continue,
            },
            (None, None) => continue,
        };
        call.auth = crate::case::Auth::Identity(identity.name.clone());
        let case = Arc::new(Case::of(executor.service.name.clone(), call));
        let history = executor.run(&case, Connections::Pooled).await;
        let said = match history.exchanges.last().map(Exchange::status) {
            Some(Some(status @ (401 | 403))) => format!("refused ({name} {status})"),
            Some(Some(status)) => format!("ok ({name} {status})"),
            _ => format!("no answer ({name})"),
        };
        all.push((identity.name.clone(), said));
    }
    all
}

/// A safe operation that asks for credentials, the one with the simplest path first.
fn protected(service: &Service) -> Option<&Operation> {
    let asks = |operation: &&Operation| {
        operation.is_safe()
            && !operation.security.is_empty()
            && operation.security.iter().all(|all| !all.is_empty())
    };
    service
        .operations
        .iter()
        .filter(asks)
        .min_by_key(|operation| operation.path.matches('{').count())
}
