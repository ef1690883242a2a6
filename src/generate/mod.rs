//! From schemas and operations to values and cases.
//!
//! Responsible for everything that is drawn through a [`Source`](crate::choice::Source), and for
//! lifting what was not. Knows nothing of sending or judging.

pub mod format;
pub mod pattern;
