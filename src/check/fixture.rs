//! Documents and exchanges for the tests of checks.

use std::sync::Arc;
use std::time::Duration;

use super::{Check, Failure, Seen, Surroundings, View};
use crate::case::{
    Answer, Body, Call, Case, Code, Ending, Exchange, Header, History, Label, Outcome, Sent, Step,
    Times,
};
use crate::schema::Schema;
use crate::spec::protobuf;
use crate::spec::{
    Body as BodyPromise, BodyKind, Content, HeaderField, Location, Operation, Parameter, Place,
    Response, Responses, Service, StatusPattern, Style,
};
use crate::value::{Value, read};

pub(super) fn json(text: &str) -> Value {
    read::json(text.as_bytes()).unwrap()
}

pub(super) fn schema(text: &str) -> Schema {
    Schema::of(json(text))
}

pub(super) fn service(operations: Vec<Operation>) -> Service {
    Service { name: "shop".to_owned(), operations, ..Service::default() }
}

/// A method of gRPC.
pub(super) const METHOD: &str = "s.v1.Shop/Take";

/// A service with that method, which takes and gives messages or streams of them.
pub(super) fn rpc_service(takes: &str, gives: &str) -> Service {
    let text = format!(
        "syntax = \"proto3\"; package s.v1; message It {{ string text = 1; }}
         service Shop {{ rpc Take({takes} It) returns ({gives} It); }}"
    );
    protobuf::fixture::service(&text)
}

/// An operation that promises nothing.
pub(super) fn operation(name: &str) -> Operation {
    let (method, path) = name.split_once(' ').unwrap();
    Operation {
        servers: Vec::new(),
        name: name.to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        id: None,
        tags: Vec::new(),
        deprecated: false,
        parameters: Vec::new(),
        body: None,
        responses: Responses::default(),
        security: Vec::new(),
        produces: Vec::new(),
        rpc: None,
        place: Place::default(),
    }
}

/// Promises, one after the other.
pub(super) trait Promises: Sized {
    fn answers(self, status: &str, contents: &[(&str, Option<&str>)]) -> Self;
    fn sends_header(self, name: &str, required: bool, schema: &str) -> Self;
    fn takes(self, location: Location, name: &str, required: bool, schema: &str) -> Self;
    fn takes_body(self, media_type: &str, schema: &str) -> Self;
    fn secured(self, schemes: &[&[&str]]) -> Self;
}

fn content(media_type: &str, text: Option<&str>) -> Content {
    Content {
        media_type: media_type.to_owned(),
        kind: BodyKind::of(media_type),
        schema: text.map(schema),
        encoding: Vec::new(),
        examples: Vec::new(),
    }
}

impl Promises for Operation {
    fn answers(mut self, status: &str, contents: &[(&str, Option<&str>)]) -> Self {
        let pattern = match status {
            "default" => StatusPattern::Default,
            range if range.ends_with("XX") => StatusPattern::Range(range[..1].parse().unwrap()),
            code => StatusPattern::Code(code.parse().unwrap()),
        };
        let contents = contents.iter().map(|(media, schema)| content(media, *schema)).collect();
        self.responses.by_status.push((pattern, Response { contents, ..Response::default() }));
        self
    }

    fn sends_header(mut self, name: &str, required: bool, text: &str) -> Self {
        self.responses.by_status.last_mut().unwrap().1.headers.push(HeaderField {
            name: name.to_owned(),
            required,
            schema: schema(text),
            explode: false,
        });
        self
    }

    fn takes(mut self, location: Location, name: &str, required: bool, text: &str) -> Self {
        self.parameters.push(Parameter {
            name: name.to_owned(),
            location,
            required,
            style: Style::Simple,
            explode: false,
            allow_reserved: false,
            allow_empty: false,
            content: None,
            schema: schema(text),
            examples: Vec::new(),
        });
        self
    }

    fn takes_body(mut self, media_type: &str, text: &str) -> Self {
        let content = content(media_type, Some(text));
        self.body = Some(BodyPromise { required: true, contents: vec![content] });
        self
    }

    fn secured(mut self, schemes: &[&[&str]]) -> Self {
        self.security =
            schemes.iter().map(|set| set.iter().map(|s| (*s).to_owned()).collect()).collect();
        self
    }
}

/// One call and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) call: Call,
    pub(super) exchange: Exchange,
}

impl Said {
    fn new(name: &str, outcome: Outcome) -> Self {
        let (method, path) = name.split_once(' ').unwrap();
        let call = Call { id: "s1".to_owned(), operation: name.to_owned(), ..Call::default() };
        let sent = Sent { method: method.to_owned(), target: path.to_owned(), ..Sent::default() };
        let times = Times { sent: Some(Duration::ZERO), ..Times::default() };
        let exchange = Exchange { sent, times, ..Exchange::of(&call, outcome) };
        Self { call, exchange }
    }

    /// A call of gRPC that ends with a status, by its number.
    pub(super) fn rpc(code: u32) -> Self {
        let call = Call {
            id: "s1".to_owned(),
            operation: METHOD.to_owned(),
            body: Some(Body::Proto(Value::object::<&str>([]))),
            ..Call::default()
        };
        let status = Code(code).http().unwrap_or(200);
        let answer = Answer {
            status,
            trailers: vec![header("grpc-status", &code.to_string())],
            ..Answer::default()
        };
        let sent = Sent { method: "POST".to_owned(), ..Sent::default() };
        let times = Times { sent: Some(Duration::ZERO), ..Times::default() };
        let exchange = Exchange { sent, times, ..Exchange::of(&call, Outcome::Answered(answer)) };
        Self { call, exchange }
    }

