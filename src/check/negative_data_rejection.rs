//! `negative_data_rejection`: input that breaks a rule of the document is refused.

use std::sync::Arc;

use super::lenient::{self, Coercion};
use super::{Check, Failure, Promised, Severity, View, disguise, promise, wording};
use crate::case::{Deviation, History, Label, value_at};
use crate::schema::measure::Bound;
use crate::spec::Operation;
use crate::value::{Pointer, Value};

/// Input that breaks a rule of the document is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct NegativeDataRejection;

const NAME: &str = "negative_data_rejection";

impl Check for NegativeDataRejection {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Invalid]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A call that breaks exactly one named rule of the document is not answered 2xx.

An *error*, in JSON and form bodies: a type that cannot be coerced, a missing required member, `null`
where it is forbidden, a value outside of `enum` or `const`, a broken bound on a number, a length or a
count, a `discriminator` that names nothing, a value that no branch of `anyOf` takes.

A *warning*: `pattern` (dialects of regular expressions differ), `multipleOf` (floats), `uniqueItems`
(many read a set), `oneOf`, `not`, `if`, `dependentRequired`, `contains`, `minProperties` and
`maxProperties` (schemas often say them more strictly than is meant); broken rules in path, query and
cookie parameters and in XML or text bodies.

## When it is silent

- The value passes once it is read leniently: trimmed, in another case, `\"5\"` as 5, 1 as true, 1.5 as 1,
  `null` or `\"\"` as not given. But if the answer echoes it as it was sent, it was not coerced, and
  the check speaks.
- What arrives as text has no type: `type` in path, query, header, cookie and form parameters.
- Unknown members and `readOnly` members: ignoring them is legal. A warning if the answer echoes them.
- `format`: JSON Schema leaves it open whether it binds.
- `maximum`, `maxLength` and the like in the query of a safe method: capping a page size is customary.
- A missing value whose schema has a `default`.
- Headers (`missing_required_header` speaks), parameters that are repeated, empty or unknown, numbers in
  another spelling, and what is wrong below the schema only: media types, codings, methods.
- The answer is 202 or 207, or it is an error in disguise (`{\"error\": …}`, `\"success\": false`).
- `HEAD`, `OPTIONS`, and bodies of `GET`, `HEAD` and `DELETE`, which have no meaning.
- A path parameter that may have led to another operation.

## How to mend the service

Validate input against the document before using it, and answer 400 or 422; or relax the document to
what the service really takes.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.promised(self.labels()).filter_map(|promised| judge(view, promised)).collect()
    }
}

fn judge(view: &View<'_>, promised: Promised<'_, '_>) -> Option<Failure> {
    let Promised { seen, operation, answer } = promised;
    if !seen.is_success()
        || matches!(answer.status, 202 | 207)
        || matches!(seen.method(), "HEAD" | "OPTIONS" | "TRACE")
    {
        return None;
    }
    let (severity, deviation) = seen
        .call
        .deviations
        .iter()
        .filter_map(|deviation| Some((weigh(promised, deviation)?, deviation)))
        .max_by_key(|(severity, _)| *severity)?;
    if disguise::is_refusal(seen.json()) || !view.is_surely_routed(seen) {
        return None;
    }
    let place = deviation.at.as_deref().unwrap_or_default();
    let (rule, left_out) = broken(deviation)?;
    let what = if deviation.rule == "misplaced_parameter" {
        format!("{place}, which the document requires, is sent elsewhere")
    } else {
        let sent = value_at(seen.call, place).filter(|_| !left_out);
        let sent = sent.map(|value| format!(" {}", wording::short(value))).unwrap_or_default();
        format!("{place}{sent} breaks `{rule}`")
    };
    let why = format!(
        "{} answers {} although {what}; such input must be refused",
        seen.title(),
        wording::status(answer)
    );
    let want: Vec<String> =
        wording::statuses(operation).into_iter().filter(|s| s.starts_with('4')).collect();
    let want = if want.is_empty() { vec!["4XX".to_owned()] } else { want };
    Some(
        Failure::new(NAME, seen, severity, "accepted", why)
            .saying(format!("{rule} {}", wording::without_indices(place)))
            .wanting(want),
    )
}

/// How bad it is that this deviation was accepted; `None` where that is legal.
fn weigh(promised: Promised<'_, '_>, deviation: &Deviation) -> Option<Severity> {
    let place = deviation.at.as_deref()?;
    let part = place.split('/').next()?;
    let (rule, left_out) = broken(deviation)?;
    let severity = weight(rule, part, promised.operation)?;
    let found = promise::at(promised.operation, promised.seen.call, place)?;
    if left_out && !found.parameter.is_some_and(|parameter| parameter.required) {
        return None;
    }
    let schema = found.schema?;
    let present = |value: &&Value| !left_out && found.at.find(value).is_some();
    let Some(value) = found.value.filter(present) else {
        // Nothing stands there: a required value is missing.
        let own = found.parameter.is_some() || !found.at.tokens().is_empty();
        let filled_in = if own {
            promise::has_default(schema, &found.at)
        } else {
            schema.accepts(&Value::object::<&str>([]))
        };
        return (!filled_in).then_some(severity);
    };
    let sent = found.at.find(value)?;
    // `null` in the place of a body that need not be there is no body.
    let optional = promised.operation.body.as_ref().is_some_and(|body| !body.required);
    if *sent == Value::Null && place == part && optional {
        return None;
    }
    let ignored = matches!(rule, "additionalProperties" | "unevaluatedProperties" | "readOnly");
    // The label was confirmed before it was sent; the document may be another one by now.
    if rule != "readOnly" && schema.accepts(value) {
        return None;
    }
    let tolerable = ignored || lenient::accepts(schema, value, &found.at, coercion(rule, part));
    // A small number or a short text that the server owns may be the same by chance.
    let by_chance = rule == "readOnly" && !is_telling(sent);
    if tolerable
        && (by_chance || !matches!(part, "json" | "proto") || !is_echoed(promised, &found.at, sent))
    {
        return None;
    }
    Some(severity)
}

