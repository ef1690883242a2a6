//! Readable, stable names for definitions.

use std::collections::HashMap;

use crate::schema::{Documents, Location};

/// The reference to the definition `name`.
pub(super) fn reference(name: &str) -> String {
    format!("#/$defs/{name}")
}

/// A name for the schema at `at` that is not yet taken: the last token of its place that says
/// something, with what follows it. Only letters, digits, `.`, `_` and `-`, so that it needs no
/// escape in a pointer or a fragment.
pub(super) fn choose(
    documents: &Documents,
    at: &Location,
    suffix: &str,
    taken: &mut HashMap<String, usize>,
) -> String {
    let tokens: Vec<_> = at.pointer.tokens().iter().map(|token| token.lossy()).collect();
    let says_nothing = |token: &str| {
        token.bytes().all(|b| b.is_ascii_digit())
            || super::super::keywords::holds(token).is_some()
            || matches!(token, "schema" | "content" | "itemSchema")
    };
    let start = tokens.iter().rposition(|token| !says_nothing(token)).unwrap_or(0);
    let mut name = tokens[start..].join("-");
    if tokens.is_empty() {
        let address = documents.address(at);
        let file = address.rsplit(['/', ':']).next().unwrap_or_default();
        file.split(['.', '?']).next().unwrap_or_default().clone_into(&mut name);
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let mut name: String = name.chars().map(plain).collect();
    if name.is_empty() {
        name.push_str("root");
    }
    name.push_str(suffix);
    let mut count = taken.get(&name).copied().unwrap_or(0);
    let free = loop {
        count += 1;
        let free = if count == 1 { name.clone() } else { format!("{name}_{count}") };
        if count == 1 || !taken.contains_key(&free) {
            break free;
        }
    };
    taken.insert(name, count);
    taken.entry(free.clone()).or_insert(1);
    free
}
