//! Services played in memory, for the tests of checks over histories: cases are executed against a
//! function, with the follow-ups that a check asks for, so that what it asks for and what it makes of
//! the answers are tried together.
//!
//! A test brings a function of its own, which begins anew with each case ([`Stage::of`]), or changes
//! what a store does that lasts ([`Stage::new`]).

pub(super) mod beside;
mod notes;
pub(super) mod races;
mod store;
mod written;

use std::borrow::Cow;
use std::sync::Arc;

use super::fixture::{Said, json};
use super::{Caller, Check, Failure, Occasion, Surroundings, View};
use crate::case::{Answer, Body, Call, Case, Exchange, Header, History, Outcome, Step, Unfinished};
use crate::generate::catalogue;
use crate::spec::Service;
use crate::spec::template::segments;
use crate::value::{Symbol, Text, Value, read};
use crate::wire::render;

pub(super) use notes::{described, notes};
pub(super) use store::{BOARDS, Kept, Reply, Store};
pub(super) use written::Written;

/// A request as a played service sees it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// The decoded path.
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
    /// The name of the caller; empty for nobody.
    pub(super) who: String,
    /// Whether it is broken off, however far it came.
    pub(super) broken_off: bool,
    /// Whether it comes at once with others.
    pub(super) at_once: bool,
}

impl Asked {
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// How many segments the path has.
    pub(super) fn depth(&self) -> usize {
        segments(&self.path).count()
    }

    /// A segment of the path, by its number.
    pub(super) fn segment(&self, number: usize) -> &str {
        segments(&self.path).nth(number).unwrap()
    }

    /// Whether this is the method and, but for ids, the path: `GET /boards/1`.
    pub(super) fn is(&self, method: &str, template: &str) -> bool {
        let fits = |(own, asked): (&str, &str)| own == "*" || own == asked;
        self.method == method
            && segments(template).count() == segments(&self.path).count()
            && segments(template).zip(segments(&self.path)).all(fits)
    }
}

/// What a played service does with each request.
pub(super) type Serve = Box<dyn FnMut(&Asked) -> Answer>;

/// An answer in JSON; nothing in it where the text is empty.
pub(super) fn answer(status: u16, text: &str) -> Answer {
    let kind = Header { name: "Content-Type".into(), value: "application/json".into() };
    let headers = if text.is_empty() { Vec::new() } else { vec![kind] };
    Answer { status, headers, body: text.to_owned().into(), ..Answer::default() }
}

/// A service that checks are tried on, and what is known of it; `alice`, by default, and `bob` call it.
pub(super) struct Stage {
    pub(super) service: Service,
    pub(super) surroundings: Surroundings,
    /// What answers a case.
    serve: Box<dyn Fn() -> Serve>,
}

impl Stage {
    /// A service where this answers each case.
    pub(super) fn of(service: Service, serve: impl Fn() -> Serve + 'static) -> Self {
        let usual =
            service.operations.iter().enumerate().map(|(number, operation)| {
                (number, Arc::new(catalogue::baseline(operation).unwrap()))
            });
        let caller = |name: &str| Caller { name: name.to_owned(), isolated: true };
        let surroundings = Surroundings {
            usual: Arc::new(usual.collect()),
            callers: [caller("alice"), caller("bob")].into(),
            address: "http://shop.example".into(),
            ..Surroundings::default()
        };
        Self { service, surroundings, serve: Box::new(serve) }
    }

    /// As when a case is judged that was found before.
    pub(super) fn trusting(mut self) -> Self {
        self.surroundings.trusting = true;
        self
    }

    /// What a check finds in the history of a case, its follow-ups sent.
    pub(super) fn judge(&self, check: &dyn Check, steps: &(impl Written + ?Sized)) -> Vec<Failure> {
        let history = self.play(steps);
        let view = self.view(&history);
        let follow_ups = check.follow_ups(&view).into_iter();
        let further: Vec<_> =
            follow_ups.map(|follow_up| Arc::new(self.play(&follow_up.case))).collect();
        check.judge(&view, &further)
    }

