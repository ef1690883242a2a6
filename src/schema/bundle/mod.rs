//! From a schema of any dialect, with references anywhere, to one self-contained draft 2020-12
//! schema.
//!
//! What a bundle holds besides the keywords of 2020-12:
//! - as annotations: `xml`, `readOnly`, `writeOnly`, `default`, `format`, `contentMediaType`,
//!   `contentEncoding`, and `examples`, always an array, which takes in `example`;
//! - `x-discriminator`: `{ "propertyName": …, "mapping": { VALUE: "#/$defs/NAME" } }`, beside the
//!   `oneOf` or `anyOf` whose branches already demand the right value each;
//! - `x-read-only` (requests) and `x-write-only` (answers): the names of the properties that do not
//!   travel this way, and are for that reason not `required`.
//!
//! Everything else that binds no value is dropped.

mod applicator;
mod broken;
mod discriminator;
mod keyword;
mod names;
mod nullable;
mod rewrite;
mod survey;
mod travel;

pub use broken::Broken;
pub use survey::Survey;

use super::{Dialect, Direction, Documents, Location};
use crate::value::{Object, Value};
use rewrite::Rewriter;

/// Bundles the schema at `at`.
pub(super) fn bundle(
    documents: &Documents,
    at: &Location,
    dialect: Dialect,
    direction: Direction,
) -> Result<Value, Broken> {
    let mut rewriter = Rewriter::new(documents, dialect, direction);
    rewriter.root(at);
    let mut schemas = Vec::new();
    let mut edges = Vec::new();
    while let Some(key) = rewriter.keys().get(schemas.len()).cloned() {
        schemas.push(rewriter.rewrite(&key)?);
        edges.push(rewriter.take_edges());
    }
    if let Some(circle) = survey::circle(&edges, &mut vec![survey::Visit::New; edges.len()], 0) {
        return Err(survey::circle_error(&rewriter.keys()[circle]));
    }
    let recursive = edges.iter().flatten().any(|edge| edge.target == 0);
    let mut schemas = rewriter.names().iter().zip(schemas);
    let mut root = Object::new();
    if recursive {
        root.push("$ref", Value::text(names::reference(&rewriter.names()[0])));
    } else if let Some((_, schema)) = schemas.next() {
        match schema {
            Value::Object(object) => root = object,
            schema => return Ok(schema),
        }
    }
    let definitions: Object =
        schemas.map(|(name, schema)| (name.as_str().into(), schema)).collect();
    if !definitions.is_empty() {
        root.push("$defs", Value::Object(definitions));
    }
    Ok(Value::Object(root))
}

#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;
