//! `[[edge]]`

use super::section::{Place, Read, Section};
use crate::config::Edge;

const KEYS: [&str; 3] = ["from", "to", "off"];

pub(super) fn read(section: &Section<'_>) -> Read<Edge> {
    section.only(&KEYS)?;
    let end = |key: &str, example: &str| match section.map(key, Place::text)? {
        Some(text) if text.contains(' ') => Ok(text),
        Some(text) => section.wrong(format!("`{key}` is `{text}`; write {example}")),
        None => section.wrong(format!("has no `{key}`; write {example}")),
    };
    Ok(Edge {
        from: end("from", "the operation that gives and where: \"POST /users /id\"")?,
        to: end("to", "the operation that takes: \"GET /profiles/{profile_id}\"")?,
        off: section.map("off", Place::boolean)?.unwrap_or_default(),
    })
}
