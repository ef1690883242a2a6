//! The `phi-fuzz` command.

fn main() {}
