mod labels;
mod lawful;
mod naming;
mod text;

use super::*;
use crate::case::Body;
use crate::generate::fixture::{json, taking};
use crate::spec::Operation;
use crate::value::{Symbol, Value};

const ORDER: &str = r#"{"type":"object","required":["lines"],"additionalProperties":false,"properties":{
    "id":{"type":"integer","readOnly":true},
    "mail":{"type":"string","format":"email"},
    "lines":{"type":"array","items":{"type":"object","required":["sku"],
        "properties":{"sku":{"type":"string"},"qty":{"type":"integer","minimum":1}}}}}}"#;

fn order() -> Operation {
    taking(
        ORDER,
        r#"{"name":"n","in":"query","schema":{"type":"integer"}},
           {"name":"flags","in":"query","schema":{"type":"array","items":{"type":"boolean"}}},
           {"name":"Tenant","in":"header","required":false,"schema":{"type":"string"}}"#,
    )
}

fn call(body: &str, label: Label, deviations: &[(&str, &str)]) -> Call {
    Call {
        id: "s1".to_owned(),
        operation: "POST /things".to_owned(),
        body: Some(Body::Json(json(body))),
        label,
        deviations: deviations.iter().map(|(rule, at)| Deviation::schema(rule, *at)).collect(),
        ..Call::default()
    }
}

fn with_query(name: &str, value: &str, label: Label) -> Call {
    let mut call = call(r#"{"lines":[]}"#, label, &[]);
    call.query.push((name.to_owned(), json(value)));
    if label == Label::Invalid {
        call.deviations.push(Deviation::schema("type", format!("query/{name}")));
    }
    call
}
