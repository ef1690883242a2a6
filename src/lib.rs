//! phi-fuzz
pub mod value;
pub mod schema;
pub mod spec;
pub mod choice;
pub mod case;
pub mod wire;
pub mod check;
pub mod campaign;
pub mod demo;
