//! Judging values against a bundled schema.
//!
//! The keywords and their interplay are the `jsonschema` crate's; it reads our values as they are.
//! What it would judge by `f64` or by another dialect of regular expressions is replaced by keywords
//! of our own: bounds, `multipleOf`, `const`, `enum`, `uniqueItems`, `pattern`, `format` and its bounds.

mod equality;
mod lower;
mod measured;
mod node;
mod numeric;
mod text;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, ValidationError};

use super::format::Format;
use super::measure::{BOUNDS, Measure};
use super::pattern::Pattern;
use crate::value::{Number, Pointer, Text, Value};
use equality::OneOf;
use measured::Reaches;
use node::{Instance, Ours, named};
use numeric::{Limit, Rule};
use text::{HasFormat, Matches};

/// One thing in a value that the schema forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The place in the value.
    pub instance: Pointer,
    /// The place in the bundled schema.
    pub schema: Pointer,
    /// The keyword that is broken; `falseSchema` where nothing is allowed.
    pub keyword: String,
    /// What is wrong, a lower-case fragment.
    pub message: String,
    /// The names of the members that are missing or too many, where it is about such.
    pub members: Vec<Text>,
    /// What each branch of a combination forbids, where the value satisfies none of them.
    pub branches: Vec<Vec<Violation>>,
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
        self.violations_by(self.plain.as_ref().ok(), value, |_| true)
    }

    /// The same, and then everything that is wrong only because of a format: the broken formats
    /// themselves, and, where the value is valid otherwise, the combinations that break with them.
    pub fn all_violations(&self, value: &Value) -> (Vec<Violation>, Vec<Violation>) {
        let plain = self.violations(value);
        if !self.has_formats() {
            return (plain, Vec::new());
        }
        let is_only_format = |error: &ValidationError<'_>| {
            plain.is_empty() || error.schema_path().as_str().ends_with("/format")
        };
        let mut by_format = self.violations_by(self.with_formats(), value, is_only_format);
        // A member may be called `format`, too.
        by_format.retain(|violation| plain.is_empty() || violation.keyword == "format");
        (plain, by_format)
    }

    fn violations_by(
        &self,
        compiled: Option<&Compiled>,
        value: &Value,
        counts: impl Fn(&ValidationError<'_>) -> bool,
    ) -> Vec<Violation> {
        let Some(compiled) = compiled else { return Vec::new() };
        let Some(value) = lower::plain(value) else {
            return vec![Violation {
                instance: Pointer::root(),
                schema: Pointer::root(),
                keyword: String::new(),
                message: "value is not known before it is executed".to_owned(),
                members: Vec::new(),
                branches: Vec::new(),
            }];
        };
        let errors = compiled.validator.iter_errors(Instance::Value(&value));
        let counted = errors.filter(|error| counts(error));
        let mut all: Vec<Violation> =
            counted.map(|error| violation(&error, &self.schema)).collect();
        all.dedup();
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

/// An error of the crate's as a violation of `whole`.
fn violation(error: &ValidationError<'_>, whole: &Value) -> Violation {
    let pointer =
        |location: &Location| Pointer::parse(location.as_str()).unwrap_or_else(|_| Pointer::root());
    let schema = pointer(error.schema_path());
    let members = match error.kind() {
        Kind::Required { property } => property.as_str().map(named).into_iter().collect(),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| named(name)).collect()
        }
        _ => Vec::new(),
    };
    let of_branch = |branch: &Vec<ValidationError<'_>>| -> Vec<Violation> {
        branch.iter().map(|error| violation(error, whole)).collect()
    };
    let branches = match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            context.iter().map(of_branch).collect()
        }
        _ => Vec::new(),
    };
    Violation {
        instance: pointer(error.instance_path()),
        keyword: keyword(error.kind(), &schema, whole),
        schema,
        message: fragment(error.masked().to_string()),
        members,
        branches,
    }
}

/// Keywords whose schemas have names or numbers, which are no keywords.
const OF_SEVERAL: [&str; 8] = [
    "properties",
    "patternProperties",
    "prefixItems",
    "dependentSchemas",
    "anyOf",
    "oneOf",
    "allOf",
    "$defs",
];

/// The keyword that is broken: the last token of its place, as far as that is one that the schema has.
fn keyword(kind: &Kind, schema: &Pointer, whole: &Value) -> String {
    let of_several = |token: &Text| OF_SEVERAL.iter().any(|several| token == several);
    match (kind, schema.tokens()) {
        // Its place is that of what the name breaks.
        (Kind::PropertyNames { .. }, _) => "propertyNames".to_owned(),
        (Kind::FalseSchema, [.., above, _]) if of_several(above) => "falseSchema".to_owned(),
        // The least count that goes without saying.
        (Kind::Contains, _) if schema.find(whole).is_none() => "contains".to_owned(),
        (_, tokens) => tokens.last().map(|token| token.lossy().into_owned()).unwrap_or_default(),
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
    for bound in BOUNDS {
        options = options.with_keyword(bound.name, move |own, lowered, _: Location| -> Made<'_> {
            let format = own.get("format").and_then(serde_json::Value::as_str);
            let measure = format.and_then(Measure::of);
            let limit = measure.and_then(|measure| measure.limit(&raised(lowered)));
            Ok(Box::new(Reaches(measure.zip(limit).map(|(own, limit)| (bound, own, limit)))))
        });
    }
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
        format!("schema is broken at `{place}`: {}", fragment(error.masked().to_string()))
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

/// The longest message, in code points.
const MOST_MESSAGE: usize = 200;

/// A message as a lower-case fragment of bearable length.
fn fragment(mut message: String) -> String {
    if message.len() <= MOST_MESSAGE && message.is_ascii() {
        message.get_mut(..1).into_iter().for_each(str::make_ascii_lowercase);
        return message;
    }
    let first = message.chars().take(1).flat_map(char::to_lowercase);
    let more = if message.chars().nth(MOST_MESSAGE).is_some() { "…" } else { "" };
    first.chain(message.chars().take(MOST_MESSAGE).skip(1)).chain(more.chars()).collect()
}

#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;
