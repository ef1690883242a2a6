//! Fires edge cases at a live service through the interface it publishes, and turns whatever breaks
//! into the smallest case that still breaks it: one readable file that a person commits and CI
//! replays.
//!
//! Most people want the command, `phi-fuzz`. The library is for two more: those who test handlers in
//! process, and those who replay committed cases from their own tests.
//!
//! # Handlers in process
//!
//! [`strategy()`] makes the valid calls of an operation a strategy of `proptest`. What fails is made
//! smaller by the shrinker of the command.
//!
//! ```
//! use phi_fuzz::{spec::load, wire::render};
//! use proptest::test_runner::TestRunner;
//!
//! let document = br#"{ "openapi": "3.1.0", "info": { "title": "shop", "version": "1" }, "paths": {
//!     "/orders/{id}": { "get": { "responses": { "200": { "description": "" } }, "parameters": [
//!         { "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } } ] } } } }"#;
//! let shop = load::alone("shop.json", document)?.service;
//! let get = shop.operation("GET /orders/{id}").ok_or("no such operation")?;
//!
//! TestRunner::default().run(&phi_fuzz::strategy(get), |call| {
//!     let request = render::request(&call, "")?;
//!     // Give it to the handler and look at the answer; here, at the request itself.
//!     proptest::prop_assert!(request.target.starts_with("/orders/"));
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Committed cases
//!
//! [`replay_corpus`] replays a folder of cases against a running service and says which files fail;
//! [`Regressions`] is the same with credentials, a document of its own and a time limit.
//!
//! # Cases from octets
//!
//! [`case::Case`] implements `arbitrary::Arbitrary`, for fuzz targets that take cases;
//! [`choice::Source::bytes`] lets octets drive any generator here.
//!
//! # The floors
//!
//! What the command is made of is public, from the ground up; a floor uses lower ones alone.
//!
//! | floor | modules |
//! |---|---|
//! | 11 | [`cli`]: arguments, terminal, signals, exit codes |
//! | 10 | [`report`], [`export`]: events and findings for people, machines and other tools; [`mod@strategy`], [`regressions`]: the face for tests |
//! | 9 | [`campaign`]: phases, budgets, workers, learning; emits events |
//! | 8 | [`shrink`]: smaller candidates; [`corpus`]: case files and folders |
//! | 7 | [`execute`]: a case becomes a history |
//! | 6 | [`generate`]: contracts become cases; [`transport`]: a request becomes an outcome; [`check`]: histories become findings |
//! | 5 | [`wire`]: a call becomes the request that goes out, to the octet |
//! | 4 | [`case`]: what is sent, what came, and its file |
//! | 3 | [`choice`]: every random decision, so that it can be replayed and made smaller |
//! | 2 | [`spec`]: what a document promises; [`config`]: what a person has set |
//! | 1 | [`schema`]: JSON Schema: shapes to draw from, and judging values |
//! | 0 | [`value`]: JSON that loses nothing |
//!
//! [`demo`] stands beside the house: an embedded service with planted faults.

pub mod value;

pub mod schema;

pub mod spec;
pub mod config;

pub mod choice;

pub mod case;

pub mod wire;

pub mod generate;
pub mod transport;
pub mod check;

pub mod execute;

pub mod shrink;
pub mod corpus;

pub mod campaign;

pub mod report;
pub mod export;
pub mod strategy;
pub mod regressions;

pub mod cli;

pub mod demo;

pub use regressions::{Regressions, replay_corpus};
pub use strategy::strategy;
