//! Protobuf services, read into the one model of a service: their methods are operations, their messages schemas
//! of what their JSON mapping may be.
//!
//! Responsible for the structure that descriptors tell, and for the rules in their options. Knows nothing of
//! files and networks, nor of how messages are written on the wire.

mod bundled;
mod compile;
mod descriptors;
mod editions;
#[cfg(test)]
pub(crate) mod fixture;
mod frame;
mod http;
mod imports;
mod messages;
mod methods;
mod reflection;
mod route;
mod rules;
mod service;
#[cfg(test)]
mod tests;
mod well_known;

pub use compile::{compile, files_in};
pub use descriptors::decode;
pub use frame::{frame, messages, whole};
pub use messages::Messages;
pub use reflection::{METHODS as REFLECTION, Reflection};
pub use service::service;
