//! Integration tests: the library and the built binary, against services in process.

mod documents;
mod shared;
mod shrink;
mod suite;
