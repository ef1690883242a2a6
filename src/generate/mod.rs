//! From contracts to cases.

pub mod format;
pub mod pattern;
pub mod value;
