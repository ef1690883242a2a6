//! A request becomes an outcome with times, over connections we own.
//!
//! Responsible for connecting (proxies, TLS, ALPN), HTTP/1.1 and HTTP/2 exchanges, keeping and
//! reusing connections, limits of time and size, content coding, and for going easy on a service:
//! the rate, the number of connections, and the breaker. Pooled clients of the field retry,
//! reconnect, normalise and hide; nothing here does so unsaid. Does not know what a case is for,
//! nor whether an outcome is good or bad.
//!
//! Every octet of a connection passes one type, [`stream::Stream`]; HTTP/1.1 is written by walking
//! the octets of [`crate::wire::http1::Encoded`], whose positions are known.

mod bends;
mod breaker;
mod client;
mod coding;
mod connect;
mod cork;
mod crowd;
mod deadline;
mod error;
mod frames;
mod http1;
mod http2;
mod latch;
mod limit;
mod named;
mod opened;
mod pool;
mod proxy;
mod reply;
mod retry_after;
mod settings;
mod strain;
pub mod stream;
mod target;
mod tls;
#[cfg(test)]
mod tests;

pub use bends::{Appointments, Release};
pub use breaker::{Action, Breaker, Observation, Policy, Pushback};
pub use client::Client;
pub use error::Error;
pub use latch::{Key, Latch};
pub use limit::Limiter;
pub use proxy::Proxies;
pub use reply::{Named, Over, Reply};
pub use retry_after::retry_after;
pub use settings::{Limits, Settings, Tls, Version};
pub use strain::Pressure;
pub use target::{Scheme, Target};
pub use tls::client_config;
