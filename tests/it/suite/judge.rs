//! The second validator.

use phi_fuzz::case::Deviation;
use phi_fuzz::schema::format::Format;
use phi_fuzz::value::{Number, Value, read};

use super::schemas::{self, Group, remote};

/// Formats by which the second validator agrees with all that the suite says of them; of any other it
/// is not asked.
pub(super) fn known_formats(draft: &'static str) -> Vec<String> {
    let mut known = Vec::new();
    for group in schemas::groups_in(draft, "optional/format").unwrap_or_default() {
        let Some(format) = group.source.get("format").and_then(Value::as_str) else { continue };
        let judge = Judge::new(&group, &[format.to_owned()]);
        let agrees = |(value, valid): &(Value, bool)| judge.accepts(value, true) == Some(*valid);
        let asked = Format::of(format).is_some() && !LIMITS.contains(&format);
        if asked && group.instances.iter().all(agrees) {
            known.push(format.to_owned());
        }
    }
    known
}

/// A schema as a second validator reads it, from its file and not from our bundle.
pub(super) struct Judge {
    plain: Option<Compiled>,
    with_formats: Option<Compiled>,
    steps: Steps,
}

/// What a schema asks numbers to be multiples of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Steps {
    None,
    /// Floats hold all of them.
    Exact,
    /// Floats do not hold some.
    Rounded,
}

/// Formats of which it takes more, or less, than their specifications, in ways that the suite does not
/// show: no look-around and back-references, no index manipulation, anything for an IRI.
const LIMITS: [&str; 4] = ["regex", "relative-json-pointer", "iri", "iri-reference"];

/// Whether a rule may be broken at a place though it is not said: another one that is looked at first
/// is broken there, or the rule is a combination of one branch, which is not told from it.
fn is_unseen(error: &boon::ValidationError<'_, '_>, rule: &str, at: &str) -> bool {
    use boon::ErrorKind::{AnyOf, Const, Enum, OneOf, Type};
    let any = |is: &dyn Fn(&boon::ErrorKind<'_, '_>) -> bool| {
        let mut left = vec![error];
        while let Some(error) = left.pop() {
            if is(&error.kind) && is_same_place(&error.instance_location.to_string(), at) {
                return true;
            }
            left.extend(&error.causes);
        }
        false
    };
    match rule {
        // It says what the schema says that stands there.
        "unevaluatedItems" | "unevaluatedProperties" => true,
        "anyOf" | "oneOf" => !any(&|kind| matches!(kind, AnyOf | OneOf(_))),
        _ => any(&|kind| matches!(kind, Type { .. } | Const { .. } | Enum { .. })),
    }
}

/// Whether two places are the same but for indices: it counts those of further elements from the first
/// of them.
fn is_same_place(one: &str, other: &str) -> bool {
    let is_index = |token: &str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_digit());
    let (one, other) = (one.split('/'), other.split('/'));
    one.clone().count() == other.clone().count()
        && one.zip(other).all(|(a, b)| a == b || is_index(a) && is_index(b))
}

fn is_broken(error: &boon::ValidationError<'_, '_>, rule: &str, at: &str) -> bool {
    use boon::ErrorKind::{AnyOf, OneOf};
    if says(error, rule, at) {
        return true;
    }
    match error.kind {
        AnyOf | OneOf(_) => {
            let own = error.instance_location.to_string();
            let ruled_out = |branch: &_| refuses_kind(branch, &own);
            let broken = |branch: &&_| is_broken(branch, rule, at);
            let (breaking, others): (Vec<_>, Vec<_>) = error.causes.iter().partition(broken);
            !breaking.is_empty() && others.into_iter().all(ruled_out)
        }
        _ => error.causes.iter().any(|cause| is_broken(cause, rule, at)),
    }
}

/// Whether a value is refused for its type, or an object for what one of its members is named.
fn refuses_kind(error: &boon::ValidationError<'_, '_>, at: &str) -> bool {
    use boon::ErrorKind::{Const, Enum, Type};
    let own = error.instance_location.to_string();
    let parent = own.rsplit_once('/').map(|(parent, _)| parent);
    match error.kind {
        Type { .. } => own == at,
        Const { .. } | Enum { .. } => parent == Some(at),
        _ => error.causes.iter().any(|cause| refuses_kind(cause, at)),
    }
}