    pub(super) fn answer(name: &str, status: u16) -> Self {
        Self::new(name, Outcome::Answered(Answer { status, ..Answer::default() }))
    }

    pub(super) fn dropped(name: &str) -> Self {
        Self::new(
            name,
            Outcome::Dropped {
                received: bytes::Bytes::new(),
                interim: Vec::new(),
                reset: false,
                code: None,
            },
        )
    }

    pub(super) fn timed_out(name: &str, millis: u64) -> Self {
        Self::new(name, Outcome::TimedOut { received: bytes::Bytes::new() }).taking(millis)
    }

    pub(super) fn outcome(mut self, outcome: Outcome) -> Self {
        self.exchange.outcome = outcome;
        self
    }

    pub(super) fn taking(mut self, millis: u64) -> Self {
        self.exchange.times.end = Duration::from_millis(millis);
        self
    }

    pub(super) fn label(mut self, label: Label) -> Self {
        self.call.label = label;
        self.exchange.label = label;
        self
    }

    pub(super) fn target(mut self, target: &str) -> Self {
        target.clone_into(&mut self.exchange.sent.target);
        self
    }

    fn with_answer(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        if let Outcome::Answered(answer) = &mut self.exchange.outcome {
            change(answer);
        }
        self
    }

    pub(super) fn header(self, name: &str, value: &str) -> Self {
        self.with_answer(|answer| answer.headers.push(header(name, value)))
    }

    pub(super) fn body(self, body: &str) -> Self {
        self.with_answer(|answer| answer.body = body.to_owned().into())
    }

    pub(super) fn ending(self, ending: Ending) -> Self {
        self.with_answer(|answer| answer.ending = ending)
    }

    pub(super) fn early(self) -> Self {
        self.with_answer(|answer| answer.early = true)
    }

    pub(super) fn json(self, body: &str) -> Self {
        self.header("content-type", "application/json").body(body)
    }

    pub(super) fn sending(mut self, name: &str, value: &str) -> Self {
        self.exchange.sent.headers.push(header(name, value));
        self
    }

    pub(super) fn sending_body(mut self, body: &[u8]) -> Self {
        self.exchange.sent.body = body.to_vec().into();
        self
    }

    pub(super) fn sending_json(mut self, text: &str) -> Self {
        self.call.body = Some(Body::Json(json(text)));
        self.sending_body(text.as_bytes())
    }

    pub(super) fn call(mut self, change: impl FnOnce(&mut Call)) -> Self {
        change(&mut self.call);
        self.exchange.label = self.call.label;
        self
    }

    pub(super) fn exchange(mut self, change: impl FnOnce(&mut Exchange)) -> Self {
        change(&mut self.exchange);
        self
    }

    /// The same exchange as a call of another operation, sent with its own method.
    pub(super) fn tried_on(self, operation: &str) -> Self {
        let method = super::unsupported_method::undocumented(&self.exchange.sent.method);
        self.label(Label::Invalid)
            .call(|call| {
                operation.clone_into(&mut call.operation);
                call.deviations = vec![method];
            })
            .exchange(|exchange| operation.clone_into(&mut exchange.operation))
    }

    /// An invalid call that breaks one rule at one place.
    pub(super) fn breaking(self, rule: &str, at: &str) -> Self {
        self.label(Label::Invalid)
            .call(|call| call.deviations.push(crate::case::Deviation::schema(rule, at)))
    }
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: value.to_owned().into() }
}

pub(super) fn history(said: &[Said]) -> History {
    let steps = said.iter().map(|said| Step::Call(said.call.clone())).collect();
    History {
        unfinished: None,
        case: Arc::new(Case { service: "shop".to_owned(), connections: Vec::new(), steps }),
        exchanges: said.iter().map(|said| said.exchange.clone()).collect(),
    }
}

/// Judges a history, with the histories of follow-ups, each of one call.
pub(super) fn failures(
    check: &dyn Check,
    service: &Service,
    surroundings: &Surroundings,
    said: &[Said],
    further: &[Said],
) -> Vec<Failure> {
    let history = history(said);
    let further: Vec<_> =
        further.iter().map(|said| Arc::new(self::history(std::slice::from_ref(said)))).collect();
    check.judge(&View::new(service, &history, surroundings), &further)
}

/// Judges one exchange in plain surroundings.
pub(super) fn judge(check: &dyn Check, operation: &Operation, said: Said) -> Option<Failure> {
    let service = service(vec![operation.clone()]);
    failures(check, &service, &Surroundings::default(), &[said], &[]).pop()
}

#[track_caller]
pub(super) fn silent(check: &dyn Check, operation: &Operation, said: Said) {
    let failure = judge(check, operation, said);
    assert!(failure.is_none(), "{failure:#?}");
}

#[track_caller]
pub(super) fn fails(check: &dyn Check, operation: &Operation, said: Said) -> Failure {
    judge(check, operation, said).expect("the check should fail")
}

/// Gives one exchange as a check sees it.
pub(super) fn seen_with<T>(said: Said, with: impl FnOnce(&Seen<'_>) -> T) -> T {
    let service = service(vec![operation(&said.call.operation)]);
    let history = history(&[said]);
    let surroundings = Surroundings::default();
    let view = View::new(&service, &history, &surroundings);
    with(&view.seen()[0])
}
