//! Steps and calls.

use std::borrow::Cow;
use std::time::Duration;

use super::{Body, Code, Label, Message, Perturbation};
use crate::value::{Symbol, Text, Value};

/// One call, or several released together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::large_enum_variant, reason = "most steps are calls")]
pub enum Step {
    /// One call.
    Call(Call),
    /// Several calls released together.
    Together(Together),
}

impl Step {
    /// The id of the step: the call's own, or the group's.
    pub fn id(&self) -> &str {
        match self {
            Self::Call(call) => &call.id,
            Self::Together(group) => &group.id,
        }
    }

    /// The step, its calls one after the other where they are released together.
    pub fn in_order(&self) -> Vec<Self> {
        match self {
            Self::Call(_) => vec![self.clone()],
            Self::Together(group) => group.in_order().map(Self::Call).collect(),
        }
    }

    /// The pause before it.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Call(call) => call.wait,
            Self::Together(group) => group.wait,
        }
    }

    /// Its calls.
    pub fn calls(&self) -> &[Call] {
        match self {
            Self::Call(call) => std::slice::from_ref(call),
            Self::Together(group) => &group.calls,
        }
    }
}

/// Calls released together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Together {
    /// The id of the group.
    pub id: String,
    /// Pause from the last byte of the previous step's answers to this one's first byte.
    pub wait: Option<Duration>,
    /// How they are released.
    pub release: Release,
    /// The calls, 2 to 8.
    pub calls: Vec<Call>,
}

impl Together {
    /// What a call of this group sends: the call itself, or the one it repeats under its own id,
    /// with its own skew, want and saw.
    pub fn whole<'c>(&'c self, call: &'c Call) -> Cow<'c, Call> {
        let original = call.same.as_ref().and_then(|id| self.calls.iter().find(|c| c.id == *id));
        match original {
            None => Cow::Borrowed(call),
            Some(original) => Cow::Owned(Call {
                id: call.id.clone(),
                same: None,
                skew: call.skew,
                want: call.want.clone(),
                saw: call.saw.clone(),
                ..original.clone()
            }),
        }
    }

    /// Its calls as they would be sent one after the other.
    pub fn in_order(&self) -> impl Iterator<Item = Call> {
        self.calls.iter().map(|call| Call { skew: None, ..self.whole(call).into_owned() })
    }
}

/// How the calls of a group are released together, from the loosest to the tightest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Release {
    /// Written concurrently, nothing held.
    #[default]
    Plain,
    /// Each last byte is held until all others are out (HTTP/1.1).
    LastByte,
    /// The last frames of all leave in one packet (HTTP/2).
    OnePacket,
}

impl Release {
    /// All ways, from the loosest to the tightest.
    pub const ALL: [Self; 3] = [Self::Plain, Self::LastByte, Self::OnePacket];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::LastByte => "last_byte",
            Self::OnePacket => "one_packet",
        }
    }
}

/// One operation with its input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Call {
    /// Unique within the case; references name it.
    pub id: String,
    /// Where this call repeats another of its group: that one's id. It then has no more of its own
    /// than id, skew, want and saw; [`Together::whole`] gives what it sends.
    pub same: Option<String>,
    /// Pause from the last byte of the previous step's answers to this one's first byte.
    pub wait: Option<Duration>,
    /// The operation: `POST /orders/{id}` or `shop.v1.Orders/Create`.
    pub operation: String,
    /// The service, where it is not the case's.
    pub service: Option<String>,
    /// What it is by construction.
    pub label: Label,
    /// The identity it is sent as.
    pub auth: Auth,
    /// The name of the connection it goes over.
    pub on: Option<String>,
    /// Path parameters by name.
    pub path: Vec<(String, Value)>,
    /// Query parameters by name; a name may stand more than once.
    pub query: Vec<(String, Value)>,
    /// Header parameters by name (metadata for gRPC).
    pub headers: Vec<(String, Value)>,
    /// Cookie parameters by name.
    pub cookies: Vec<(String, Value)>,
    /// The body.
    pub body: Option<Body>,
    /// Rendering facts that are not the default, by place: `query/ids` → `pipeDelimited`.
    pub render: Vec<(String, String)>,
    /// Deliberate departures from the contract.
    pub deviations: Vec<Deviation>,
    /// Deliberate bends of timing.
    pub perturb: Vec<Perturbation>,
    /// How much later than its group it is released.
    pub skew: Option<Duration>,
    /// On a set-up call what it must give; on the judged call what the contract allows.
    pub want: Option<Want>,
    /// What came, in short.
    pub saw: Option<Saw>,
}

