//! The embedded service: a small shop over REST that stands beside the house and uses none of it.
//!
//! It keeps everything in memory, answers the same for the same calls (no clock and no chance in its
//! answers but the seed), and comes in two kinds: one full of planted faults, and its healthy twin,
//! where each is mended. Both are full of things that look odd and are right. The seed decides what
//! the faults hang on: names of fields, thresholds, arms of enumerations.
//!
//! Someone who is allowed everything sends [`BEARER`] and [`API_KEY`]. The document is served at
//! `/openapi.json` and `/openapi.yaml`; `specs/shop.yaml` is the one of the default seed.
//!
//! # Planted faults
//!
//! | name | operation | what shows it | check |
//! |---|---|---|---|
//! | `quantity` | `POST /orders` | an integer inside its bounds, from a threshold on | `not_a_server_error` |
//! | `overflow` | `GET /products` | offset + size leaves 64 bits | `not_a_server_error` |
//! | `calendar` | `POST /invoices` | 29 February | `not_a_server_error` |
//! | `case_fold` | `GET /search` | a letter that grows in the other case | `not_a_server_error` |
//! | `internal nul` | `POST /customers` | NUL in a text, behind a uniform 500 | `not_a_server_error` |
//! | `internal number` | `POST /customers` | an integer from a threshold on, behind the same 500 | `not_a_server_error` |
//! | `utf16` | `POST /gift-cards` | a form's text, short in code points, long in UTF-16 | `not_a_server_error` |
//! | `enumeration` | `GET /shipments/quote` | one arm of an enumeration | `not_a_server_error` |
//! | `branch` | `POST /payments` | one branch of a `oneOf` | `not_a_server_error` |
//! | `array` | `POST /bundles` | two equal elements | `not_a_server_error` |
//! | `depth` | `POST /categories` | a tree from some depth on | `not_a_server_error` |
//! | `pair` | `POST /subscriptions` | two options together | `not_a_server_error` |
//! | `drift` | `POST /refunds` | a decimal from a threshold on: a state that its schema lacks | `response_schema_conformance` |
//! | `status` | `GET /products/{id}/reviews` | one end of a range: 204, not declared | `status_code_conformance` |
//! | `content_type` | `GET /orders` | one value of a header: JSON called HTML | `content_type_conformance` |
//! | `header` | `GET /products/{id}` | a cookie: the promised `ETag` is missing | `response_headers_conformance` |
//! | `coupon` | `POST /coupons` | a maximum that no one looks at | `negative_data_rejection` |
//! | `unguarded` | `GET /account`, or another name | no credentials asked for | `ignored_auth` |
//! | `leak` | `GET /files/{id}` | a number beyond 32 bits: a stack trace in the 404 | `information_leak` |
//! | `dropped` | `PATCH /orders/{id}` | a negative integer from a threshold on | `connection_dropped` |
//! | `stall` | `POST /exports` | a block size of 0 | `hang` |
//!
//! [`faults()`] gives each its shortest case.
//!
//! # Oddities, in both twins
//!
//! | what | where |
//! |---|---|
//! | numbers with a sign or blanks, `1` and `on` for true | every query, form, header |
//! | blanks around text dropped, text in lower case | `POST /customers` |
//! | unknown members ignored, though `additionalProperties` is false | `POST /notes` |
//! | server-owned members ignored when sent, and defaults filled in | `POST /notes` |
//! | duplicate keys: the last one holds | every JSON body |
//! | 409: an address that someone has | `POST /customers` |
//! | 422: a time that ends before it begins | `GET /reports/sales` |
//! | 404 before 400 for the body | `PATCH /orders/{id}` |
//! | 401 before 415 and 400 | `POST /webhooks`, `POST /products` |
//! | credentials that are optional | `GET /recommendations` |
//! | 413 while the body is still coming in, and close | every body above 64 KiB |
//! | 413 for JSON nested too deeply | every JSON body |
//! | 431 for a head above 16 KiB | everywhere |
//! | 400 and close for what is no HTTP | everywhere |
//! | 308 where only a slash is too much | every path |
//! | 429 with `Retry-After`, once in a while | `GET /search` |
//! | 503 with `Retry-After` while it warms up | `GET /recommendations` |
//! | 501 for what is declared but not made yet | `GET /reports/sales` as PDF |
//! | 304 | `GET /products/{id}` with its `ETag` |
//! | what was created is seen at the third look, or after 50 ms | `GET /notes/{id}` |
//! | implicit HEAD and OPTIONS | every path |
//! | 405 without a body, with `Allow` | every path |
//! | an HTML error page of a gateway, 404 or 502 | unknown paths, `/internal/…` |
//! | gzip | `GET /products` |
//! | chunks | `GET /reports/sales` |
//! | a stream that goes on after its last event | `GET /events` |
mod caller;
mod contract;
mod dice;
mod document;
mod drawer;
mod drawers;
mod exact;
mod faults;
mod formats;
mod gateway;
mod multipart;
mod operations;
mod paced;
mod parameters;
mod reply;
mod server;
mod service;
mod settling;
mod shelves;

pub use faults::Planted;
pub use server::{Running, serve, start};

use faults::Faults;

/// The bearer token that the shop knows.
pub const BEARER: &str = "shop-demo-token";

/// The bearer token of someone else that the shop knows, a guest: what one of the two keeps to
/// themself is not there for the other.
pub const GUEST: &str = "shop-guest-token";

/// The API key that the shop knows, in `X-Api-Key`.
pub const API_KEY: &str = "shop-demo-key";

/// Which shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shop {
    /// Decides names, thresholds and arms of enumerations.
    pub seed: u64,
    /// Whether every fault is mended.
    pub healthy: bool,
}

/// The OpenAPI document of a shop in YAML: the same for the healthy one as for the other.
pub fn document(shop: &Shop) -> String {
    document::render(&Faults::of(shop))
}

/// The faults planted in a shop of this seed, each with its shortest case; the same list for the
/// healthy one, where no case shows anything.
pub fn faults(shop: &Shop) -> Vec<Planted> {
    Faults::of(shop).all().into_iter().flat_map(faults::Fault::planted).collect()
}

#[cfg(test)]
mod tests;
