//! Small documents for each source of edges, and traps.
