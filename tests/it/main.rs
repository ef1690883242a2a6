//! Integration tests.

mod shrink;
