//! The shrinker on failures shaped like those of services.

mod predicates;
mod schema;
