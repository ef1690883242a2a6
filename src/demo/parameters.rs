//! Reading parameters out of a request, with the coercion every web framework does.

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::contract::{Contract, Parameter};
use super::exact;

/// The parameters of a call by name, whatever place they came from.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(exact::whole)
    }

    /// How many of something; what leaves 64 bits is very many.
    pub(crate) fn count(&self, name: &str) -> Option<usize> {
        let count = self.0.get(name)?;
        Some(exact::whole(count).map_or(usize::MAX, |count| count.max(0) as usize))
    }

    /// What a thing is called in the path, be it a number or a text.
    pub(crate) fn name(&self, name: &str) -> String {
        let value = self.0.get(name).unwrap_or(&Value::Null);
        match exact::whole(value) {
            Some(number) => number.to_string(),
            None => value.as_str().unwrap_or_default().to_owned(),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Bool(true))
    }

    /// The texts of a list; none where it is not there.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A member of an object.
    pub(crate) fn member(&self, name: &str, member: &str) -> Option<f64> {
        self.0.get(name)?.get(member)?.as_f64()
    }
}

/// Where parameters come from.
#[derive(Debug)]
pub(crate) struct Sources<'a> {
    /// Path parameters, decoded.
    pub(crate) path: Vec<(&'a str, &'a str)>,
    /// The query string as it came.
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
}

/// Reads the parameters of an operation and holds them to its contract.
///
/// # Errors
/// What is wrong with them.
pub(crate) fn read(contract: &Contract, sources: &Sources<'_>) -> Result<Parameters, String> {
    let pairs = pairs(sources.query);
    let cookies = cookies(sources.headers);
    let mut parameters = Map::new();
    for parameter in &contract.parameters {
        let value = match &*parameter.place {
            "path" => sources
                .path
                .iter()
                .find(|(name, _)| *name == parameter.name)
                .map(|(_, text)| coerce(&parameter.schema, text)),
            "query" => from_query(parameter, &pairs)?,
            "header" => from_header(parameter, sources.headers),
            _ => match cookies.iter().rev().find(|(name, _)| *name == parameter.name) {
                Some((_, text)) => Some(coerce(&parameter.schema, &decode(text)?)),
                None => None,
            },
        };
        let Some(value) = value else {
            if parameter.required {
                return Err(format!("{} {} is missing", parameter.place, parameter.name));
            }
            continue;
        };
        if !parameter.accepts(&value) {
            return Err(format!("{} {} is not as declared", parameter.place, parameter.name));
        }
        parameters.insert(parameter.name.clone(), value);
    }
    Ok(Parameters(parameters))
}

/// The pairs of a query or form: names decoded, values as they came.
fn pairs(query: &str) -> Vec<(String, &str)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name).unwrap_or_default(), value))
        .collect()
}

fn from_query(parameter: &Parameter, pairs: &[(String, &str)]) -> Result<Option<Value>, String> {
    if parameter.style == "deepObject" {
        return deep_object(parameter, pairs);
    }
    let mut own = pairs.iter().filter(|(name, _)| *name == parameter.name).map(|(_, raw)| *raw);
    if parameter.schema["type"] != "array" {
        let last = own.next_back().map(decode).transpose()?;
        return Ok(last.map(|text| coerce(&parameter.schema, &text)));
    }
    let raw: Vec<&str> = own.collect();
    let delimiters: &[&str] = match &*parameter.style {
        "spaceDelimited" => &["%20", "+", " "],
        "pipeDelimited" => &["%7C", "%7c", "|"],
        _ => &[",", "%2C", "%2c"],
    };
    match &raw[..] {
        [] => Ok(None),
        [""] => Ok(Some(Value::Array(Vec::new()))),
        all if parameter.explode => elements(parameter, all),
        [.., last] => elements(parameter, &split(last, delimiters)),
    }
}

fn elements(parameter: &Parameter, raw: &[&str]) -> Result<Option<Value>, String> {
    let element = |raw: &&str| Ok(coerce(&parameter.schema["items"], &decode(raw)?));
    raw.iter().map(element).collect::<Result<_, String>>().map(|list| Some(Value::Array(list)))
}

