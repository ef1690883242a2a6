//! What a check can see: a history with its promises, and what is known of the environment.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::{Accepted, Echoes, Fingerprint, Latency, Stack, Usual, media, route};
use crate::case::{Answer, Auth, Call, Case, Exchange, History, Label, Perturbation, Step};
use crate::spec::{Operation, Service};
use crate::value::{Value, read};

/// What is known of the environment the service runs in, and what this run has learned so far.
///
/// Nothing is added while a round is judged, so that a judgement never depends on which worker was faster.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// How a gateway in front of the service answers by itself.
    pub gateway: Option<Fingerprint>,
    /// What serves gRPC, where that is known.
    pub stack: Option<&'static Stack>,
    /// Whether requests go through a proxy.
    pub proxied: bool,
    /// Whether the last control call failed: the environment is broken, so nothing is judged.
    pub unwell: bool,
    /// Whether a case is judged that was found before: what its check needed to know of other calls
    /// was known then. So it is while shrinking and in replays.
    pub trusting: bool,
    /// A call known to be good, of one step; `unhealthy_after` and `hang` ask for it.
    pub control: Option<Arc<Case>>,
    /// Calls that were answered 2xx.
    pub accepted: Arc<Accepted>,
    /// Members that come back as they were written.
    pub echoes: Arc<Echoes>,
    /// How long answers take.
    pub latency: Arc<Latency>,
    /// The usual call of each operation.
    pub usual: Arc<Usual>,
    /// Who can be sent as, the one that calls are sent as by default first.
    pub callers: Arc<[Caller]>,
    /// Where the service is, as a URL with the path that its operations stand under.
    pub address: Arc<str>,
    /// How long the service may take until everyone sees what was written.
    pub settle: Duration,
    /// How looks at what was written follow each other.
    pub pace: Pace,
}

/// How looks at what was written follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// With pauses, since it may be seen a moment later.
    #[default]
    Usual,
    /// With pauses, and where they have nothing to do with each other at once.
    Brisk,
    /// Without pauses, and at once. As with the brisk pace, what is found so is looked at once more at the usual
    /// one before it counts.
    Hasty,
}

/// Someone that calls can be sent as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name in the configuration.
    pub name: String,
    /// Whether a person has said that it must not reach what belongs to others.
    pub isolated: bool,
}

impl Surroundings {
    /// Whom a call is sent as; `None` without credentials, or with those of nobody.
    pub fn caller(&self, auth: &Auth) -> Option<&Caller> {
        match auth {
            Auth::Default => self.callers.first(),
            Auth::Identity(name) => self.callers.iter().find(|caller| caller.name == *name),
            Auth::None | Auth::Invalid => None,
        }
    }
}

/// A history made ready to judge: operations are looked up once, bodies read when first asked for.
#[derive(Debug)]
pub struct View<'a> {
    /// The service's promises.
    pub service: &'a Service,
    /// What was sent and what came.
    pub history: &'a History,
    /// What is known of the environment.
    pub surroundings: &'a Surroundings,
    seen: Vec<Seen<'a>>,
}

/// One exchange with its call and its operation.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The call; where it repeats another of its group, that one.
    pub call: &'a Call,
    /// What went over the wire.
    pub exchange: &'a Exchange,
    /// What the document promises; `None` where it knows no such operation.
    pub operation: Option<&'a Operation>,
    json: OnceLock<Option<Value>>,
}

/// An answered exchange whose request went out in whole, with its operation.
#[derive(Clone, Copy, Debug)]
pub struct Promised<'v, 'a> {
    /// The exchange.
    pub seen: &'v Seen<'a>,
    /// What the document promises.
    pub operation: &'a Operation,
    /// The answer.
    pub answer: &'a Answer,
}

impl<'a> View<'a> {
    /// Makes a history ready. Exchanges of calls that the case does not hold are left out.
    pub fn new(service: &'a Service, history: &'a History, surroundings: &'a Surroundings) -> Self {
        let seen = history.exchanges.iter().filter_map(|exchange| {
            let call = history.case.original(&exchange.call)?;
            let operation = service.operation(&exchange.operation);
            Some(Seen { call, exchange, operation, json: OnceLock::new() })
        });
        Self { service, history, surroundings, seen: seen.collect() }
    }

    /// The exchanges in order; none while the environment is unwell.
    pub fn seen(&self) -> &[Seen<'a>] {
        if self.surroundings.unwell { &[] } else { &self.seen }
    }

