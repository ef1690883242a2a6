//! A finding as the requests that show it, one after the other, with names in the places of what
//! only an execution knows.

use std::fmt::Write as _;

use crate::case::{Auth, Body, Call, Deviation, Finding, Header, Saw, Want};
use crate::value::{Object, Reference, Source, Symbol, Text, Value};
use crate::wire::{self, Request, grpc};

/// A finding as requests.
#[derive(Clone, Debug)]
pub struct Script {
    /// One sentence: what is wrong.
    pub why: String,
    /// The requests, in order.
    pub calls: Vec<Scripted>,
    /// What stands in the requests for what only an execution knows.
    pub blanks: Vec<Blank>,
}

/// A request of a script.
#[derive(Clone, Debug)]
pub struct Scripted {
    /// The call's id.
    pub id: String,
    /// Its operation.
    pub operation: String,
    /// What is sent; of a call of gRPC without its messages, which only its contract can write.
    pub request: Request,
    /// The messages of a call of gRPC.
    pub body: Option<Body>,
    /// What is done to it on purpose.
    pub deviations: Vec<Deviation>,
    /// What it must give, or what the contract allows.
    pub want: Option<Want>,
    /// What came.
    pub saw: Option<Saw>,
}

/// A name in the place of a value: `S1_BODY_ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blank {
    /// The name: letters, digits and `_` only, so that every encoding leaves it as it is.
    pub name: String,
    /// What belongs there, for a person.
    pub means: String,
    /// The part of an earlier answer that belongs there, where it is one.
    pub reference: Option<Reference>,
}

/// The requests of a finding. `credentials` gives the header fields that stand for an identity's.
///
/// # Errors
/// A call that cannot be rendered.
pub fn script(
    finding: &Finding,
    credentials: &dyn Fn(&Auth) -> Vec<Header>,
) -> Result<Script, wire::Error> {
    let mut blanks = Vec::new();
    let mut calls = Vec::new();
    for call in finding.case.steps.iter().flat_map(super::calls) {
        let filled = filled(&call, &mut blanks);
        let is_method = grpc::is_method(&call.operation);
        let mut request = if is_method {
            let bare = Call { body: None, deviations: Vec::new(), ..filled.clone() };
            wire::render::request(&bare, "")?
        } else {
            wire::render::request(&filled, "")?
        };
        for header in credentials(&call.auth) {
            request.set_header(&header.name, header.value);
        }
        calls.push(Scripted {
            id: call.id,
            operation: call.operation,
            request,
            body: filled.body.filter(|_| is_method),
            deviations: call.deviations,
            want: call.want,
            saw: call.saw,
        });
    }
    Ok(Script { why: finding.why.clone(), calls, blanks })
}

impl Script {
    /// Whether it has calls of gRPC.
    pub fn is_rpc(&self) -> bool {
        self.calls.iter().any(|call| grpc::is_method(&call.operation))
    }

    /// What to do about each blank that stands in the requests up to and with this one, but in none
    /// before.
    pub fn blanks_of(&self, index: usize) -> impl Iterator<Item = &Blank> {
        let stands = move |blank: &Blank, at: usize| {
            self.calls.get(at).is_some_and(|call| {
                let mut messages = call.body.iter().flat_map(Body::values);
                holds(&call.request, &blank.name)
                    || messages.any(|message| message.to_string().contains(&blank.name))
            })
        };
        self.blanks
            .iter()
            .filter(move |blank| stands(blank, index) && !(0..index).any(|at| stands(blank, at)))
    }

    /// The blanks that an answer fills.
    pub fn captures<'s>(&'s self, id: &'s str) -> impl Iterator<Item = (&'s Blank, &'s Reference)> {
        self.blanks.iter().filter_map(move |blank| {
            let reference = blank.reference.as_ref()?;
            (reference.call == id).then_some((blank, reference))
        })
    }
}

fn holds(request: &Request, name: &str) -> bool {
    let within = |octets: &[u8]| octets.windows(name.len()).any(|part| part == name.as_bytes());
    within(request.target.as_bytes())
        || within(&request.body)
        || request.headers.iter().any(|header| within(&header.value))
}

