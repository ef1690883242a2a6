//! Conjunctions: several schemas that hold at once, and their disjunctive normal form.

use super::negate::negate;
use crate::value::{Object, Value};

/// At most this many alternatives of one conjunction are worked out.
const MOST_ALTERNATIVES: usize = 64;

/// Keywords that [`expand`] dissolves; what is left of a schema is a plain one.
const APPLICATORS: [&str; 9] =
    ["$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"];

/// One alternative: plain schemas (no applicators left) that hold at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Alternative {
    /// The plain schemas.
    pub(super) plain: Vec<Object>,
    /// Whether something was left out that a validator has to confirm.
    pub(super) guarded: bool,
}

/// An alternative on its way: what is still to be dissolved.
#[derive(Clone, Default)]
struct Open {
    done: Alternative,
    todo: Vec<Value>,
    /// References dissolved on the way, so that a circle ends.
    seen: Vec<String>,
}

/// The alternatives of schemas that hold at once; empty where nothing satisfies them.
///
/// The flag is set where alternatives were left out because there are too many.
pub(super) fn expand(root: &Value, schemas: &[Value]) -> (Vec<Alternative>, bool) {
    let mut todo: Vec<Value> = schemas.to_vec();
    todo.reverse();
    // Depth first, first options first, so that alternatives come in the schema's order.
    let mut stack = vec![Open { todo, ..Open::default() }];
    let mut alternatives = Vec::new();
    while let Some(mut open) = stack.pop() {
        let Some(schema) = open.todo.pop() else {
            if alternatives.len() == MOST_ALTERNATIVES {
                return (alternatives, true);
            }
            alternatives.push(open.done);
            continue;
        };
        let object = match schema {
            Value::Bool(false) => continue,
            Value::Object(object) => object,
            _ => {
                stack.push(open);
                continue;
            }
        };
        let options = dissolve(root, object, &mut open);
        match options {
            None => stack.push(open),
            Some(options) => {
                for option in options.into_iter().rev() {
                    let mut next = open.clone();
                    next.todo.extend(option.into_iter().rev());
                    stack.push(next);
                }
                if stack.len() > 4 * MOST_ALTERNATIVES {
                    stack.truncate(4 * MOST_ALTERNATIVES);
                }
            }
        }
    }
    (alternatives, false)
}

/// Takes one schema apart: its plain part and what holds in any case go into `open`; ways on, of
/// which one must be taken, are given back.
fn dissolve(root: &Value, object: Object, open: &mut Open) -> Option<Vec<Vec<Value>>> {
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        let reference = reference.to_owned();
        let rest: Object = object.into_iter().filter(|(key, _)| key != "$ref").collect();
        open.todo.push(Value::Object(rest));
        if !open.seen.contains(&reference) {
            match resolve(root, &reference) {
                Some(target) => open.todo.push(target.clone()),
                None => open.done.guarded = true,
            }
            open.seen.push(reference);
        }
        return None;
    }
    if let Some(all) = object.get("allOf").and_then(Value::as_array).map(<[Value]>::to_vec) {
        let rest: Object = object.into_iter().filter(|(key, _)| key != "allOf").collect();
        open.todo.push(Value::Object(rest));
        open.todo.extend(all.into_iter().rev());
        return None;
    }
    for keyword in ["anyOf", "oneOf"] {
        let Some(any) = object.get(keyword).and_then(Value::as_array).map(<[Value]>::to_vec) else {
            continue;
        };
        let rest: Object = object.into_iter().filter(|(key, _)| key != keyword).collect();
        open.done.guarded |= keyword == "oneOf" && any.len() > 1;
        open.todo.push(Value::Object(rest));
        return Some(any.into_iter().map(|option| vec![option]).collect());
    }
    if let Some(condition) = object.get("if").cloned() {
        let branch = |name| object.get(name).cloned().unwrap_or(Value::Bool(true));
        let yes = vec![condition.clone(), branch("then")];
        let no = vec![Value::object([("not", condition)]), branch("else")];
        open.todo.push(Value::Object(without(object, &["if", "then", "else"])));
        return Some(vec![yes, no]);
    }
    if let Some(denied) = object.get("not").cloned() {
        open.todo.push(Value::Object(without(object, &["not"])));
        let (options, exact) = negate(root, &denied);
        open.done.guarded |= !exact;
        return Some(options.into_iter().map(|option| vec![option]).collect());
    }
    if let Some(Value::Object(dependents)) = object.get("dependentSchemas").cloned() {
        open.todo.push(Value::Object(without(object, &["dependentSchemas"])));
        for (name, schema) in dependents {
            let required =
                Value::object([("required", Value::Array(vec![Value::String(name.clone())]))]);
            let absent = Value::object([("not", required.clone())]);
            let both = Value::object([("allOf", Value::Array(vec![required, schema]))]);
            open.todo.push(Value::object([("anyOf", Value::Array(vec![absent, both]))]));
        }
        return None;
    }
    debug_assert!(
        !APPLICATORS.iter().any(|key| object.contains(key) && *key != "then" && *key != "else")
    );
    if !object.is_empty() {
        open.done.plain.push(object);
    }
    None
}

fn without(object: Object, keys: &[&str]) -> Object {
    object.into_iter().filter(|(key, _)| !keys.iter().any(|k| key == k)).collect()
}

/// The schema a local reference leads to.
pub(super) fn resolve<'v>(root: &'v Value, reference: &str) -> Option<&'v Value> {
    let pointer = reference.strip_prefix('#')?;
    crate::value::Pointer::parse(pointer).ok()?.find(root)
}
