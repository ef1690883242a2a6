//! Services played in memory, for the tests of checks that send more: cases are executed against a
//! function, so that what a check asks for and what it makes of the answers are tried together.

use std::sync::Arc;

use super::fixture::{Said, json};
use super::{Caller, Check, Failure, Occasion, Surroundings, Usual, View};
use crate::case::{Answer, Auth, Body, Call, Case, Header, History, file};
use crate::schema::Documents;
use crate::spec::{Service, openapi};
use crate::value::{Symbol, Value, read, write};

/// A call as a played service sees it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// The segments of the path.
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(String, Value)>,
    pub(super) body: Value,
    pub(super) auth: Auth,
}

/// What a played service does with each call.
pub(super) type Serve = Box<dyn FnMut(&Asked) -> Answer>;

/// An answer in JSON; nothing in it where the text is empty.
pub(super) fn answer(status: u16, text: &str) -> Answer {
    let kind = Header { name: "Content-Type".into(), value: "application/json".into() };
    let headers = if text.is_empty() { Vec::new() } else { vec![kind] };
    Answer { status, headers, body: text.to_owned().into(), ..Answer::default() }
}

/// The service of a document's paths, in JSON.
pub(super) fn described(paths: &str) -> Service {
    let document =
        format!(r#"{{"openapi":"3.1.0","info":{{"title":"shop","version":"1"}},"paths":{paths}}}"#);
    let mut documents = Documents::new();
    let root = documents.add("shop.json", json(&document), None);
    openapi::read(&Arc::new(documents), &root).unwrap()
}

/// Notes that are made, read, replaced, changed, deleted and listed.
pub(super) fn notes() -> Service {
    let schema = r#"{"type":"object","properties":{
        "id":{"type":"integer","readOnly":true},"title":{"type":"string"},"text":{"type":"string"},
        "size":{"type":"number"},"done":{"type":"boolean"},"due":{"type":"string","format":"date-time"},
        "link":{"type":"string","format":"uri"},"tags":{"type":"array","items":{"type":"string"}},
        "state":{"type":"string","readOnly":true},"secret":{"type":"string","writeOnly":true},
        "place":{"type":"object","properties":{"city":{"type":"string"}}}}}"#;
    let content =
        |schema: &str| format!(r#""content":{{"application/json":{{"schema":{schema}}}}}"#);
    let (note, notes) =
        (content(schema), content(&format!(r#"{{"type":"array","items":{schema}}}"#)));
    let parameter = |name: &str, place: &str, kind: &str| {
        let required = place == "path";
        format!(
            r#""parameters":[{{"name":"{name}","in":"{place}","required":{required},
                               "schema":{{"type":"{kind}"}}}}]"#
        )
    };
    let gives = |status: u16, content: &str| {
        format!(r#""responses":{{"{status}":{{"description":"",{content}}}}}"#)
    };
    let nothing = r#""responses":{"204":{"description":""}}"#;
    let taken = format!(r#""requestBody":{{{note}}}"#);
    described(&format!(
        r#"{{"/notes":{{
              "post":{{{rehearsal},{taken},{made}}},
              "get":{{{listed}}}}},
            "/notes/{{id}}":{{{id},
              "get":{{{shown}}},"put":{{{taken},{shown}}},"patch":{{{taken},{shown}}},
              "delete":{{{nothing}}}}},
            "/notes/{{id}}/archive":{{{id},"post":{{{shown}}}}},
            "/notes/{{id}}/history":{{{id},"get":{{{shown}}}}},
            "/reset":{{"post":{{{nothing}}}}}}}"#,
        rehearsal = parameter("dry_run", "query", "boolean"),
        id = parameter("id", "path", "integer"),
        made = gives(201, &note),
        shown = gives(200, &note),
        listed = gives(200, &notes),
    ))
}

/// A case of calls as files write them.
pub(super) fn case(steps: &str) -> Arc<Case> {
    let at = json(steps).as_array().unwrap()[0].get("id").unwrap().to_string();
    let text = format!(
        r#"{{"phi_fuzz":1,"check":"x","at":{at},"why":"","service":"shop","steps":{steps},
            "reproduced":{{"failed":1,"of":1}},"replays":1}}"#
    );
    Arc::new(file::read(text.as_bytes()).unwrap().case)
}

