//! Judging values against a bundled schema.
//!
//! The keywords and their interplay are the `jsonschema` crate's; it reads our values as they are.
//! What it would judge by `f64` or by another dialect of regular expressions is replaced by keywords
//! of our own: bounds, `multipleOf`, `const`, `enum`, `uniqueItems`, `pattern` and `format`.

mod equality;
mod lower;
mod node;
mod numeric;
mod text;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, ValidationError};

use super::format::Format;
use super::pattern::Pattern;
use crate::value::{Number, Pointer, Value};
use equality::OneOf;
use node::{Instance, Ours};
use numeric::{Limit, Rule};
use text::{HasFormat, Matches};

/// One thing in a value that the schema forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The place in the value.
    pub instance: Pointer,
    /// The place in the bundled schema; its last token is the keyword.
    pub schema: Pointer,
    /// The keyword that is broken.
    pub keyword: String,
    /// What is wrong, a lower-case fragment.
    pub message: String,
}

/// A schema made ready to judge.
///
/// A schema that cannot be made ready accepts everything: a fault of the document is told once
/// ([`Validator::broken`]), not with every value.
#[derive(Debug)]
pub struct Validator {
    schema: Arc<Value>,
    plain: Result<Compiled, String>,
    /// The same with `format` asserted, made when first asked for.
    formats: OnceLock<Option<Compiled>>,
    has_formats: OnceLock<bool>,
}

#[derive(Debug)]
struct Compiled {
    validator: jsonschema::Validator<Ours>,
    unjudged: Vec<String>,
}

impl Validator {
    /// Makes a bundled draft 2020-12 schema ready: one whose references are all local.
    pub fn new(bundle: Result<&Value, &str>) -> Self {
        Self::of(bundle.map(|bundle| Arc::new(bundle.clone())))
    }

    /// The same for a schema that is shared.
    pub fn of(bundle: Result<Arc<Value>, &str>) -> Self {
        let (schema, plain) = match bundle {
            Ok(schema) => {
                let plain = compile(&schema, false);
                (schema, plain)
            }
            Err(error) => (Arc::new(Value::Bool(true)), Err(error.to_owned())),
        };
        Self { schema, plain, formats: OnceLock::new(), has_formats: OnceLock::new() }
    }

    /// Why the schema cannot be judged by, where it cannot.
    pub fn broken(&self) -> Option<&str> {
        self.plain.as_ref().err().map(String::as_str)
    }

    /// The patterns that cannot be judged; every text counts as matching them.
    pub fn unjudged(&self) -> &[String] {
        self.plain.as_ref().map_or(&[], |compiled| &compiled.unjudged)
    }

    /// Whether `value` is valid; `format` is an annotation, as draft 2020-12 and OpenAPI have it.
    pub fn accepts(&self, value: &Value) -> bool {
        accepts(self.plain.as_ref().ok(), value)
    }

    /// Whether `value` is valid, the formats we know asserted.
    pub fn accepts_formats(&self, value: &Value) -> bool {
        accepts(self.with_formats(), value)
    }

    /// Everything in `value` that the schema forbids, in the order of the schema.
    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        violations(self.plain.as_ref().ok(), value)
    }

    /// Everything in `value` that is wrong only because of a format: the broken formats themselves,
    /// and, where the value is valid otherwise, the combinations that break with them.
    pub fn format_violations(&self, value: &Value) -> Vec<Violation> {
        if !self.has_formats() {
            return Vec::new();
        }
        let mut all = violations(self.with_formats(), value);
        if !all.is_empty() && !self.accepts(value) {
            all.retain(|violation| violation.keyword == "format");
        }
        all
    }

    fn with_formats(&self) -> Option<&Compiled> {
        if !self.has_formats() {
            return self.plain.as_ref().ok();
        }
        self.formats.get_or_init(|| compile(&self.schema, true).ok()).as_ref()
    }

    /// Whether a format we know stands anywhere in the schema; else asserting them changes nothing.
    fn has_formats(&self) -> bool {
        *self.has_formats.get_or_init(|| names_a_format(&self.schema))
    }
}

fn names_a_format(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.iter().any(|(key, value)| {
            *key == "format" && value.as_str().and_then(Format::of).is_some()
                || names_a_format(value)
        }),
        Value::Array(items) => items.iter().any(names_a_format),
        _ => false,
    }
}

fn accepts(compiled: Option<&Compiled>, value: &Value) -> bool {
    let Some(compiled) = compiled else { return true };
    lower::plain(value).is_some_and(|value| compiled.validator.is_valid(Instance::Value(&value)))
}

