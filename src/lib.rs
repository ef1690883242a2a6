//! phi-fuzz
pub mod value;
pub mod schema;
pub mod spec;
pub mod choice;
pub mod case;
pub mod wire;
pub mod transport;
pub mod check;
pub mod campaign;