/// What is known of a service before anything is sent: the plainest call of each operation.
pub(super) fn surroundings(service: &Service) -> Surroundings {
    let call = |operation: &crate::spec::Operation| {
        Arc::new(Call { operation: operation.name.clone(), ..Call::default() })
    };
    let usual: Usual = service.operations.iter().map(call).enumerate().collect();
    let callers = ["alice", "bob"].map(|name| Caller { name: name.into(), isolated: true });
    Surroundings { usual: Arc::new(usual), callers: callers.into(), ..Surroundings::default() }
}

/// What comes of a case, as far as its references have values.
pub(super) fn play(case: &Arc<Case>, serve: &mut Serve) -> History {
    let mut history = History { case: Arc::clone(case), exchanges: Vec::new(), unfinished: None };
    for call in case.calls() {
        let Some(asked) = asked(call, &history) else { break };
        let sent = if call.body.is_some() { write::compact(&asked.body) } else { String::new() };
        let said = Said::answer(&call.operation, 0)
            .target(&format!("/{}", asked.path.join("/")))
            .sending_body(sent.as_bytes())
            .outcome(crate::case::Outcome::Answered(serve(&asked)));
        let mut exchange = said.exchange;
        exchange.call.clone_from(&call.id);
        exchange.label = call.label;
        exchange.auth = call.auth.clone();
        history.exchanges.push(exchange);
    }
    history
}

fn asked(call: &Call, history: &History) -> Option<Asked> {
    let (method, template) = call.operation.split_once(' ')?;
    let segment = |segment: &str| {
        let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return Some(segment.to_owned());
        };
        let (_, value) = call.path.iter().find(|(own, _)| own == name)?;
        Some(text(&concrete(value, history)?))
    };
    let body = call.body.as_ref().and_then(Body::value);
    Some(Asked {
        method: method.to_owned(),
        path: template.split('/').skip(1).map(segment).collect::<Option<_>>()?,
        query: call.query.clone(),
        body: body.map_or(Some(Value::Null), |body| concrete(body, history))?,
        auth: call.auth.clone(),
    })
}

fn concrete(value: &Value, history: &History) -> Option<Value> {
    Some(match value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::From(reference) => {
                let exchange = history.exchange(&reference.call)?;
                let body = read::json(&exchange.answer()?.body).ok();
                exchange.part(&reference.source, reference.matching.as_deref(), body.as_ref())?
            }
            Symbol::Fresh(fresh) => Value::text(fresh.name.as_str()),
            other => panic!("{other:?} is not played"),
        },
        Value::Array(items) => {
            let items = items.iter().map(|item| concrete(item, history));
            Value::Array(items.collect::<Option<_>>()?)
        }
        Value::Object(members) => {
            let members = members.iter();
            let members =
                members.map(|(key, value)| Some((key.clone(), concrete(value, history)?)));
            Value::Object(members.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A check tried on a service that is new for each case.
pub(super) struct Trial<'t> {
    pub(super) check: &'t dyn Check,
    pub(super) service: &'t Service,
    pub(super) surroundings: Surroundings,
    pub(super) serve: &'t dyn Fn() -> Serve,
}

impl Trial<'_> {
    /// What the check finds in a case, its follow-ups sent.
    pub(super) fn judge(&self, steps: &str) -> Vec<Failure> {
        let history = play(&case(steps), &mut (self.serve)());
        let view = View::new(self.service, &history, &self.surroundings);
        let mut further = Vec::new();
        for follow_up in self.check.follow_ups(&view) {
            let case = Arc::new(follow_up.case);
            further.push(Arc::new(play(&case, &mut (self.serve)())));
        }
        self.check.judge(&view, &further)
    }

    /// When the check would send more.
    pub(super) fn occasion(&self, steps: &str) -> Occasion<'static> {
        let history = play(&case(steps), &mut (self.serve)());
        let view = View::new(self.service, &history, &self.surroundings);
        match self.check.occasion(&view) {
            Occasion::Never => Occasion::Never,
            Occasion::Once(key) => Occasion::Once(key.into_owned().into()),
            Occasion::Always => Occasion::Always,
        }
    }

    /// As when a case is judged that was found before.
    pub(super) fn trusting(mut self) -> Self {
        self.surroundings.trusting = true;
        self
    }
}