    /// The one failure of a case.
    #[track_caller]
    pub(super) fn fails(&self, check: &dyn Check, steps: &(impl Written + ?Sized)) -> Failure {
        let mut found = self.judge(check, steps);
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0)
    }

    #[track_caller]
    pub(super) fn silent(&self, check: &dyn Check, steps: &(impl Written + ?Sized)) {
        assert_eq!(self.judge(check, steps), []);
    }

    /// What a check wants sent after a case.
    pub(super) fn follow_ups(
        &self,
        check: &dyn Check,
        steps: &(impl Written + ?Sized),
    ) -> Vec<Case> {
        let history = self.play(steps);
        let follow_ups = check.follow_ups(&self.view(&history));
        follow_ups.into_iter().map(|follow_up| follow_up.case).collect()
    }

    /// When a check wants its follow-ups sent after a case: `never`, `always`, or the key.
    pub(super) fn occasion(&self, check: &dyn Check, steps: &(impl Written + ?Sized)) -> String {
        let history = self.play(steps);
        let view = self.view(&history);
        let occasion = match check.occasion(&view) {
            Occasion::Never => "never".to_owned(),
            Occasion::Always | Occasion::Suspicious(_) => "always".to_owned(),
            Occasion::Once(key) => key.into_owned(),
        };
        assert!(occasion != "never" || check.judge(&view, &[]).is_empty());
        occasion
    }

    /// A history as checks see it.
    pub(super) fn view<'v>(&'v self, history: &'v History) -> View<'v> {
        View::new(&self.service, history, &self.surroundings)
    }

    /// Executes a case, as far as its references have values.
    pub(super) fn play(&self, steps: &(impl Written + ?Sized)) -> History {
        let case = steps.case();
        let mut serve = (self.serve)();
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut unfinished = None;
        let calls = case.steps.iter().flat_map(|step| match step {
            Step::Call(call) => vec![(Cow::Borrowed(call), false)],
            Step::Together(group) => {
                group.calls.iter().map(|call| (group.whole(call), true)).collect()
            }
        });
        for (call, at_once) in calls {
            let Some(concrete) = concrete(&call, &exchanges) else {
                let why = "it refers to nothing".to_owned();
                unfinished = Some(Unfinished { call: call.id.clone(), why });
                break;
            };
            exchanges.push(self.exchange(&call, &concrete, at_once, &mut serve));
        }
        History { case: Arc::new(case), exchanges, unfinished }
    }

    fn exchange(&self, call: &Call, concrete: &Call, at_once: bool, serve: &mut Serve) -> Exchange {
        let request = render::request(concrete, "").unwrap();
        let text = |octets: &[u8]| {
            percent_encoding::percent_decode(octets).decode_utf8_lossy().into_owned()
        };
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let who = self.surroundings.caller(&call.auth).map(|caller| caller.name.clone());
        let asked = Asked {
            method: request.method.clone(),
            path: text(path.as_bytes()),
            query: pairs.map(|(k, v)| (text(k.as_bytes()), text(v.as_bytes()))).collect(),
            headers: request
                .headers
                .iter()
                .map(|header| (header.name.clone(), header.text().unwrap().to_owned()))
                .collect(),
            body: read::json(&request.body).unwrap_or(Value::Null),
            who: who.unwrap_or_default(),
            broken_off: !call.perturb.is_empty(),
            at_once,
        };
        let answer = Outcome::Answered(serve(&asked));
        let outcome = if asked.broken_off { Outcome::Abandoned } else { answer };
        let said = Said::answer(&call.operation, 0)
            .target(&request.target)
            .sending_body(&request.body)
            .outcome(outcome);
        let (id, auth) = (call.id.clone(), call.auth.clone());
        Exchange { call: id, label: call.label, auth, ..said.exchange }
    }
}

/// The call with its symbols replaced; `None` where one refers to nothing.
fn concrete(call: &Call, exchanges: &[Exchange]) -> Option<Call> {
    let list = |values: &[(String, Value)]| -> Option<Vec<(String, Value)>> {
        let named =
            |(name, value): &(String, Value)| Some((name.clone(), resolved(value, exchanges)?));
        values.iter().map(named).collect()
    };
    let body = match &call.body {
        Some(Body::Json(value)) => Some(Body::Json(resolved(value, exchanges)?)),
        other => other.clone(),
    };
    Some(Call {
        path: list(&call.path)?,
        query: list(&call.query)?,
        headers: list(&call.headers)?,
        cookies: list(&call.cookies)?,
        body,
        ..call.clone()
    })
}

fn resolved(value: &Value, exchanges: &[Exchange]) -> Option<Value> {
    Some(match value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::From(reference) => {
                let exchange = exchanges.iter().find(|own| own.call == reference.call)?;
                let body = read::json(&exchange.answer()?.body).ok();
                exchange.part(&reference.source, reference.matching.as_deref(), body.as_ref())?
            }
            Symbol::Fresh(fresh) => Value::text(fresh.name.as_str()),
            other => panic!("{other:?} is not played"),
        },
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| resolved(item, exchanges)).collect::<Option<_>>()?)
        }
        Value::Object(members) => {
            let member =
                |(key, value): &(Text, Value)| Some((key.clone(), resolved(value, exchanges)?));
            Value::Object(members.iter().map(member).collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}
