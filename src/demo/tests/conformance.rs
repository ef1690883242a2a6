//! What the document says of an answer.

use serde_json::{Value, json};

use super::client::{Answer, Seen};
use crate::demo::{Shop, document, formats};

/// The document of a shop, to hold answers against.
pub(super) struct Promises(Value);

impl Promises {
    pub(super) fn of(seed: u64) -> Self {
        let yaml = document(&Shop { seed, healthy: false });
        Self(super::super::document::parse(&yaml).unwrap())
    }

    /// Every operation's name with what the document says of it.
    pub(super) fn operations(&self) -> Vec<(String, &Value)> {
        let paths = self.0["paths"].as_object().unwrap();
        let of = |(path, item): (&String, &'_ Value)| {
            let item = item.as_object().unwrap().clone();
            item.into_iter().map(|(method, _)| (path.clone(), method)).collect::<Vec<_>>()
        };
        let names = paths.iter().flat_map(of);
        names
            .map(|(path, method)| {
                let operation = &self.0["paths"][&path][&method];
                (format!("{} {path}", method.to_uppercase()), operation)
            })
            .collect()
    }

    pub(super) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().map(|reference| &reference[1..]);
        pointer.map_or(value, |pointer| self.0.pointer(pointer).unwrap())
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
        let (_, declared) =
            self.operations().into_iter().find(|(name, _)| name == operation).unwrap();
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
        let mut whole = schema.clone();
        whole["components"] = json!({ "schemas": self.0["components"]["schemas"] });
        let judge = jsonschema::options()
            .should_validate_formats(true)
            .with_format("date", |text: &str| formats::date(text).is_some())
            .with_format("date-time", formats::is_date_time)
            .with_format("email", formats::is_email)
            .with_format("uri", formats::is_uri)
            .build(&whole)
            .unwrap();
        judge.is_valid(value)
    }
}