/// The call with blanks in the places of its symbols.
fn filled(call: &Call, blanks: &mut Vec<Blank>) -> Call {
    let mut filled = call.clone();
    let lists = [&mut filled.path, &mut filled.query, &mut filled.headers, &mut filled.cookies];
    for (_, value) in lists.into_iter().flatten() {
        *value = fill(value, blanks);
    }
    for value in filled.body.iter_mut().flat_map(Body::values_mut) {
        *value = fill(value, blanks);
    }
    filled
}

fn fill(value: &Value, blanks: &mut Vec<Blank>) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(|item| fill(item, blanks)).collect()),
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| (key.clone(), fill(value, blanks)))
                .collect::<Object>(),
        ),
        Value::Symbol(symbol) => symbolic(symbol, blanks),
        other => other.clone(),
    }
}

fn symbolic(symbol: &Symbol, blanks: &mut Vec<Blank>) -> Value {
    let mut blank = |name: &str, means: String, reference: Option<&Reference>| {
        let name = name_of(name);
        if !blanks.iter().any(|known| known.name == name) {
            let reference = reference.cloned();
            blanks.push(Blank { name: name.clone(), means, reference });
        }
        Value::text(name)
    };
    match symbol {
        Symbol::From(reference) => {
            let means = match &reference.matching {
                None => format!("what {} answers at {}", reference.call, place(reference)),
                Some(template) => format!(
                    "what stands in the place of {template} in what {} answers at {}",
                    reference.call,
                    place(reference)
                ),
            };
            blank(&reference.to_string(), means, Some(reference))
        }
        // Any value of its shape does, once.
        Symbol::Fresh(fresh) => match &fresh.like {
            Some(like) if like.is_concrete() => like.clone(),
            _ => blank(&fresh.name, "a value that was never sent before".to_owned(), None),
        },
        Symbol::Var(name) => blank(&format!("var_{name}"), format!("`{name}` of the set-up"), None),
        Symbol::Secret(name) => {
            blank(&format!("secret_{name}"), format!("the secret {name}"), None)
        }
        Symbol::Now(offset) => blank(
            &format!("now_{offset}").replace('+', "plus").replace('-', "minus"),
            format!("the time {offset} from now"),
            None,
        ),
        Symbol::Join(parts) => {
            let mut points: Vec<u32> = Vec::new();
            for part in parts {
                match fill(part, blanks) {
                    Value::String(text) => points.extend(text.code_points()),
                    other => points.extend(other.to_string().chars().map(u32::from)),
                }
            }
            Value::String(Text::from_code_points(points))
        }
    }
}

/// The part of an answer, without the call: `body/id`.
fn place(reference: &Reference) -> String {
    let whole = reference.to_string();
    whole.split_once('/').map(|(_, rest)| rest.to_owned()).unwrap_or(whole)
}

/// `s1/body/id` → `S1_BODY_ID`
fn name_of(text: &str) -> String {
    let fits =
        |char: char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' };
    text.chars().map(fits).collect()
}

/// A place of an answer's body as a JSONPath (RFC 9535): `$['id']`, `$[0]`; `None` where the value is
/// not in a body, or only a part of a text.
pub(super) fn json_path(reference: &Reference) -> Option<String> {
    let Source::Body(pointer) = &reference.source else { return None };
    if reference.matching.is_some() {
        return None;
    }
    let mut path = "$".to_owned();
    for token in pointer.tokens() {
        let token = token.as_str()?;
        if token.bytes().all(|octet| octet.is_ascii_digit()) {
            let _ = write!(path, "[{token}]");
        } else {
            let _ = write!(path, "['{}']", token.replace('\\', "\\\\").replace('\'', "\\'"));
        }
    }
    Some(path)
}

/// What is sent that only the octets of HTTP/1.1 can say, or only in time.
pub(super) fn beyond_words(request: &Request) -> Option<&'static str> {
    if request.needs_http1() {
        Some("the request is malformed in a way that this format cannot write; use phi-fuzz replay")
    } else if !request.perturb.is_empty() {
        Some(
            "the timing of this request is bent, which this format cannot write; use phi-fuzz replay",
        )
    } else if !request.frames.is_empty() {
        Some(
            "the frames of this request are unusual, which this format cannot write; use phi-fuzz replay",
        )
    } else if request.crowd.is_some() {
        Some(
            "others send this request besides, which this format cannot write; use phi-fuzz replay",
        )
    } else {
        None
    }
}
