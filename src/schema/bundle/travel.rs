//! `readOnly` and `writeOnly`: which properties do not travel this way.

use super::rewrite::Rewriter;
use crate::schema::{Direction, Location};
use crate::value::{Object, Text, Value};

impl<'d> Rewriter<'d> {
    /// The properties of an object that do not travel this way, those of its `allOf` included.
    pub(super) fn foreign(
        &mut self,
        at: &Location,
        object: &'d Object,
        budget: usize,
    ) -> Vec<&'d Text> {
        let flag = match self.direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
            Direction::Neither => return Vec::new(),
        };
        let mut found = Vec::new();
        if let Some(properties) = object.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                let plain = property.get("$ref").is_none() && property.get("allOf").is_none();
                let flagged = if plain {
                    property.get(flag).and_then(Value::as_bool) == Some(true)
                } else {
                    let here = at.child("properties").child(name.clone());
                    self.is_flagged(&here, property, flag, budget)
                };
                if flagged && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        let parts = object.get("allOf").and_then(Value::as_array).unwrap_or_default();
        for (index, part) in parts.iter().enumerate().filter(|_| budget > 0) {
            let mut here = at.child("allOf").child(index.to_string());
            let mut part = part;
            if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
                let Ok(target) = self.resolve(&here, reference) else { continue };
                let Some(value) = self.documents.find(&target) else { continue };
                (here, part) = (target, value);
            }
            if let Some(part) = part.as_object() {
                for name in self.foreign(&here, part, budget - 1) {
                    if !found.contains(&name) {
                        found.push(name);
                    }
                }
            }
        }
        found
    }

    fn is_flagged(&mut self, at: &Location, schema: &'d Value, flag: &str, budget: usize) -> bool {
        if schema.get(flag).and_then(Value::as_bool) == Some(true) {
            return true;
        }
        if budget == 0 {
            return false;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let Ok(target) = self.resolve(at, reference) else { return false };
            let Some(value) = self.documents.find(&target) else { return false };
            return self.is_flagged(&target, value, flag, budget - 1);
        }
        let parts = schema.get("allOf").and_then(Value::as_array).unwrap_or_default();
        parts.iter().enumerate().any(|(index, part)| {
            self.is_flagged(&at.child("allOf").child(index.to_string()), part, flag, budget - 1)
        })
    }
}
