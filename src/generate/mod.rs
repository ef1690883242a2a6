//! From contracts to cases.

pub mod format;
pub mod input;
pub mod pattern;
pub mod value;
pub mod walk;
