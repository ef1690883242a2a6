//! From a schema of any dialect, with references anywhere, to one self-contained draft 2020-12
//! schema.

use super::{Dialect, Direction, Documents, Location};
use crate::value::Value;

/// Bundles the schema at `at`.
pub(super) fn bundle(
    documents: &Documents,
    at: &Location,
    _dialect: Dialect,
    _direction: Direction,
) -> Result<Value, String> {
    documents.find(at).cloned().ok_or_else(|| format!("nothing stands at {}", at.pointer))
}