    /// The exchanges whose calls have one of these labels.
    pub fn labelled<'v>(
        &'v self,
        labels: &'static [Label],
    ) -> impl Iterator<Item = &'v Seen<'a>> + use<'v, 'a> {
        self.seen().iter().filter(|seen| labels.contains(&seen.exchange.label))
    }

    /// The exchanges that contract checks may judge: of one of these labels, sent in whole, answered,
    /// for an operation of the document and by its method.
    pub fn promised<'v>(
        &'v self,
        labels: &'static [Label],
    ) -> impl Iterator<Item = Promised<'v, 'a>> + use<'v, 'a> {
        self.labelled(labels).filter(|seen| !seen.is_disturbed()).filter_map(|seen| {
            let operation = seen.operation.filter(|operation| operation.method == seen.method())?;
            Some(Promised { seen, operation, answer: seen.exchange.answer()? })
        })
    }

    /// The last exchange: the one that follow-ups vary.
    pub fn last(&self) -> Option<&Seen<'a>> {
        self.seen().last()
    }

    /// The exchange of the call with this id.
    pub fn call(&self, id: &str) -> Option<&Seen<'a>> {
        self.seen().iter().find(|seen| seen.exchange.call == id)
    }

    /// Whether the gateway in front of the service, not the service, gave this answer.
    pub fn is_from_gateway(&self, seen: &Seen<'_>) -> bool {
        self.surroundings.gateway.as_ref().is_some_and(|gateway| gateway.matches(seen.exchange))
            || Fingerprint::is_known_gateway(seen.exchange)
    }

    /// Other histories of the same service, made ready to judge: those of follow-ups.
    pub fn of_all<'f>(&self, histories: &'f [Arc<History>]) -> Vec<View<'f>>
    where
        'a: 'f,
    {
        histories
            .iter()
            .map(|history| View::new(self.service, history, self.surroundings))
            .collect()
    }

    /// Whether a call came at once with others, or while one was held: what they did may have been first.
    pub fn is_at_once(&self, seen: &Seen<'_>) -> bool {
        let case = &self.history.case;
        let Some(own) = case.step_of(&seen.exchange.call) else { return false };
        // What is held may go on until the end.
        let overlaps = |(at, step): (usize, &Step)| match step {
            Step::Together(_) => at == own,
            Step::Call(call) => at <= own && call.is_held(),
        };
        case.steps.iter().enumerate().any(overlaps)
    }

    /// Whether the answer surely came from the operation the call names. It need not where a path
    /// parameter holds what routers read as structure (nothing, `/`, `.`, `..`), or spells the path of
    /// another operation (`/users/{id}` with `search`).
    pub fn is_surely_routed(&self, seen: &Seen<'_>) -> bool {
        route::is_certain(self.service, seen.call)
    }
}

impl<'a> Seen<'a> {
    /// The answer, where a whole head came.
    pub fn answer(&self) -> Option<&'a Answer> {
        self.exchange.answer()
    }

    /// Whether the answer is a success.
    pub fn is_success(&self) -> bool {
        self.exchange.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// The operation's name.
    pub fn name(&self) -> &'a str {
        &self.exchange.operation
    }

    /// The method that was sent.
    pub fn method(&self) -> &'a str {
        self.exchange.sent.method.as_str()
    }

    /// Whether a parameter of the call is this very status.
    pub fn asks_for(&self, status: u16) -> bool {
        self.call.path.iter().chain(&self.call.query).any(|(_, value)| match value {
            Value::Number(number) => number.as_i128() == Some(i128::from(status)),
            Value::String(text) => text.as_str() == Some(status.to_string().as_str()),
            _ => false,
        })
    }

    /// The answer's body as JSON, read once; `None` where it is none, is cut short, or says it is
    /// something else.
    pub fn json(&self) -> Option<&Value> {
        let read = || {
            let answer = self.exchange.answer()?;
            let body = &answer.body;
            let begin = body.iter().find(|byte| !byte.is_ascii_whitespace())?;
            let says = answer.header("content-type").map(media::essence);
            if !says.map_or_else(|| matches!(begin, b'{' | b'['), media::is_json) {
                return None;
            }
            read::json(body).ok()
        };
        self.json.get_or_init(read).as_ref()
    }

    /// Whether it is a call of gRPC.
    pub fn is_rpc(&self) -> bool {
        self.operation.is_some_and(|operation| operation.rpc.is_some())
    }

    /// Whether we did not let the request through in whole, or went away ourselves.
    pub fn is_disturbed(&self) -> bool {
        self.call.perturb.iter().any(Perturbation::breaks_off)
    }

    /// How its timing was bent, in words.
    pub fn bends(&self) -> String {
        let bends: Vec<String> = self.call.perturb.iter().map(ToString::to_string).collect();
        bends.join(" and ")
    }

    /// Whether we kept the service waiting for the request: it may have lost its patience.
    pub fn is_slow(&self) -> bool {
        self.call.perturb.iter().any(|perturbation| {
            matches!(
                perturbation,
                Perturbation::Stall { .. } | Perturbation::Slice { .. } | Perturbation::Hold { .. }
            )
        })
    }

    /// Whether the answer can have a body at all (RFC 9110, section 6.4.1).
    pub fn may_have_body(&self) -> bool {
        let status = self.exchange.status().unwrap_or_default();
        self.exchange.sent.method != "HEAD" && status >= 200 && !matches!(status, 204 | 205 | 304)
    }

    /// What people call it: `POST /orders`, with the method that was sent.
    pub fn title(&self) -> Cow<'a, str> {
        let name = self.name();
        match name.split_once(' ') {
            Some((method, path)) if method != self.method() => {
                Cow::Owned(format!("{} {path}", self.method()))
            }
            _ => Cow::Borrowed(name),
        }
    }
}
