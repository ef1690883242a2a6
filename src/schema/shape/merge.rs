//! Merging plain schemas that hold at once into branches, one JSON type each.

use std::sync::Arc;

use super::build::Builder;
use super::{ArrayShape, Branch, NodeId, NumberShape, StringShape};
use crate::schema::measure::Measured;
use crate::schema::pattern::Pattern;
use crate::value::{Decimal, Object, Value};

/// The JSON types in the order branches are tried where the schema names none.
const KINDS: [&str; 6] = ["null", "boolean", "number", "string", "array", "object"];

/// A text that must have so many code points outweighs what servers take in a body: none is ever sent, so
/// that its place has no value. Patterns are not counted further.
const TOO_LONG: usize = 1_000_000;

/// The branches of plain schemas that hold at once, and whether they must be confirmed.
pub(super) fn branches(builder: &mut Builder<'_>, plain: &[Object]) -> (Vec<Branch>, bool) {
    let mut guarded = false;
    let kinds = kinds(plain);
    if let Some(constants) = constants(plain, &kinds) {
        // Whether each satisfies the rest is for the guard to say, unless there is no rest.
        let alone = plain.iter().all(|schema| {
            schema.keys().all(|key| {
                key == "const" || key == "enum" || key == "type" || is_annotation(&key.lossy())
            })
        });
        let branches =
            if constants.is_empty() { vec![] } else { vec![Branch::Constants(constants)] };
        return (branches, !alone);
    }
    let excluded = plain.iter().any(|schema| schema.contains("phi:excluded"));
    guarded |= excluded;
    let mut branches = Vec::new();
    for kind in &kinds {
        let branch = match &**kind {
            "null" => Some(Branch::Null),
            "boolean" => Some(Branch::Bool),
            "number" | "integer" | "phi:fraction" => {
                number(plain, kind, &mut guarded).map(Branch::Number)
            }
            "string" => string(plain, &mut guarded).map(Branch::String),
            "array" => array(builder, plain, &mut guarded).map(Branch::Array),
            "object" => super::object::object(builder, plain, &mut guarded).map(Branch::Object),
            _ => None,
        };
        branches.extend(branch);
    }
    (branches, guarded)
}

fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "title"
            | "description"
            | "default"
            | "example"
            | "examples"
            | "deprecated"
            | "readOnly"
            | "writeOnly"
            | "$comment"
            | "xml"
            | "$defs"
            | "format"
    ) || key.starts_with("x-")
}

/// The types all schemas allow, in the order of the first that names them.
fn kinds(plain: &[Object]) -> Vec<String> {
    let mut kinds: Vec<String> = KINDS.map(str::to_owned).to_vec();
    let mut first = true;
    for schema in plain {
        let named: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => one.as_str().into_iter().collect(),
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        let meet = |a: &str, b: &str| match (a, b) {
            (a, b) if a == b => Some(a.to_owned()),
            ("number", narrow @ ("integer" | "phi:fraction"))
            | (narrow @ ("integer" | "phi:fraction"), "number") => Some(narrow.to_owned()),
            _ => None,
        };
        // Keep the schema's own order of types.
        let (outer, inner): (Vec<&str>, Vec<&str>) = if first {
            (named, kinds.iter().map(String::as_str).collect())
        } else {
            (kinds.iter().map(String::as_str).collect(), named)
        };
        let mut met: Vec<String> = Vec::new();
        for a in &outer {
            for b in &inner {
                met.extend(meet(a, b).filter(|kind| !met.contains(kind)));
            }
        }
        kinds = met;
        first = false;
    }
    if kinds.iter().any(|kind| kind == "number") {
        kinds.retain(|kind| kind != "integer");
    }
    kinds
}

/// The values that `const` and `enum` leave, where there is one of them.
fn constants(plain: &[Object], kinds: &[String]) -> Option<Vec<Value>> {
    let mut left: Option<Vec<Value>> = None;
    for schema in plain {
        let listed: Option<Vec<Value>> = match (schema.get("const"), schema.get("enum")) {
            (Some(value), _) => Some(vec![value.clone()]),
            (None, Some(Value::Array(values))) => Some(values.clone()),
            _ => None,
        };
        let Some(listed) = listed else { continue };
        left = Some(match left {
            None => listed,
            Some(old) => old.into_iter().filter(|a| listed.iter().any(|b| a.same(b))).collect(),
        });
    }
    let mut left = left?;
    left.retain(|value| {
        let kind = value.kind();
        let integer = value.as_number().is_some_and(crate::value::Number::is_integer);
        let excluded = plain.iter().filter_map(|schema| schema.get("phi:excluded")?.as_array());
        kinds.iter().any(|k| {
            k == kind
                || kind == "number"
                    && (k == "integer" && integer || k == "phi:fraction" && !integer)
        }) && !excluded.flatten().any(|other| other.same(value))
    });
    let mut unique: Vec<Value> = Vec::new();
    for value in left {
        if !unique.contains(&value) {
            unique.push(value);
        }
    }
    unique.sort_by_key(|value| *value != Value::Null);
    Some(unique)
}

fn decimals<'p>(plain: &'p [Object], keyword: &'p str) -> impl Iterator<Item = Decimal> + 'p {
    plain.iter().filter_map(move |schema| schema.get(keyword)?.as_number()?.decimal())
}

