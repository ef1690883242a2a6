//! The keywords that hold no schemas.

use super::super::keywords::holds;
use super::rewrite::{Face, Rewriter, Rewritten, Work, parent};
use crate::schema::Location;
use crate::schema::measure::Bound;
use crate::schema::pattern::Pattern;
use crate::value::{Decimal, Number, Object, Value};

impl<'d> Rewriter<'d> {
    /// Rewrites one keyword of `work`, which stands at `at`.
    pub(super) fn keyword(
        &mut self,
        at: &mut Location,
        name: &str,
        value: &'d Value,
        work: &mut Work<'d, '_>,
    ) -> Rewritten<()> {
        if let Some(holds) = holds(name) {
            return self.applicator(at, name, holds, value, work);
        }
        let Work { source, foreign, out, examples } = work;
        match name {
            "$ref" | "$dynamicRef" | "$recursiveRef" => {
                let here = parent(at);
                let reference = Self::text(&here, name, value)?;
                let target = match self.dynamic(&here, name, reference)? {
                    Some(target) => target,
                    None => self.resolve(&here, reference)?,
                };
                let reference = self.refer(target, Face::Plain);
                if out.contains("$ref") {
                    let more = Value::object([("$ref", reference)]);
                    match out.get_mut("allOf") {
                        Some(Value::Array(parts)) => parts.push(more),
                        _ => out.push("allOf", Value::Array(vec![more])),
                    }
                } else {
                    out.push("$ref", reference);
                }
            }
            "type" => self.types(at, value, out)?,
            "enum" => {
                let Value::Array(_) = value else { return Err(Self::wrong(at, "an array", value)) };
                out.push(name, value.clone());
            }
            "const" | "default" | "xml" => out.push(name, value.clone()),
            "example" => examples.push(value.clone()),
            "examples" => match value {
                Value::Array(values) => examples.extend(values.iter().cloned()),
                Value::Object(named) => examples.extend(
                    named.iter().map(|(_, value)| value.get("value").unwrap_or(value).clone()),
                ),
                _ => {}
            },
            "minimum" | "maximum" => {
                let exclusive =
                    if name == "minimum" { "exclusiveMinimum" } else { "exclusiveMaximum" };
                let number = Self::number_of(at, value)?;
                if source.get(exclusive).and_then(Value::as_bool) == Some(true) {
                    out.set(exclusive, number);
                } else {
                    out.push(name, number);
                }
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value.as_bool().is_none() => {
                let number = Self::number_of(at, value)?;
                out.push(name, number);
            }
            "multipleOf" => {
                let number = Self::number_of(at, value)?;
                let positive = number
                    .as_number()
                    .and_then(Number::decimal)
                    .is_some_and(|step| !step.is_zero() && !step.is_negative());
                if !positive {
                    return Err(Self::wrong(at, "a number above 0", value));
                }
                out.push(name, number);
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" | "minContains" | "maxContains" => {
                let count = Self::number_of(at, value)?;
                let whole = count.as_number().and_then(Number::decimal);
                let Some(whole) = whole.filter(Decimal::is_integer) else {
                    return Err(Self::wrong(at, "a whole number", value));
                };
                // A length is never below 0: a lower bound there binds nothing.
                if !whole.is_negative() {
                    let whole = Value::Number(whole.to_number());
                    out.push(name, whole);
                } else if name.starts_with("max") {
                    return Err(Self::wrong(at, "a number of at least 0", value));
                }
            }
            "uniqueItems" | "readOnly" | "writeOnly" => {
                if let Value::Bool(_) = value {
                    out.push(name, value.clone());
                }
            }
            "pattern" | "format" | "contentMediaType" | "contentEncoding" => {
                let text = Self::text(&parent(at), name, value)?;
                if name == "pattern" {
                    self.check_pattern(at, text);
                }
                out.set(name, value.clone());
            }
            "required" => {
                if let Value::Array(required) = value {
                    let mut kept = Vec::new();
                    for name in required {
                        let Value::String(text) = name else {
                            return Err(Self::wrong(at, "an array of names", value));
                        };
                        if !foreign.contains(&text) && !kept.contains(name) {
                            kept.push(name.clone());
                        }
                    }
                    if !kept.is_empty() {
                        out.push("required", Value::Array(kept));
                    }
                } else if value.as_bool().is_none() {
                    // `required: true` on a property is draft 3, and on a parameter Swagger 2.0.
                    return Err(Self::wrong(at, "an array of names", value));
                }
            }
            bound if Bound::named(bound).is_some() => out.push(bound, value.clone()),
            "dependentRequired" => merge(out, "dependentRequired", members(value)),
            _ => {}
        }
        Ok(())
    }

    /// Notes a pattern that cannot be read: every text counts as matching it, so that it costs no more
    /// than what it says.
    pub(super) fn check_pattern(&mut self, at: &Location, pattern: &str) {
        if let Err(error) = Pattern::check(pattern) {
            let message = format!(
                "the pattern `{pattern}` cannot be read: {error}; what is said of texts there is not tested"
            );
            self.note(at.clone(), message);
        }
    }

    fn types(&mut self, at: &Location, value: &Value, out: &mut Object) -> Rewritten<()> {
        let known = |value: &Value| {
            matches!(
                value.as_str(),
                Some("array" | "boolean" | "integer" | "null" | "number" | "object" | "string")
            )
        };
        match value {
            Value::String(name) if *name == "file" => {
                out.push("type", Value::text("string"));
                out.set("format", Value::text("binary"));
            }
            Value::String(name) if *name == "any" || name.is_empty() => {}
            Value::String(_) if known(value) => out.push("type", value.clone()),
            Value::String(name) => {
                let wrong = || Self::wrong(at, "a type of JSON Schema", value);
                let meant = meant(&name.lossy()).ok_or_else(wrong)?;
                let message = format!("`{}` is no type, and read as `{meant}`", name.lossy());
                self.note(at.clone(), message);
                out.push("type", Value::text(meant));
            }
            Value::Array(types) if types.iter().all(known) => {
                let mut once: Vec<Value> = Vec::new();
                for name in types {
                    if !once.contains(name) {
                        once.push(name.clone());
                    }
                }
                match once.as_slice() {
                    [] => {}
                    [only] => out.push("type", only.clone()),
                    _ => out.push("type", Value::Array(once)),
                }
            }
            _ => return Err(Self::wrong(at, "a type of JSON Schema", value)),
        }
        Ok(())
    }

    /// A number; documents also write numbers in quotes.
    fn number_of(at: &Location, value: &Value) -> Rewritten<Value> {
        match value {
            Value::Number(_) => Ok(value.clone()),
            Value::String(text) => text
                .as_str()
                .and_then(Number::parse)
                .map(Value::Number)
                .ok_or_else(|| Self::wrong(at, "a number", value)),
            _ => Err(Self::wrong(at, "a number", value)),
        }
    }

    /// The text under a keyword.
    pub(super) fn text(at: &Location, name: &str, value: &'d Value) -> Rewritten<&'d str> {
        value.as_str().ok_or_else(|| Self::wrong(&at.child(name), "text", value))
    }
}

/// Keywords that draft 4 does not know, so that they bind nothing in it.
pub(super) fn is_later_than_draft_4(keyword: &str) -> bool {
    matches!(
        keyword,
        "const"
            | "contains"
            | "propertyNames"
            | "if"
            | "then"
            | "else"
            | "examples"
            | "dependentRequired"
            | "dependentSchemas"
            | "prefixItems"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "minContains"
            | "maxContains"
            | "$dynamicRef"
            | "$recursiveRef"
    )
}

fn members(value: &Value) -> Object {
    value.as_object().cloned().unwrap_or_default()
}

/// Adds the members of `more` to the object under `name`.
pub(super) fn merge(out: &mut Object, name: &str, more: Object) {
    match out.get_mut(name) {
        Some(Value::Object(old)) => more.into_iter().for_each(|(key, value)| old.set(key, value)),
        _ => out.push(name, Value::Object(more)),
    }
}

/// The type that is meant by a name that programming languages have for it.
fn meant(name: &str) -> Option<&'static str> {
    Some(match name {
        "int" | "long" => "integer",
        "float" | "double" | "decimal" => "number",
        "bool" => "boolean",
        "str" => "string",
        "list" => "array",
        "dict" | "map" => "object",
        _ => return None,
    })
}