/// The identity a call is sent as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Auth {
    /// The first identity of the configuration.
    #[default]
    Default,
    /// No credentials.
    None,
    /// Credentials of the right form that no one was given.
    Invalid,
    /// The identity of this name.
    Identity(String),
}

impl Call {
    /// The same call with another body.
    #[must_use]
    pub fn with_body(&self, body: Body) -> Self {
        Self {
            id: self.id.clone(),
            same: self.same.clone(),
            wait: self.wait,
            operation: self.operation.clone(),
            service: self.service.clone(),
            label: self.label,
            auth: self.auth.clone(),
            on: self.on.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            cookies: self.cookies.clone(),
            body: Some(body),
            render: self.render.clone(),
            deviations: self.deviations.clone(),
            perturb: self.perturb.clone(),
            skew: self.skew,
            want: self.want.clone(),
            saw: self.saw.clone(),
        }
    }

    /// Whether it stops until another step has ended: it then outlives its own.
    pub fn is_held(&self) -> bool {
        self.held_until().next().is_some()
    }

    /// Whether it keeps the service waiting in the middle of its request.
    pub fn keeps_waiting(&self) -> bool {
        self.perturb.iter().any(Perturbation::is_silence)
    }

    /// Whether it is a stream with a silence of a length that it says.
    pub fn has_silence(&self) -> bool {
        let Some(Body::Messages(messages)) = &self.body else { return false };
        messages.iter().any(|message| matches!(message, Message::Wait(_)))
    }

    /// The ids of the steps whose ends it waits for.
    pub fn held_until(&self) -> impl Iterator<Item = &str> {
        self.perturb.iter().filter_map(|bend| match bend {
            Perturbation::Hold { until, .. } => Some(until.as_str()),
            _ => None,
        })
    }

    /// The values of its input: of its parameters by path, query, headers and cookies, then its body.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let lists = [&self.path, &self.query, &self.headers, &self.cookies];
        let parameters = lists.into_iter().flatten().map(|(_, value)| value);
        parameters.chain(self.body.iter().flat_map(Body::values))
    }

    /// Whether another call is the very same, whatever it is called and was answered.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let sent = |call: &Self| Self { id: String::new(), want: None, saw: None, ..call.clone() };
        self.operation == other.operation && sent(self) == sent(other)
    }

    /// The ids of the calls whose answers its input refers to, each as often as it does.
    pub fn references(&self) -> Vec<&str> {
        let mut all = Vec::new();
        for value in self.values() {
            value.symbols(&mut |symbol| {
                if let Symbol::From(reference) = symbol {
                    all.push(reference.call.as_str());
                }
            });
        }
        all
    }
}

/// One deliberate departure from the contract: `{ "rule": "maximum", "at": "json/qty" }`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deviation {
    /// The rule that is broken (a schema keyword), or the operation on the wire.
    pub rule: Text,
    /// The place in the call; `None` for the call as a whole.
    pub at: Option<String>,
    /// Parameters of an operation on the wire, by name.
    pub with: Vec<(String, Value)>,
}

impl Deviation {
    /// A broken rule at a place.
    pub fn schema(rule: &str, at: impl Into<String>) -> Self {
        Self { rule: rule.into(), at: Some(at.into()), with: Vec::new() }
    }

    /// An operation on the rendered message.
    pub fn wire(rule: &str) -> Self {
        Self { rule: rule.into(), at: None, with: Vec::new() }
    }
}

/// What a call must give.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Want {
    /// Any of these status codes; a range as text, `2XX`.
    pub status: Vec<String>,
    /// Any of these gRPC status names.
    pub grpc_status: Vec<String>,
}

impl Want {
    /// Whether a status is one of those wanted; `None` stands for no answer.
    pub fn allows(&self, status: Option<u16>) -> bool {
        let is_wanted = |status: u16| {
            let range = format!("{}XX", status / 100);
            let is_code = |name: &String| match Code::named(name) {
                Some(Code::OK) => status / 100 == 2,
                code => code.and_then(Code::http) == Some(status),
            };
            self.status.iter().any(|want| *want == status.to_string() || *want == range)
                || self.grpc_status.iter().any(is_code)
        };
        let is_any = self.status.is_empty() && self.grpc_status.is_empty();
        is_any || status.is_some_and(is_wanted)
    }
}

/// What came, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Saw {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The gRPC status name.
    pub grpc_status: Option<String>,
    /// The message of the answer, normalised and capped.
    pub message: Option<String>,
    /// How the exchange ended where no answer came: `dropped`, `timeout`, `garbage`.
    pub outcome: Option<String>,
    /// The value of the answer that mattered.
    pub value: Option<Value>,
}
