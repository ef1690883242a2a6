//! Rendering facts: what a case stores so that its file renders without the document.
//!
//! A fact stands under the place it is about: `query/ids` → `pipeDelimited`. Only what is not usual is
//! stored. The words are documented where they are used: [`super::parameter::Notation`],
//! [`super::body`], [`super::body::multipart`], [`super::body::xml`].

mod contract;

pub use contract::{facts, facts_with};

use std::borrow::Cow;

/// The facts of a call, by place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'c>(&'c [(String, String)]);

impl<'c> Facts<'c> {
    /// The facts of [`crate::case::Call::render`].
    pub fn new(facts: &'c [(String, String)]) -> Self {
        Self(facts)
    }

    /// The fact at a place.
    pub fn get(self, place: &str) -> Option<&'c str> {
        self.0.iter().find(|(key, _)| key == place).map(|(_, fact)| &**fact)
    }

    /// The fact of a name within a part of the call: `get_in("query", "a/b")` is that at
    /// `query/a~1b`.
    pub fn get_in(self, part: &str, name: &str) -> Option<&'c str> {
        if self.0.is_empty() {
            return None;
        }
        let token = token(name);
        let here = |key: &str| {
            key.strip_prefix(part).and_then(|rest| rest.strip_prefix('/')) == Some(&*token)
        };
        self.0.iter().find(|(key, _)| here(key)).map(|(_, fact)| &**fact)
    }

    /// The facts below `part/name/kind/`, with what follows that, unescaped.
    pub fn below(
        self,
        part: &str,
        name: &str,
        kind: &str,
    ) -> impl Iterator<Item = (String, &'c str)> + use<'c> {
        let all = if self.0.is_empty() {
            String::new()
        } else {
            format!("{part}/{}/{kind}/", token(name))
        };
        self.0.iter().filter_map(move |(key, fact)| {
            let rest = key.strip_prefix(&*all)?;
            Some((rest.replace("~1", "/").replace("~0", "~"), &**fact))
        })
    }
}

/// A name as a token of a place (RFC 6901, section 3).
pub fn token(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        name.replace('~', "~0").replace('/', "~1").into()
    } else {
        name.into()
    }
}