fn split<'a>(raw: &'a str, delimiters: &[&str]) -> Vec<&'a str> {
    delimiters
        .iter()
        .fold(vec![raw], |parts, by| parts.iter().flat_map(|part| part.split(by)).collect())
}

fn deep_object(parameter: &Parameter, pairs: &[(String, &str)]) -> Result<Option<Value>, String> {
    let mut object = Map::new();
    for (name, raw) in pairs {
        if *name == parameter.name {
            return Err(format!("query {name} is an object: write {name}[member]=value"));
        }
        let member = name
            .strip_prefix(&*parameter.name)
            .and_then(|rest| rest.strip_prefix('['))
            .and_then(|rest| rest.strip_suffix(']'));
        if let Some(member) = member {
            let value = coerce(&parameter.schema["properties"][member], &decode(raw)?);
            object.insert(member.to_owned(), value);
        }
    }
    Ok((!object.is_empty()).then_some(Value::Object(object)))
}

fn from_header(parameter: &Parameter, headers: &HeaderMap) -> Option<Value> {
    let raw = headers.get(&parameter.name)?;
    Some(coerce(&parameter.schema, String::from_utf8_lossy(raw.as_bytes()).trim()))
}

fn cookies(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .collect()
}

/// A form as an object, its members coerced to what the schema's properties are.
///
/// # Errors
/// Octets that are no text.
pub(crate) fn form(schema: &Value, body: &[u8]) -> Result<Value, String> {
    let body = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let mut object = Map::new();
    for (name, raw) in pairs(body) {
        let property = &schema["properties"][&name];
        let text = decode(raw)?;
        if property["type"] == "array" {
            let list = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let (Value::Array(list), false) = (list, text.is_empty()) {
                list.push(coerce(&property["items"], &text));
            }
        } else {
            object.insert(name, coerce(property, &text));
        }
    }
    Ok(Value::Object(object))
}

fn decode(raw: &str) -> Result<String, String> {
    let spaced = raw.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8();
    text.map(String::from).map_err(|_| "what is percent-encoded is not UTF-8".to_owned())
}

/// A text as what the schema wants: numbers with blanks or a sign around them, `1` and `on` for yes.
pub(crate) fn coerce(schema: &Value, text: &str) -> Value {
    let trimmed = text.trim();
    let unsigned = trimmed.strip_prefix('+').filter(|rest| !rest.starts_with('-'));
    let number = || exact::number(unsigned.unwrap_or(trimmed));
    let coerced = match schema["type"].as_str() {
        Some("integer" | "number") => number(),
        Some("boolean") => match &*trimmed.to_ascii_lowercase() {
            "true" | "1" | "on" | "yes" => Some(Value::Bool(true)),
            "false" | "0" | "off" | "no" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    };
    coerced.unwrap_or_else(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_and_booleans_are_coerced() {
        let integer = json!({ "type": "integer" });
        assert_eq!(coerce(&integer, " +7 "), json!(7));
        assert_eq!(coerce(&integer, "seven"), json!("seven"));
        let boolean = json!({ "type": "boolean" });
        assert_eq!(coerce(&boolean, "ON"), json!(true));
        assert_eq!(coerce(&boolean, "0"), json!(false));
        assert_eq!(coerce(&boolean, "2"), json!("2"));
        assert_eq!(coerce(&json!({}), "7"), json!("7"));
    }

    #[test]
    fn forms_become_objects() {
        let schema = json!({ "properties": {
            "n": { "type": "integer" },
            "list": { "type": "array", "items": { "type": "integer" } },
        } });
        let body = form(&schema, b"n=1&list=2&list=3&t=a+b%21").unwrap();
        assert_eq!(body, json!({ "n": 1, "list": [2, 3], "t": "a b!" }));
        assert!(form(&schema, b"t=%ff").is_err());
    }

    #[test]
    fn lists_are_split_at_every_spelling_of_their_delimiter() {
        assert_eq!(split("a%20b+c d", &["%20", "+", " "]), ["a", "b", "c", "d"]);
        assert_eq!(split("a%7Cb|c", &["%7C", "%7c", "|"]), ["a", "b", "c"]);
    }
}
