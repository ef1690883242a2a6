//! The embedded service: a small shop over REST that stands beside the house and uses none of it.
//!
//! It keeps everything in memory, answers the same for the same calls (no clock and no chance in its
//! answers but the seed), and comes in two kinds: one full of planted faults, and its healthy twin,
//! where each is mended. Both are full of things that look odd and are right. The seed decides what
//! the faults hang on: names of fields, thresholds, arms of enumerations.
//!
//! Someone who is allowed everything sends [`BEARER`] and [`API_KEY`]; a second caller sends [`GUEST`].
//! The document is served at `/openapi.json` and `/openapi.yaml`; `specs/shop.yaml` is the one of the
//! default seed.
//!
//! # Planted faults
//!
//! Those that one call shows:
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
//! Those that take a history, which fails at its last call; each has things of its own, whose ids no
//! one guesses:
//!
//! | name | the shortest history | what it shows | check |
//! |---|---|---|---|
//! | `undeleted` | `POST /wishlists` with one arm of an enumeration, `DELETE`, `GET` | it is still read | `use_after_free` |
//! | `suspended` | `POST /accounts`, stop it, let it go on, `POST …/charges` | 500: stopping lost something | `not_a_server_error` |
//! | `crammed` | `POST /boxes`, `POST …/items` five to seven times | 500 where one more comes than it holds | `not_a_server_error` |
//! | `halfway` | `POST /profiles`, `PATCH` with an integer above its maximum | refused, and stored | `failed_write_has_effect` |
//! | `appended` | `POST /playlists`, `PUT` with a list | it is added to the one before | `not_idempotent` |
//! | `peeping` | `POST /diaries`, `GET` as the guest | no one asks whose it is | `object_level_authorization` |
//! | `foreign` | `POST /drafts`, `DELETE` as the guest | the same, though reading asks | `object_level_authorization` |
//! | `page_edge` | `POST /boards`, `POST …/cards` twice, `GET …/cards` one by one | the second page begins one too late | `collection_consistency` |
//! | `stale` | `POST /documents`, `PUT` | an `ETag` of before it is taken in `If-Match` | `conditional_requests` |
//! | `misplaced` | `POST /parcels` | its `Location` leads nowhere | `location_conformance` |
//! | `forgetful` | `POST /contacts`, `PATCH` with one of its texts | it is not kept | `read_your_write` |
//! | `mislaid` | `POST /labels` with one arm of an enumeration, `GET` | 404 | `ensure_resource_availability` |
//!
//! Those that take calls at once:
//!
//! | name | the shortest history | what it shows | check |
//! |---|---|---|---|
//! | `overdrawn` | `POST /purses`, half of it and one more taken twice at once | both are taken | `serial_equivalence` |
//! | `overwritten` | `POST /plans`, `PATCH` with one text and with the other at once | one of them is lost | `serial_equivalence` |
//! | `doubled` | `POST /handles` twice at once | two have a name that only one may have | `serial_equivalence` |
//! | `cached` | `POST /posters`, `GET` and `PUT` with a text at once | what was replaced is read from then on | `serial_equivalence` |
//! | `charged` | `POST /tills`, `POST …/charges` twice at once under one key | it is charged twice | `duplicate_effect` |
//! | `entangled` | `POST /vaults`, `POST …/deposits` and `PATCH` at once | 500: each waits for the other's lock | `not_a_server_error` |
//!
//! Those that take time:
//!
//! | name | the shortest history | what it shows | check |
//! |---|---|---|---|
//! | `expired` | `POST /sessions`, `GET` after a while | 500 from a while on: its key is gone | `not_a_server_error` |
//! | `torn` | `POST /leaflets`, `PUT` cut before its last octet | one page is as it gave it, one is not | `partial_write_visible` |
//! | `held` | `POST /registers`, `PUT` stalled before its body | another `PUT` waits until it is in | `blocked_by_slow_client` |
//! | `poisoned` | `POST /scales`, `PUT` cut after its head, `PUT` | 500: the first is still in the line | `not_a_server_error` |
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
//! | 409: an idempotency key that was used for something else | `POST /tills/{id}/charges` |
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
//! | deleting only marks, and says so; the list leaves it out, but where asked for | `/reminders` |
//! | a list that ends after 20, the oldest first, and tells how many there are | `GET /reminders` |
//! | 202: not there for two looks or 50 ms, then queued, then done by itself | `/jobs` |
//! | a version and a time that change with each write, even with the same once more | `/bookmarks` |
//! | blanks around text dropped, text in lower case; server-owned members ignored when sent | `/bookmarks` |
//! | pages capped silently; what is in the archive is listed only where asked for | `GET /bookmarks` |
//! | deleting twice: 204 again | `DELETE /bookmarks/{id}` |
//! | deleting twice: 404 | `DELETE /wishlists/{id}`, `/drafts/{id}`, `/notes/{id}` |
//! | `PUT` makes it (201), and then replaces it (200) | `PUT /settings/{name}` |
//! | a reading that counts | `GET /articles/{id}` |
//! | written with credentials, and open to everybody | `/articles` |
//! | on the list at the third look, or after 50 ms | `GET /articles` |
//! | a change that is refused counts as an attempt | `PATCH /lockers/{id}` |
//! | 409 for what the state forbids: stopped twice, full | `/accounts/…`, `POST /boxes/{id}/items` |
//! | what takes a moment to look up before it is written | `/purses`, `/plans`, `/handles`, `/posters`, `/vaults`, `/tills` |
//! | what someone else has is 404 | `/diaries/{id}`, `/drafts/{id}` |
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
mod rpc;
mod server;
mod service;
mod settling;
mod shelves;

pub use faults::Planted;
pub use rpc::Octets;
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

/// The faults planted in the desk of a shop of this seed, where it is called by gRPC.
pub fn rpc_faults(shop: &Shop) -> Vec<Planted> {
    rpc::planted(shop)
}

#[cfg(test)]
mod tests;
