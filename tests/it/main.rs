//! Integration tests: the library and the built binary, against services in process.

mod shared;
mod suite;
mod shrink;
mod planted;
mod recorder;
mod safety;
mod tidy;
mod cli;
