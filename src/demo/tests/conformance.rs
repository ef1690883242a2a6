//! What the document says of an answer.

use std::cell::RefCell;
use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::client::{Answer, Seen};
use crate::demo::{Shop, document, formats};

/// The document of a shop, to hold answers against.
pub(super) struct Promises {
    document: Value,
    /// What judges by a schema, as far as it was asked for.
    judges: RefCell<HashMap<String, Validator>>,
}

impl Promises {
    pub(super) fn of(seed: u64) -> Self {
        let yaml = document(&Shop { seed, healthy: false });
        let document = super::super::document::parse(&yaml).unwrap();
        Self { document, judges: RefCell::default() }
    }

    /// Every operation's name with what the document says of it.
    pub(super) fn operations(&self) -> Vec<(String, &Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        let of = |(path, item): (&String, &'_ Value)| {
            let item = item.as_object().unwrap().clone();
            item.into_iter().map(|(method, _)| (path.clone(), method)).collect::<Vec<_>>()
        };
        let names = paths.iter().flat_map(of);
        names
            .map(|(path, method)| {
                let operation = &self.document["paths"][&path][&method];
                (format!("{} {path}", method.to_uppercase()), operation)
            })
            .collect()
    }

    pub(super) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().map(|reference| &reference[1..]);
        pointer.map_or(value, |pointer| self.document.pointer(pointer).unwrap())
    }

    /// The checks that what came of a call fails.
    pub(super) fn failures(&self, operation: &str, seen: &Seen) -> Vec<&'static str> {
        match seen {
            Seen::Dropped => vec!["connection_dropped"],
            Seen::TimedOut => vec!["hang"],
            Seen::Answer(answer) => self.judge(operation, answer),
        }
    }

    fn judge(&self, operation: &str, answer: &Answer) -> Vec<&'static str> {
        let mut failures = Vec::new();
        if answer.status >= 500 && answer.header("retry-after").is_none() && answer.status != 501 {
            failures.push("not_a_server_error");
        }
        let text = answer.text();
        if text.contains("\\tat ") || text.contains("Traceback (most recent call last)") {
            failures.push("information_leak");
        }
        let (method, path) = operation.split_once(' ').unwrap();
        let declared = &self.document["paths"][path][method.to_lowercase()];
        let response = self.resolve(&declared["responses"][answer.status.to_string()]);
        if response.is_null() {
            failures.push("status_code_conformance");
            return failures;
        }
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let value = answer.header(name);
            let schema = &header["schema"];
            let value = value.map(|text| super::super::parameters::coerce(schema, text));
            if header["required"] == true && value.is_none()
                || value.is_some_and(|value| !self.accepts(schema, &value))
            {
                failures.push("response_headers_conformance");
            }
        }
        let Some(contents) = response["content"].as_object() else { return failures };
        let media_type = answer.header("content-type").unwrap_or_default();
        let Some(content) = contents.get(media_type.split(';').next().unwrap()) else {
            failures.push("content_type_conformance");
            return failures;
        };
        if media_type.contains("json") && !self.accepts(&content["schema"], &answer.json()) {
            failures.push("response_schema_conformance");
        }
        failures
    }

    /// Whether a schema of the document accepts a value.
    pub(super) fn accepts(&self, schema: &Value, value: &Value) -> bool {
        let mut judges = self.judges.borrow_mut();
        let judge = judges.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = json!({ "schemas": self.document["components"]["schemas"] });
            jsonschema::options()
                .should_validate_formats(true)
                .with_format("date", |text: &str| formats::date(text).is_some())
                .with_format("date-time", formats::is_date_time)
                .with_format("email", formats::is_email)
                .with_format("uri", formats::is_uri)
                .build(&whole)
                .unwrap()
        });
        judge.is_valid(value)
    }
}
