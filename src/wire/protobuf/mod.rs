//! Messages of protobuf to the octet, without descriptors.
//!
//! Any octets are a [`Tree`] of fields, and the tree gives back the very same octets: what no parser
//! takes stands in it raw. So a message can be damaged in one place and stay readable everywhere else.
//! Whoever knows the descriptor says by a [`Hint`] what fields hold; who does not may guess
//! ([`Tree::open_plausible`]).
//!
//! Sections are those of <https://protobuf.dev/programming-guides/encoding/>.

pub mod edit;
mod encode;
mod listing;
pub mod mapping;
mod parse;
mod place;
mod plausible;
mod scalar;
mod tag;
#[cfg(test)]
mod tests;
mod tree;
mod varint;

pub use encode::encode;
pub use listing::listing;
pub use parse::{DEEPEST, parse};
pub use place::Place;
pub use scalar::{Element, Scalar};
pub use tag::{Tag, Wire};
pub use tree::{
    Content, Delimited, Field, Hint, Kind, Length, Node, Packed, Payload, Tree, unknown,
};
pub use varint::Varint;
