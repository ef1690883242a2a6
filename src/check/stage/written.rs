//! Cases as tests write them down.

use super::json;
use crate::case::{Auth, Body, Call, Case, Step, file};
use crate::spec::template::segments;
use crate::value::{Number, Pointer, Reference, Source, Symbol, Value};

/// A case as a test writes it down: the steps of a case file, as text, or lines of which each is a
/// call, called `s1`, `s2`, …: `bob: PATCH /boards/{board=s1}/cards?limit=1 {"title":"x"}`.
pub(in crate::check) trait Written {
    /// The case.
    fn case(&self) -> Case;
}

impl Written for str {
    fn case(&self) -> Case {
        let at = json(self).as_array().unwrap()[0].get("id").unwrap().to_string();
        let text = format!(
            r#"{{"phi_fuzz":1,"check":"x","at":{at},"why":"","service":"shop","steps":{self},
                "reproduced":{{"failed":1,"of":1}},"replays":1}}"#
        );
        file::read(text.as_bytes()).unwrap().case
    }
}

impl Written for String {
    fn case(&self) -> Case {
        self.as_str().case()
    }
}

impl<T: AsRef<str>> Written for [T] {
    fn case(&self) -> Case {
        let calls =
            self.iter().zip(1..).map(|(step, number)| Step::Call(call(step.as_ref(), number)));
        Case { service: "shop".to_owned(), connections: Vec::new(), steps: calls.collect() }
    }
}

impl<T: AsRef<str>, const N: usize> Written for [T; N] {
    fn case(&self) -> Case {
        self.as_slice().case()
    }
}

impl Written for Case {
    fn case(&self) -> Case {
        self.clone()
    }
}

fn call(step: &str, number: usize) -> Call {
    let (who, rest) =
        step.split_once(": ").filter(|(who, _)| !who.contains(' ')).unwrap_or(("", step));
    let (rest, body) = rest.split_once(" {").map_or((rest, None), |(r, body)| (r, Some(body)));
    let (method, target) = rest.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut call = Call { id: format!("s{number}"), ..Call::default() };
    let template = segments(path).map(|segment| {
        let Some(inner) = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) else {
            return segment.to_owned();
        };
        let (name, value) = inner.split_once('=').unwrap();
        let value = if value.starts_with('s') && value.len() < 4 {
            Value::Symbol(Box::new(Symbol::From(Reference {
                call: value.to_owned(),
                source: Source::Body(Pointer::root().child("id")),
                matching: None,
            })))
        } else {
            scalar(value)
        };
        call.path.push((name.to_owned(), value));
        format!("{{{name}}}")
    });
    let template: Vec<String> = template.collect();
    call.operation = format!("{method} /{}", template.join("/"));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    call.query = pairs.map(|(name, value)| (name.to_owned(), scalar(value))).collect();
    call.body = body.map(|body| Body::Json(json(&format!("{{{body}"))));
    call.auth = match who {
        "" => Auth::Default,
        "nobody" => Auth::None,
        who => Auth::Identity(who.to_owned()),
    };
    call
}

fn scalar(text: &str) -> Value {
    Number::parse(text).map_or_else(|| Value::text(text), Value::Number)
}