/// Whether a value that comes back is hardly another one that happens to be the same.
fn is_telling(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() >= 4,
        Value::Number(number) => number.as_i128().is_none_or(|int| int.abs() > 1_000),
        Value::Array(items) => items.iter().any(is_telling),
        Value::Object(object) => object.iter().any(|(_, value)| is_telling(value)),
        _ => false,
    }
}

/// The rule of the document that a deviation breaks, and whether the value that the call still holds was
/// left out of its place after rendering.
fn broken(deviation: &Deviation) -> Option<(&str, bool)> {
    Some(match deviation.rule.as_str()? {
        "missing_parameter" | "misplaced_parameter" => ("required", true),
        rule => (rule, false),
    })
}

/// How bad it is to accept a broken rule in a part of a call, before coercion is looked at.
fn weight(rule: &str, part: &str, operation: &Operation) -> Option<Severity> {
    use Severity::{Error, Warning};
    let in_body = match rule {
        // Whoever has rules of a validator has it enforce them; of formats they have their own notion.
        "pattern" | "uniqueItems" | "minProperties" | "maxProperties" | "not" | "propertyNames"
            if operation.rpc.is_some() =>
        {
            Error
        }
        bound if operation.rpc.is_some() && Bound::named(bound).is_some() => Error,
        "format" if operation.rpc.is_some() => Warning,
        // No assertion, or one that is legally ignored.
        "format" | "contentEncoding" | "contentMediaType" => return None,
        "type" | "null" | "nullable" | "required" | "enum" | "const" | "minimum" | "maximum"
        | "exclusiveMinimum" | "exclusiveMaximum" | "minLength" | "maxLength" | "minItems"
        | "maxItems" | "discriminator" | "anyOf" => Error,
        "pattern"
        | "multipleOf"
        | "uniqueItems"
        | "oneOf"
        | "not"
        | "if"
        | "then"
        | "else"
        | "dependentRequired"
        | "dependentSchemas"
        | "dependencies"
        | "minProperties"
        | "maxProperties"
        | "propertyNames"
        | "patternProperties"
        | "contains"
        | "minContains"
        | "maxContains"
        | "items"
        | "prefixItems"
        | "unevaluatedItems"
        | "additionalItems"
        | "additionalProperties"
        | "unevaluatedProperties"
        | "readOnly" => Warning,
        // Repeated, empty, misplaced or unknown parameters, spellings of numbers, and what we do
        // not know: implementations may differ.
        _ => return None,
    };
    if operation.rpc.is_some() {
        // Caps of what is only looked at are often applied rather than enforced.
        let capped = operation.is_safe() && is_cap(rule);
        return Some(if capped { Warning } else { in_body });
    }
    match part {
        // A body has no meaning there (RFC 9110, sections 9.3.1, 9.3.2 and 9.3.5).
        _ if promise::BODIES.contains(&part)
            && matches!(&*operation.method, "GET" | "HEAD" | "DELETE") =>
        {
            None
        }
        "json" | "proto" => Some(in_body),
        "form" | "multipart" if !is_about_type(rule) => Some(in_body),
        "xml" | "text" if !is_about_type(rule) => Some(Warning),
        "path" | "cookies" if in_body == Error && !is_about_type(rule) => Some(Warning),
        "query" if in_body == Error && !is_about_type(rule) => {
            let capped = operation.is_safe() && is_cap(rule);
            (!capped).then_some(Warning)
        }
        _ => None,
    }
}

/// How far a lenient reading may go for a rule in a part of a call.
fn coercion(rule: &str, part: &str) -> Coercion {
    let across =
        is_about_type(rule) || matches!(rule, "enum" | "const" | "oneOf" | "discriminator");
    match (across, part) {
        (false, _) => Coercion::Within,
        (true, "json") => Coercion::Across,
        (true, _) => Coercion::FromText,
    }
}

fn is_about_type(rule: &str) -> bool {
    matches!(rule, "type" | "null" | "nullable" | "anyOf")
}

fn is_cap(rule: &str) -> bool {
    matches!(
        rule,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "maxLength" | "maxItems"
    ) || Bound::named(rule).is_some()
}

/// Whether the answer holds the very value at the same place, at its top or in an envelope. Nothing
/// proves nothing: services write `null` for what was not given.
fn is_echoed(promised: Promised<'_, '_>, at: &Pointer, sent: &Value) -> bool {
    if matches!(sent, Value::Null) || at.tokens().is_empty() {
        return false;
    }
    let Some(answer) = promised.seen.json() else { return false };
    let here = |value: &Value| at.find(value).is_some_and(|echo| echo == sent);
    here(answer)
        || answer.as_object().is_some_and(|object| object.iter().any(|(_, member)| here(member)))
}

#[cfg(test)]
mod tests;