fn violations(compiled: Option<&Compiled>, value: &Value) -> Vec<Violation> {
    let Some(compiled) = compiled else { return Vec::new() };
    let Some(value) = lower::plain(value) else {
        return vec![Violation {
            instance: Pointer::root(),
            schema: Pointer::root(),
            keyword: String::new(),
            message: "value is not known before it is executed".to_owned(),
        }];
    };
    let mut all: Vec<Violation> = compiled
        .validator
        .iter_errors(Instance::Value(&value))
        .map(|error| violation(&error))
        .collect();
    all.dedup();
    all
}

fn violation(error: &ValidationError<'_>) -> Violation {
    let pointer =
        |location: &Location| Pointer::parse(location.as_str()).unwrap_or_else(|_| Pointer::root());
    let schema = pointer(error.schema_path());
    let keyword = schema.tokens().last().map(|token| token.lossy().into_owned());
    Violation {
        instance: pointer(error.instance_path()),
        keyword: keyword.unwrap_or_default(),
        schema,
        message: fragment(&error.masked().to_string()),
    }
}

type Made<'a> = Result<Box<dyn for<'i> Keyword<'i, Ours>>, ValidationError<'a>>;

fn compile(schema: &Arc<Value>, formats: bool) -> Result<Compiled, String> {
    let mut unjudged = Vec::new();
    let lowered = lower::schema(schema, &mut unjudged);
    let unjudged = Arc::new(Mutex::new(unjudged));
    let mut options = jsonschema::options_for::<Ours>()
        .offline()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(false);
    for (name, rule) in Rule::ALL {
        let schema = schema.clone();
        options = options.with_keyword(name, move |_, lowered, location: Location| -> Made<'_> {
            let number = exact(&schema, &location).and_then(Value::as_number).cloned();
            let number = number.or_else(|| Number::parse(&lowered.to_string()));
            let number = number.ok_or_else(|| ValidationError::custom("a limit is no number"))?;
            Ok(Box::new(Limit::new(rule, number)))
        });
    }
    let source = schema.clone();
    options = options.with_keyword("const", move |_, lowered, location: Location| -> Made<'_> {
        let value = exact(&source, &location).cloned().unwrap_or_else(|| raised(lowered));
        Ok(Box::new(OneOf { values: vec![value] }))
    });
    let source = schema.clone();
    options = options.with_keyword("enum", move |_, lowered, location: Location| -> Made<'_> {
        let value = exact(&source, &location).cloned().unwrap_or_else(|| raised(lowered));
        Ok(Box::new(OneOf { values: value.as_array().unwrap_or_default().to_vec() }))
    });
    let strangers = unjudged.clone();
    options = options.with_keyword("pattern", move |_, lowered, _: Location| -> Made<'_> {
        let source = lowered.as_str().unwrap_or_default();
        let pattern = Pattern::new(source).ok().filter(Pattern::is_judged).map(Arc::new);
        if pattern.is_none() {
            strangers.lock().unwrap_or_else(PoisonError::into_inner).push(source.to_owned());
        }
        Ok(Box::new(Matches(pattern)))
    });
    if formats {
        options = options.with_keyword("format", |_, lowered, _: Location| -> Made<'_> {
            Ok(Box::new(HasFormat(lowered.as_str().and_then(Format::of))))
        });
    }
    let validator = options.build(&lowered).map_err(|error| {
        let place = error.instance_path().as_str();
        format!("schema is broken at `{place}`: {}", fragment(&error.masked().to_string()))
    })?;
    drop(options);
    let unjudged = unjudged.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Compiled { validator, unjudged })
}

/// The schema's own value at the place of a keyword.
fn exact<'v>(schema: &'v Value, location: &Location) -> Option<&'v Value> {
    Pointer::parse(location.as_str()).ok()?.find(schema)
}

/// A value of the lowered schema, where its own place is not known (inside an embedded resource).
fn raised(lowered: &serde_json::Value) -> Value {
    crate::value::read::json(lowered.to_string().as_bytes()).unwrap_or(Value::Null)
}

/// A message as a lower-case fragment of bearable length.
fn fragment(message: &str) -> String {
    let first = message.chars().take(1).flat_map(char::to_lowercase);
    let more = if message.chars().nth(200).is_some() { "…" } else { "" };
    first.chain(message.chars().take(200).skip(1)).chain(more.chars()).collect()
}

#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;
