//! From contracts to cases.

pub mod boundary;
pub mod case;
pub mod catalogue;
pub mod confirm;
pub mod deviation;
pub mod format;
pub mod input;
mod malformed;
pub mod pattern;
pub mod planned;
pub mod value;
pub mod walk;
