//! phi-fuzz
pub mod value;
pub mod schema;
pub mod spec;
pub mod config;
pub mod choice;
pub mod case;
pub mod wire;
pub mod transport;
pub mod check;
pub mod generate;
pub mod execute;
pub mod shrink;
pub mod campaign;
pub mod corpus;
pub mod export;
pub mod demo;
pub mod report;