/// Whether an error is the one of a rule at a place.
fn says(error: &boon::ValidationError<'_, '_>, rule: &str, at: &str) -> bool {
    use boon::ErrorKind as Kind;
    let own = error.instance_location.to_string();
    let below = |name: &str| {
        format!("{own}/{}", name.replace('~', "~0").replace('/', "~1")) == at || own == at
    };
    let parent = |place: &str| place.rsplit_once('/').map(|(parent, _)| parent.to_owned());
    match &error.kind {
        Kind::Required { want: names } => rule == "required" && names.iter().any(|n| below(n)),
        Kind::Dependency { missing, .. } | Kind::DependentRequired { missing, .. } => {
            rule == "dependentRequired" && missing.iter().any(|name| below(name))
        }
        Kind::AdditionalProperties { got } => {
            rule == "additionalProperties" && got.iter().any(|name| below(name))
        }
        Kind::PropertyName { .. } => rule == "propertyNames" && own == at,
        // Whatever keyword it stands under.
        Kind::FalseSchema | Kind::AdditionalItems { .. } => {
            is_same_place(&own, at)
                || parent(&own).as_deref() == Some(at)
                || parent(at).as_deref() == Some(&*own)
        }
        kind => is_same_place(&own, at) && names(kind).contains(&rule),
    }
}

/// The rules that an error of this kind may be of.
fn names(kind: &boon::ErrorKind<'_, '_>) -> &'static [&'static str] {
    use boon::ErrorKind as Kind;
    match kind {
        Kind::Type { .. } => &["type", "null"],
        Kind::Enum { .. } => &["enum"],
        Kind::Const { .. } => &["const"],
        Kind::Format { .. } => &["format"],
        Kind::MinProperties { .. } => &["minProperties"],
        Kind::MaxProperties { .. } => &["maxProperties"],
        Kind::MinItems { .. } => &["minItems"],
        Kind::MaxItems { .. } => &["maxItems"],
        Kind::Contains => &["contains", "minContains"],
        Kind::MinContains { .. } => &["minContains", "contains"],
        Kind::MaxContains { .. } => &["maxContains", "contains"],
        Kind::UniqueItems { .. } => &["uniqueItems"],
        Kind::MinLength { .. } => &["minLength"],
        Kind::MaxLength { .. } => &["maxLength"],
        Kind::Pattern { .. } => &["pattern"],
        // Draft 4 says by a flag whether the bound itself is one.
        Kind::Minimum { .. } | Kind::ExclusiveMinimum { .. } => &["minimum", "exclusiveMinimum"],
        Kind::Maximum { .. } | Kind::ExclusiveMaximum { .. } => &["maximum", "exclusiveMaximum"],
        Kind::MultipleOf { .. } => &["multipleOf"],
        Kind::Not => &["not"],
        Kind::AnyOf => &["anyOf"],
        Kind::OneOf(_) => &["oneOf"],
        _ => &[],
    }
}

struct Compiled {
    schemas: boon::Schemas,
    schema: boon::SchemaIndex,
}

struct Remotes;

impl boon::UrlLoader for Remotes {
    fn load(&self, url: &str) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
        let value = remote(url).ok_or("no such document")?;
        Ok(serde_json::from_str(&value.to_string())?)
    }
}

impl Judge {
    pub(super) fn new(group: &Group, formats: &[String]) -> Self {
        let mut named = Vec::new();
        members(&group.source, "format", &mut named);
        let known = |format: &&Value| formats.iter().any(|known| format.as_str() == Some(known));
        let judged = named.iter().all(known);
        let mut steps = Vec::new();
        members(&group.source, "multipleOf", &mut steps);
        // What no power of two makes whole, no float holds.
        let decimal = |step: &&Value| step.as_number().and_then(Number::decimal);
        let rounded = |step: &&Value| decimal(step).is_some_and(|d| !d.times(1 << 60).is_integer());
        // Draft 4 asserts every format.
        let plain = named.is_empty() || group.draft != "draft4";
        Self {
            plain: if plain { compile(group, false) } else { None },
            with_formats: if judged && !named.is_empty() { compile(group, true) } else { None },
            steps: match &steps[..] {
                [] => Steps::None,
                steps if steps.iter().any(rounded) => Steps::Rounded,
                _ => Steps::Exact,
            },
        }
    }

