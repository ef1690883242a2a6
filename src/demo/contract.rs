//! What the document promises, made ready to hold calls against.
//!
//! The shop judges requests by the schemas of its own document, in the generous way of real
//! services: what only the server writes (`readOnly`) is not looked at, unknown members are ignored
//! even where `additionalProperties` is false.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::formats;

/// One operation of the document.
#[derive(Debug)]
pub(crate) struct Contract {
    /// The `operationId`.
    pub(crate) id: String,
    /// The method in upper case.
    pub(crate) method: String,
    /// The path template.
    pub(crate) path: String,
    pub(crate) parameters: Vec<Parameter>,
    /// Bodies by media type; empty where it takes none. All are required.
    pub(crate) contents: Vec<Content>,
    /// Ways to be allowed, each a list of scheme names; empty where anyone is.
    pub(crate) security: Vec<Vec<String>>,
}

/// One parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub(crate) place: String,
    pub(crate) required: bool,
    pub(crate) style: String,
    pub(crate) explode: bool,
    pub(crate) schema: Value,
    judge: Validator,
}

/// A body in one media type.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) media_type: String,
    /// The schema itself, no reference.
    pub(crate) schema: Value,
    judge: Validator,
}

/// A rule that a value breaks: the keyword, and the place as a JSON pointer.
pub(crate) type Broken = (String, String);

impl Parameter {
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.judge.is_valid(value)
    }
}

impl Content {
    pub(crate) fn broken(&self, value: &Value) -> Vec<Broken> {
        let rule = |error: jsonschema::ValidationError<'_>| {
            (error.kind().keyword().to_owned(), error.instance_path().to_string())
        };
        self.judge.iter_errors(value).map(rule).collect()
    }
}

/// All operations of a document.
///
/// # Errors
/// What is wrong with the document.
pub(crate) fn read(document: &Value) -> Result<Vec<Contract>, String> {
    let components = as_requests_see(&document["components"]);
    let mut contracts = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let contract = operation_of(path, method, operation, &components);
            contracts.push(contract.map_err(|why| format!("{method} {path}: {why}"))?);
        }
    }
    Ok(contracts)
}

fn operation_of(
    path: &str,
    method: &str,
    operation: &Value,
    components: &Value,
) -> Result<Contract, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut parameters = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolve(parameter, components);
        let place = text(&parameter["in"]);
        let style = parameter["style"].as_str().unwrap_or(match &*place {
            "query" | "cookie" => "form",
            _ => "simple",
        });
        parameters.push(Parameter {
            name: text(&parameter["name"]),
            required: parameter["required"] == true,
            explode: parameter["explode"].as_bool().unwrap_or(style == "form"),
            style: style.to_owned(),
            schema: parameter["schema"].clone(),
            judge: compile(&parameter["schema"], components)?,
            place,
        });
    }
    let mut contents = Vec::new();
    for (media_type, content) in
        operation["requestBody"]["content"].as_object().into_iter().flatten()
    {
        let schema = as_requests_see(&content["schema"]);
        contents.push(Content {
            media_type: media_type.clone(),
            judge: compile(&schema, components)?,
            schema: resolve(&schema, components).clone(),
        });
    }
    let ways = operation["security"].as_array().into_iter().flatten();
    let schemes = |way: &Value| way.as_object().into_iter().flat_map(Map::keys).cloned().collect();
    Ok(Contract {
        id: text(&operation["operationId"]),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        parameters,
        contents,
        security: ways.map(schemes).collect(),
    })
}

/// What a reference into the components leads to.
fn resolve<'a>(value: &'a Value, components: &'a Value) -> &'a Value {
    let local = value["$ref"].as_str().and_then(|name| name.strip_prefix("#/components"));
    local.and_then(|pointer| components.pointer(pointer)).unwrap_or(value)
}

fn compile(schema: &Value, components: &Value) -> Result<Validator, String> {
    let mut whole = schema.clone();
    // Most schemas stand for themselves, and are compiled faster alone.
    if schema.to_string().contains("\"$ref\"") {
        whole["components"] = json!({ "schemas": components["schemas"] });
    }
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_format("date", |text: &str| formats::date(text).is_some())
        .with_format("date-time", formats::is_date_time)
        .with_format("email", formats::is_email)
        .with_format("uri", formats::is_uri)
        .build(&whole)
        .map_err(|error| error.to_string())
}

/// The same schemas without what requests are not held to.
fn as_requests_see(schema: &Value) -> Value {
    match schema {
        Value::Array(list) => list.iter().map(as_requests_see).collect(),
        Value::Object(members) => {
            let server_owned = |name: &str| members["properties"][name]["readOnly"] == true;
            let properties = members.get("properties").and_then(Value::as_object);
            let mut seen: Map<String, Value> = members
                .iter()
                .filter(|(key, value)| *key != "additionalProperties" || **value != false)
                .map(|(key, value)| (key.clone(), as_requests_see(value)))
                .collect();
            if properties.is_some() {
                if let Some(Value::Object(own)) = seen.get_mut("properties") {
                    own.retain(|name, _| !server_owned(name));
                }
                if let Some(Value::Array(required)) = seen.get_mut("required") {
                    required.retain(|name| !name.as_str().is_some_and(server_owned));
                }
            }
            Value::Object(seen)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_need_not_hold_what_the_server_writes() {
        let schema = json!({
            "properties": { "id": { "readOnly": true }, "a": { "type": "string" } },
            "required": ["id", "a"],
            "additionalProperties": false,
        });
        let seen = json!({ "properties": { "a": { "type": "string" } }, "required": ["a"] });
        assert_eq!(as_requests_see(&schema), seen);
    }

    #[test]
    fn multiples_of_a_cent_are_judged_as_decimals() {
        let judge = compile(&json!({ "multipleOf": 0.01 }), &json!({})).unwrap();
        for cents in 0..10_000 {
            let amount =
                super::super::exact::number(&format!("{}.{:02}", cents / 100, cents % 100));
            assert!(judge.is_valid(&amount.unwrap()), "{cents}");
        }
        for wrong in ["0.001", "4.355", "0.010000000000000000001", "1e-400", "99.999"] {
            assert!(!judge.is_valid(&super::super::exact::number(wrong).unwrap()), "{wrong}");
        }
    }

    #[test]
    fn broken_rules_have_a_keyword_and_a_place() {
        let schema = json!({ "properties": { "a": { "maximum": 5 } } });
        let content = Content {
            media_type: String::new(),
            judge: compile(&schema, &json!({})).unwrap(),
            schema,
        };
        assert_eq!(content.broken(&json!({ "a": 6 })), [("maximum".into(), "/a".into())]);
    }
}