fn number(plain: &[Object], kind: &str, guarded: &mut bool) -> Option<NumberShape> {
    let mut shape = NumberShape { integer: kind == "integer", ..NumberShape::default() };
    *guarded |= kind == "phi:fraction";
    for (keyword, exclusive) in [("minimum", false), ("exclusiveMinimum", true)] {
        for bound in decimals(plain, keyword) {
            let tighter = shape
                .min
                .as_ref()
                .is_none_or(|(old, _)| bound > *old || exclusive && bound == *old);
            if tighter {
                shape.min = Some((bound, exclusive));
            }
        }
    }
    for (keyword, exclusive) in [("maximum", false), ("exclusiveMaximum", true)] {
        for bound in decimals(plain, keyword) {
            let tighter = shape
                .max
                .as_ref()
                .is_none_or(|(old, _)| bound < *old || exclusive && bound == *old);
            if tighter {
                shape.max = Some((bound, exclusive));
            }
        }
    }
    for step in decimals(plain, "multipleOf") {
        shape.multiple_of = match shape.multiple_of.take() {
            None => Some(step),
            Some(old) if old.is_multiple_of(&step) => Some(old),
            Some(old) if step.is_multiple_of(&old) => Some(step),
            Some(old) => {
                *guarded = true;
                Some(old.least_common_multiple(&step).unwrap_or(old))
            }
        };
    }
    shape.format =
        plain.iter().find_map(|schema| schema.get("format")?.as_str()).map(str::to_owned);
    shape.default = decimals(plain, "default").next();
    shape.fits_any().then_some(shape)
}

pub(super) fn size<'p>(plain: &'p [Object], keyword: &'p str) -> impl Iterator<Item = usize> + 'p {
    decimals(plain, keyword).map(|size| usize::try_from(size.ceil().max(0)).unwrap_or(usize::MAX))
}

fn string(plain: &[Object], guarded: &mut bool) -> Option<StringShape> {
    let mut shape = StringShape {
        min: size(plain, "minLength").max().unwrap_or(0),
        max: size(plain, "maxLength").min(),
        ..StringShape::default()
    };
    for pattern in plain.iter().filter_map(|schema| schema.get("pattern")?.as_str()) {
        match Pattern::new(pattern) {
            Ok(pattern) => shape.patterns.push(Arc::new(pattern)),
            Err(_) => *guarded = true,
        }
    }
    let several = shape.patterns.len() > 1;
    shape.format =
        plain.iter().find_map(|schema| schema.get("format")?.as_str()).map(str::to_owned);
    shape.binary = shape.format.as_deref() == Some("binary")
        || plain.iter().any(|schema| {
            schema.contains("contentMediaType") && !schema.contains("contentEncoding")
        });
    // What has a format and a length, or a pattern besides, is not right by construction alone.
    let bounded = shape.min > 0 || shape.max.is_some() || !shape.patterns.is_empty();
    shape.measured = Measured::read(plain.iter());
    let is_measured = shape.measured.is_some();
    *guarded |= several || (bounded || is_measured) && shape.textual_format().is_some();
    *guarded |= bounded && is_measured;
    if shape.measured.as_ref().is_some_and(|measured| measured.range().is_none()) {
        return None;
    }
    let shortest = shape.patterns.iter().filter_map(|pattern| pattern.shortest());
    let least = shortest.fold(shape.min, usize::max);
    (least < TOO_LONG && shape.max.is_none_or(|max| least <= max)).then_some(shape)
}

fn array(builder: &mut Builder<'_>, plain: &[Object], guarded: &mut bool) -> Option<ArrayShape> {
    let prefixes: Vec<&[Value]> = plain
        .iter()
        .map(|schema| schema.get("prefixItems").and_then(Value::as_array).unwrap_or_default())
        .collect();
    let longest = prefixes.iter().map(|prefix| prefix.len()).max().unwrap_or(0);
    let unevaluated = plain.iter().filter_map(|schema| schema.get("unevaluatedItems"));
    let unevaluated: Vec<Value> = unevaluated.cloned().collect();
    *guarded |= !unevaluated.is_empty();
    let speaks_of_rest = plain.iter().any(|schema| schema.contains("items"));
    let at = |index: usize| {
        let mut schemas: Vec<Value> = Vec::new();
        for (schema, prefix) in plain.iter().zip(&prefixes) {
            schemas.extend(prefix.get(index).or_else(|| schema.get("items")).cloned());
        }
        if index >= longest && !speaks_of_rest {
            schemas.extend(unevaluated.iter().cloned());
        }
        schemas
    };
    let prefix: Vec<NodeId> = (0..longest).map(|index| builder.node(at(index))).collect();
    let after = at(longest);
    let closed = after.contains(&Value::Bool(false));
    let rest = (!closed).then(|| builder.node(after));
    let min = size(plain, "minItems").max().unwrap_or(0);
    let mut max = size(plain, "maxItems").min();
    if closed {
        max = Some(max.map_or(longest, |max| max.min(longest)));
    }
    let mut contains = Vec::new();
    for schema in plain {
        let Some(wanted) = schema.get("contains") else { continue };
        let count = |keyword| size(std::slice::from_ref(schema), keyword).next();
        let least = count("minContains").unwrap_or(1);
        let most = count("maxContains");
        *guarded = true;
        if least > 0 || most.is_some() {
            let mut both = vec![wanted.clone()];
            both.extend(at(longest));
            contains.push((builder.node(both), least, most));
        }
    }
    let equal = plain.iter().any(|schema| schema.contains("phi:equal"));
    let unique = plain.iter().any(|schema| schema.get("uniqueItems") == Some(&Value::Bool(true)));
    *guarded |= unique || equal;
    let min = if equal { min.max(2) } else { min };
    max.is_none_or(|max| min <= max).then_some(ArrayShape {
        prefix,
        rest,
        min,
        max,
        unique,
        contains,
    })
}