    /// Whether it accepts a value, by formats where it knows all that the schema names. `None` where
    /// it cannot hold the value or read the schema, or is asked of a format it does not know.
    pub(super) fn accepts(&self, value: &Value, by_format: bool) -> Option<bool> {
        let compiled = if by_format {
            self.with_formats.as_ref()?
        } else {
            self.with_formats.as_ref().or(self.plain.as_ref())?
        };
        let value = held(value)?;
        Some(compiled.schemas.validate(&value, compiled.schema).is_ok())
    }

    /// Whether a rule is broken at a place of a value; of a combination, whether every branch breaks it
    /// there that does not refuse the type or a tag of the value. `None` where it cannot tell.
    pub(super) fn breaks(&self, value: &Value, deviation: &Deviation) -> Option<bool> {
        let rule = deviation.rule.as_str()?;
        let at = deviation.at.as_deref()?.strip_prefix("json")?;
        let compiled = match (rule, &self.with_formats) {
            ("format", formats) => formats.as_ref()?,
            (_, formats) => self.plain.as_ref().or(formats.as_ref())?,
        };
        let value = held(value)?;
        let error = compiled.schemas.validate(&value, compiled.schema).err()?;
        let broken = is_broken(&error, rule, at);
        (broken || !is_unseen(&error, rule, at)).then_some(broken)
    }

    /// Whether it may be wrong by the rounding of floats.
    pub(super) fn rounds(&self, value: &Value) -> bool {
        self.steps != Steps::None && any_number(value, &is_great)
            || self.steps == Steps::Rounded && any_number(value, &|number| !number.is_integer())
    }
}

fn compile(group: &Group, formats: bool) -> Option<Compiled> {
    let draft = if group.draft == "draft4" { boon::Draft::V4 } else { boon::Draft::V2020_12 };
    let mut compiler = boon::Compiler::new();
    compiler.set_default_draft(draft);
    compiler.use_loader(Box::new(Remotes));
    if formats {
        compiler.enable_format_assertions();
    }
    let source = serde_json::from_str(&group.source.to_string()).unwrap();
    compiler.add_resource("http://phi.example/schema.json", source).unwrap();
    let mut schemas = boon::Schemas::new();
    match compiler.compile("http://phi.example/schema.json", &mut schemas) {
        Ok(schema) => Some(Compiled { schemas, schema }),
        Err(error) => {
            println!("{} is not read by the second validator: {error:#}", group.name);
            None
        }
    }
}

/// The values of all members of this name.
fn members<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| members(item, name, found)),
        Value::Object(object) => {
            found.extend(object.get(name));
            object.iter().for_each(|(_, value)| members(value, name, found));
        }
        _ => {}
    }
}

fn any_number(value: &Value, is: &dyn Fn(&Number) -> bool) -> bool {
    match value {
        Value::Number(number) => is(number),
        Value::Array(items) => items.iter().any(|item| any_number(item, is)),
        Value::Object(object) => object.iter().any(|(_, value)| any_number(value, is)),
        _ => false,
    }
}

/// Whether floats do not hold every integer around it, or its half.
fn is_great(number: &Number) -> bool {
    let size = number.as_f64().abs();
    size > 9e15 || 0.0 < size && size < f64::MIN_POSITIVE
}

/// The same value for `serde_json`, where it holds it exactly.
fn held(value: &Value) -> Option<serde_json::Value> {
    let held: serde_json::Value = serde_json::from_str(&value.to_string()).ok()?;
    let again = read::json(held.to_string().as_bytes()).ok()?;
    is_same(value, &again).then_some(held)
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => Number::same(one, other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|((a, x), (b, y))| a == b && is_same(x, y))
        }
        (one, other) => one == other,
    }
}
