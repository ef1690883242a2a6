//! The keywords that hold schemas.

use super::super::keywords::{Holds, in_place};
use super::keyword::merge;
use super::rewrite::{Face, Rewriter, Rewritten, Work, parent};
use crate::schema::Location;
use crate::value::{Object, Value};

impl<'d> Rewriter<'d> {
    /// Rewrites one keyword of `work`, which stands at `at` and holds schemas.
    pub(super) fn applicator(
        &mut self,
        at: &mut Location,
        name: &str,
        holds: Holds,
        value: &'d Value,
        work: &mut Work<'d, '_>,
    ) -> Rewritten<()> {
        let Work { source, foreign, out, .. } = work;
        let deeper = usize::from(!in_place(name));
        self.depth += deeper;
        let around = if name == "allOf" { *foreign } else { &[] };
        match (holds, value) {
            (Holds::Definitions, _) => {}
            (Holds::Schema, _) if name == "additionalItems" => {
                if let Some(Value::Array(_)) = source.get("items") {
                    let rest = self.schema(at, value, &[])?;
                    out.set("items", rest);
                }
            }
            (Holds::Schemas, Value::Array(items)) => {
                let heir = (name == "allOf").then(|| parent(at));
                let mut parts = Vec::with_capacity(items.len());
                for (index, part) in items.iter().enumerate() {
                    at.pointer.push(index.to_string());
                    let base =
                        heir.as_ref().map(|heir| self.base_of(heir, at, part)).transpose()?;
                    parts.push(match base.flatten() {
                        Some(base) => Value::object([("$ref", self.refer(base, Face::Base))]),
                        None => self.schema(at, part, around)?,
                    });
                    at.pointer.pop();
                }
                // An empty list binds nothing, whatever it is a list for.
                if !parts.is_empty() {
                    match out.get_mut(name) {
                        Some(Value::Array(old)) => old.extend(parts),
                        _ => out.push(name, Value::Array(parts)),
                    }
                }
            }
            (Holds::Items, Value::Array(items)) => {
                let mut parts = Vec::with_capacity(items.len());
                for (index, part) in items.iter().enumerate() {
                    at.pointer.push(index.to_string());
                    parts.push(self.schema(at, part, &[])?);
                    at.pointer.pop();
                }
                if !parts.is_empty() {
                    out.push("prefixItems", Value::Array(parts));
                }
            }
            (Holds::Names, Value::Object(named)) => {
                let mut schemas = Object::new();
                for (key, value) in named {
                    at.pointer.push(key.clone());
                    if let Some(pattern) = key.as_str().filter(|_| name == "patternProperties") {
                        self.check_pattern(at, pattern);
                    }
                    let schema = self.schema(at, value, around)?;
                    schemas.set(key.clone(), schema);
                    at.pointer.pop();
                }
                merge(out, name, schemas);
            }
            (Holds::Dependencies, Value::Object(named)) => {
                for (key, value) in named {
                    at.pointer.push(key.clone());
                    let (name, value) = match value {
                        Value::Array(_) => ("dependentRequired", value.clone()),
                        Value::String(_) => {
                            ("dependentRequired", Value::Array(vec![value.clone()]))
                        }
                        schema => {
                            self.depth -= 1;
                            let schema = self.schema(at, schema, &[])?;
                            self.depth += 1;
                            ("dependentSchemas", schema)
                        }
                    };
                    merge(out, name, Object::from_iter([(key.clone(), value)]));
                    at.pointer.pop();
                }
            }
            (Holds::Schemas, other) => return Err(Self::wrong(at, "an array of schemas", other)),
            (Holds::Names | Holds::Dependencies, other) => {
                return Err(Self::wrong(at, "an object of schemas", other));
            }
            (Holds::Schema | Holds::Items, _) => {
                let schema = self.schema(at, value, around)?;
                out.set(name, schema);
            }
        }
        self.depth -= deeper;
        Ok(())
    }

    /// The parent that the named schema at `heir` extends by the part at `at` of its `allOf`.
    fn base_of(
        &mut self,
        heir: &Location,
        at: &Location,
        part: &'d Value,
    ) -> Rewritten<Option<Location>> {
        let Some(reference) = part.get("$ref").and_then(Value::as_str) else { return Ok(None) };
        let target = self.resolve(at, reference)?;
        let discriminates = self
            .documents
            .find(&target)
            .is_some_and(|parent| parent.get("discriminator").is_some());
        let dialect = self.dialect(at);
        let extends = discriminates
            && self.documents.heirs(&target, dialect).iter().any(|(_, at)| at == heir);
        Ok(extends.then_some(target))
    }
}
