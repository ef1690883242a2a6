//! Integration tests: the library and the built binary, against services in process.

mod suite;
mod shrink;
mod recorder;
mod safety;
mod tidy;
