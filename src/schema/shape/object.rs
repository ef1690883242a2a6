//! Merging what plain schemas that hold at once say of an object's members.

use std::sync::Arc;

use super::build::Builder;
use super::merge::size;
use super::{Member, ObjectShape, Patterned, Prepared};
use crate::schema::pattern::Pattern;
use crate::value::{Object, Text, Value};

/// The objects that all the schemas allow; `None` where there are none.
pub(super) fn object(
    builder: &mut Builder<'_>,
    plain: &[Object],
    guarded: &mut bool,
) -> Option<ObjectShape> {
    let mut names: Vec<Text> = Vec::new();
    let mut required: Vec<Text> = Vec::new();
    let mut absent: Vec<Text> = Vec::new();
    let mut dependent: Vec<(Text, Vec<Text>)> = Vec::new();
    let texts = |value: Option<&Value>| -> Vec<Text> {
        let items = value.and_then(Value::as_array).unwrap_or_default();
        items.iter().filter_map(Value::as_text).cloned().collect()
    };
    for schema in plain {
        for name in members(schema, "properties").map(|(name, _)| name) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        required.extend(texts(schema.get("required")));
        absent.extend(schema.get("phi:absent").and_then(Value::as_text).cloned());
        for (name, others) in members(schema, "dependentRequired") {
            dependent.push((name.clone(), texts(Some(others))));
        }
    }
    for name in &required {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    if required.iter().any(|name| absent.contains(name)) {
        return None;
    }
    let patterned: Vec<(Arc<Pattern>, &Value)> = plain
        .iter()
        .flat_map(|schema| members(schema, "patternProperties"))
        .filter_map(|(pattern, schema)| match pattern.as_str().map(Pattern::new) {
            Some(Ok(pattern)) => Some((Arc::new(pattern), schema)),
            _ => {
                *guarded = true;
                None
            }
        })
        .collect();
    let unevaluated: Vec<Value> =
        plain.iter().filter_map(|schema| schema.get("unevaluatedProperties")).cloned().collect();
    *guarded |= !unevaluated.is_empty();
    let speaks_of_rest = plain.iter().any(|schema| schema.contains("additionalProperties"));
    // What every schema says of a member of this name.
    let of = |name: &Text| {
        let mut schemas: Vec<Value> = Vec::new();
        let mut named = false;
        for schema in plain {
            let own = schema.get("properties").and_then(Value::as_object);
            let own = own.and_then(|own| own.iter().find(|(key, _)| key == name)).map(|(_, s)| s);
            let mut matched = own.is_some();
            schemas.extend(own.cloned());
            for (pattern, schema) in members(schema, "patternProperties") {
                let hit =
                    patterned.iter().any(|(p, s)| std::ptr::eq(*s, schema) && p.matches(name));
                let _ = pattern;
                if hit {
                    schemas.push(schema.clone());
                    matched = true;
                }
            }
            if !matched {
                schemas.extend(schema.get("additionalProperties").cloned());
            }
            named |= matched;
        }
        if !named && !speaks_of_rest {
            schemas.extend(unevaluated.iter().cloned());
        }
        schemas
    };
    let mut list = Vec::new();
    let mut forbidden = Vec::new();
    for name in &names {
        if absent.contains(name) {
            continue;
        }
        let schemas = of(name);
        let must = required.contains(name);
        if schemas.contains(&Value::Bool(false)) {
            if must {
                return None;
            }
            forbidden.push(name.clone());
            continue;
        }
        let read_only =
            schemas.iter().any(|schema| schema.get("readOnly") == Some(&Value::Bool(true)));
        let node = builder.node(schemas);
        list.push(Member { name: name.clone(), node, required: must, read_only });
    }
    let mut rest: Vec<Value> =
        plain.iter().filter_map(|schema| schema.get("additionalProperties")).cloned().collect();
    if !speaks_of_rest {
        rest.extend(unevaluated.iter().cloned());
    }
    let additional = (!rest.contains(&Value::Bool(false))).then(|| builder.node(rest.clone()));
    let patterns: Vec<Patterned> = patterned
        .iter()
        .map(|(pattern, schema)| Patterned {
            pattern: Arc::clone(pattern),
            node: builder.node(vec![(*schema).clone()]),
            prepared: Prepared::default(),
        })
        .collect();
    *guarded |= patterns.len() > 1 || !absent.is_empty() && additional.is_some();
    let name_schemas: Vec<Value> =
        plain.iter().filter_map(|schema| schema.get("propertyNames")).cloned().collect();
    *guarded |= !name_schemas.is_empty();
    let names = (!name_schemas.is_empty()).then(|| {
        builder.node(
            std::iter::once(Value::object([("type", "string".into())]))
                .chain(name_schemas)
                .collect(),
        )
    });
    let min = size(plain, "minProperties").max().unwrap_or(0);
    let max = size(plain, "maxProperties").min();
    if max.is_some_and(|max| max < min) {
        return None;
    }
    *guarded |= max.is_some() || min > 0 || !dependent.is_empty();
    let open = rest.iter().any(|schema| *schema != Value::Bool(false)) || names.is_some();
    Some(ObjectShape {
        members: list,
        patterns,
        forbidden,
        additional,
        open,
        names,
        min,
        max,
        dependent,
    })
}

fn members<'s>(schema: &'s Object, keyword: &str) -> impl Iterator<Item = (&'s Text, &'s Value)> {
    let object = schema.get(keyword).and_then(Value::as_object);
    object.into_iter().flat_map(|object| object.iter().map(|(name, value)| (name, value)))
}
