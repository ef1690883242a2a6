//! From contracts to cases.

pub mod confirm;
pub mod format;
pub mod input;
pub mod pattern;
pub mod planned;
pub mod value;
pub mod walk;
