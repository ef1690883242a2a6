//! Regular expressions of schemas: judging texts by them, and the tree that texts are made by.
//!
//! `pattern` is a search (JSON Schema validation, section 6.3.3) in the dialect of ECMA-262 over
//! code points. One reading of the pattern serves both sides: the engine that judges gets it spelt
//! out ([`Pattern::matches`]), a generator gets it as a [`Tree`] without anchors.

mod class;
mod parse;
mod render;
mod tree;

pub use class::Class;
pub use tree::Tree;

use std::borrow::Cow;
use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

use crate::value::Text;

/// The private-use code point that stands for the lone surrogate U+D800; the others follow it.
pub(super) const STAND_IN: u32 = 0x10_F000;

/// The engine gives up after so much backtracking; such a text counts as one that matches.
const MOST_BACKTRACKING: usize = 50_000;

/// Octets that the engine may use for one compiled pattern.
const LARGEST_PROGRAM: usize = 8 << 20;

/// Where a pattern is too large, repeats of more than this lose their bounds.
const FEW_REPEATS: u32 = 16;

/// A pattern that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at character {at}")]
pub struct Error {
    /// How many characters stand before the place.
    pub at: usize,
    /// What is wrong, a lower-case fragment.
    pub what: String,
}

/// A regular expression of a schema.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    ast: parse::Ast,
    lowered: tree::Lowered,
    native: bool,
    engine: OnceLock<Engine>,
}

/// A pattern made ready to judge.
#[derive(Debug)]
enum Engine {
    Exact(Regex),
    /// Long repeats are without upper bound in it; the length of the whole text is judged besides.
    Loose(Regex),
    None,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// It is no regular expression that ECMA-262, its Annex B or our tolerance knows.
    pub fn new(source: &str) -> Result<Self, Error> {
        let (ast, native) = parse::parse(source)?;
        let lowered = tree::lower(&ast);
        Ok(Self { source: source.to_owned(), ast, lowered, native, engine: OnceLock::new() })
    }

    /// Whether a pattern can be read at all, without making it ready for anything.
    ///
    /// # Errors
    /// As of [`Self::new`].
    pub fn check(source: &str) -> Result<(), Error> {
        parse::parse(source).map(drop)
    }

    /// The pattern as it is written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it keeps to ECMA-262 and its Annex B, with nothing of another dialect.
    pub fn is_native(&self) -> bool {
        self.native
    }

    /// Whether a match lies anywhere in `text`. Where the engine gives up, it counts as a match:
    /// what cannot be judged is no fault.
    pub fn matches(&self, text: &Text) -> bool {
        match self.engine() {
            Engine::Exact(regex) => regex.is_match(&*stand_in(text)).unwrap_or(true),
            Engine::Loose(regex) => {
                let length = text.len();
                self.shortest().is_some_and(|shortest| length >= shortest)
                    && length <= self.longest()
                    && regex.is_match(&*stand_in(text)).unwrap_or(true)
            }
            Engine::None => true,
        }
    }

    /// Whether it can be judged by: the engine could make it ready.
    pub fn is_judged(&self) -> bool {
        !matches!(self.engine(), Engine::None)
    }

    fn engine(&self) -> &Engine {
        let build = |most_repeats| {
            RegexBuilder::new(&render::render(&self.ast, most_repeats))
                .backtrack_limit(MOST_BACKTRACKING)
                .delegate_size_limit(LARGEST_PROGRAM)
                .build()
                .ok()
        };
        self.engine.get_or_init(|| {
            if let Some(regex) = build(u32::MAX) {
                return Engine::Exact(regex);
            }
            // Under look-around and references more matches could mean fewer.
            build(FEW_REPEATS).filter(|_| self.lowered.exact).map_or(Engine::None, Engine::Loose)
        })
    }

    /// The pattern for the engine's dialect, which is also a legal pattern of ECMA-262 with the flag
    /// `u` less its braces after `\x`.
    pub(super) fn spelt_out(&self) -> String {
        render::render(&self.ast, u32::MAX)
    }

    /// The tree to make texts by: all that match, and of what look-around asks for as much as is
    /// likely to.
    pub fn tree(&self) -> &Tree {
        self.lowered.written_out.as_ref().unwrap_or(&self.lowered.tree)
    }

    /// Every code point that can stand in a text that matches.
    pub fn alphabet(&self) -> Class {
        self.lowered.tree.alphabet()
    }

    /// Whether every text of the tree matches; else what is made by it must be judged.
    pub fn is_exact(&self) -> bool {
        self.lowered.exact
    }

    /// No text that matches has fewer code points; `None` where none matches.
    pub fn shortest(&self) -> Option<usize> {
        self.lowered.tree.shortest()
    }

    /// No text that matches has more code points; `usize::MAX` where there is no bound.
    pub fn longest(&self) -> usize {
        self.lowered.tree.longest()
    }
}

/// The text with a private-use character for each lone surrogate.
pub(super) fn stand_in(text: &Text) -> Cow<'_, str> {
    text.as_str().map_or_else(
        || {
            let stand_in = |point: u32| {
                let point = if (0xD800..=0xDFFF).contains(&point) {
                    point - 0xD800 + STAND_IN
                } else {
                    point
                };
                char::from_u32(point).unwrap_or('\u{FFFD}')
            };
            text.code_points().map(stand_in).collect()
        },
        Cow::Borrowed,
    )
}

#[cfg(test)]
mod tests;
