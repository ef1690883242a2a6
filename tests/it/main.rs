//! Integration tests: the library and the built binary, against services in process.

mod suite;
mod planted;
mod shrink;
mod tidy;
