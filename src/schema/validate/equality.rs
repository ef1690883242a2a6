//! `const`, `enum` and `uniqueItems`, by exact values.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use jsonschema::{Keyword, ValidationError};

use super::node::{Instance, Ours};
use crate::value::Value;

/// `const` and `enum`: one of these values.
pub(super) struct OneOf {
    pub(super) values: Vec<Value>,
}

impl OneOf {
    fn holds(&self, instance: Instance<'_>) -> bool {
        match instance {
            Instance::Value(value) => self.values.iter().any(|allowed| allowed.same(value)),
            Instance::Name(name) => {
                self.values.iter().any(|allowed| allowed.as_text() == Some(name))
            }
        }
    }
}

impl<'i> Keyword<'i, Ours> for OneOf {
    fn validate(&self, instance: Instance<'i>) -> Result<(), ValidationError<'i>> {
        if self.holds(instance) {
            return Ok(());
        }
        Err(ValidationError::custom(match &self.values[..] {
            [only] => format!("value is not {only}"),
            many => {
                let shown: Vec<String> = many.iter().take(8).map(Value::to_string).collect();
                let more = if many.len() > shown.len() { ", …" } else { "" };
                format!("value is none of {}{more}", shown.join(", "))
            }
        }))
    }

    fn is_valid(&self, instance: Instance<'i>) -> bool {
        self.holds(instance)
    }
}

/// More elements than this are compared by their digests first.
const FEW: usize = 12;

/// Whether no two elements are equal as JSON Schema defines it.
pub(super) fn are_unique(items: &[Value]) -> bool {
    if items.len() <= FEW {
        return items
            .iter()
            .enumerate()
            .all(|(index, item)| items[..index].iter().all(|other| !other.same(item)));
    }
    let mut seen: HashMap<u64, Vec<&Value>> = HashMap::with_capacity(items.len());
    items.iter().all(|item| {
        let twins = seen.entry(digest(item)).or_default();
        let unique = twins.iter().all(|other| !other.same(item));
        twins.push(item);
        unique
    })
}

/// Equal for values that are the same, whatever their spelling and the order of their keys.
fn digest(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.kind().hash(&mut hasher);
    match value {
        Value::Number(number) => match number.decimal() {
            Some(decimal) => decimal.hash(&mut hasher),
            None => number.hash(&mut hasher),
        },
        Value::Array(items) => items.iter().for_each(|item| digest(item).hash(&mut hasher)),
        Value::Object(object) => {
            let members = object.iter().map(|(key, value)| {
                let mut hasher = DefaultHasher::new();
                (key, digest(value)).hash(&mut hasher);
                hasher.finish()
            });
            members.fold(0_u64, u64::wrapping_add).hash(&mut hasher);
        }
        other => other.hash(&mut hasher),
    }
    hasher.finish()
}
