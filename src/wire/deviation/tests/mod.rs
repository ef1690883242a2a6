//! Every rule does what it says, on a call that has everything.

mod apart;
mod framing;
mod head;
mod json;
mod messages;
mod parameters;
mod rules;

use super::*;
use crate::value::read;
use crate::wire::{http1, render};

fn value(json: &str) -> Value {
    read::json(json.as_bytes()).unwrap()
}

/// A call with parameters everywhere and a JSON body with every kind of value.
fn rich() -> Call {
    let named = |name: &str, json: &str| (name.to_owned(), value(json));
    Call {
        operation: "POST /a/{x}/{y}".to_owned(),
        path: vec![named("x", "\"v\""), named("y", "[1,2]")],
        query: vec![named("q", "[1,2]"), named("r", "\"a b\""), named("none", "[]")],
        headers: vec![named("X-H", "\"h\"")],
        cookies: vec![named("c", "1"), named("d", "2")],
        body: Some(Body::Json(value(
            r#"{"n":-1.5,"s":"a\"b","o":{"k/":true},"l":[null,{"i":7}],"e":{}}"#,
        ))),
        ..Call::default()
    }
}

fn bare() -> Call {
    Call { operation: "GET /a".to_owned(), ..Call::default() }
}

fn deviate(call: &Call, deviation: Deviation) -> Result<Request, String> {
    let call = Call { deviations: vec![deviation], ..call.clone() };
    render::request(&call, "/api").map_err(|error| error.to_string())
}

/// What goes out: octets of HTTP/1.1, and what it does not have.
fn octets(request: &Request) -> Vec<u8> {
    let encoded = http1::encode(request, "shop");
    let besides = (!request.frames.is_empty() || request.crowd.is_some())
        .then(|| format!("{:?} {:?}", request.frames, request.crowd));
    [&encoded.head[..], &encoded.body[..], besides.unwrap_or_default().as_bytes()].concat()
}

/// The deviations of a rule on a call: every place, and every named value of every parameter.
fn variants(rule: &Rule, call: &Call) -> Vec<Deviation> {
    let request = render::plain(call, "/api").unwrap().request;
    let mut all = Vec::new();
    for at in rule.places(call, &request) {
        all.push(rule.deviation(at.clone()));
        for parameter in rule.parameters {
            let values: Vec<Value> = match parameter.domain {
                Domain::Text(texts) => texts.iter().map(|text| Value::text(*text)).collect(),
                domain => {
                    let range = domain.range(&request).unwrap();
                    [*range.start(), *range.end()].map(Value::int).to_vec()
                }
            };
            all.extend(values.into_iter().map(|value| {
                let mut deviation = rule.deviation(at.clone());
                deviation.with.push((parameter.name.to_owned(), value));
                deviation
            }));
        }
    }
    all
}
