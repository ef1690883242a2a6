//! A tree into octets.

use super::tree::{Content, Delimited, Length, Node, Payload, Tree};
use super::varint::Varint;

/// Octets that most messages have room in.
pub(super) const USUAL: usize = 64;

/// The octets of a tree; of one that was parsed, those it was parsed from.
///
/// Lengths that are [`Length::Right`] are worked out anew, all else is written as it stands.
pub fn encode(tree: &Tree) -> Vec<u8> {
    nodes(&tree.nodes)
}

/// The octets of some of the nodes of a tree.
pub(super) fn nodes(nodes: &[Node]) -> Vec<u8> {
    let mut out = Vec::with_capacity(USUAL);
    for node in nodes {
        match node {
            Node::Field(field) => {
                field.tag.write(&mut out);
                payload(&field.payload, &mut out);
            }
            Node::Raw(octets) => out.extend_from_slice(octets),
        }
    }
    out
}

/// Adds the octets of a payload.
pub(super) fn payload(payload: &Payload, out: &mut Vec<u8>) {
    match payload {
        Payload::Scalar(scalar) => scalar.write(out),
        Payload::Delimited(Delimited { length, content: octets }) => {
            let octets = content(octets);
            let length = match *length {
                Length::Right { surplus } => Varint { value: octets.len() as u128, surplus },
                Length::Wrong(length) => length,
            };
            length.write(out);
            out.extend(octets);
        }
        Payload::Group { tree, end } => {
            out.extend(encode(tree));
            if let Some(end) = end {
                end.write(out);
            }
        }
        Payload::Unknown(octets) => out.extend_from_slice(octets),
    }
}

/// The octets of what is length-delimited, without the length.
pub(super) fn content(content: &Content) -> Vec<u8> {
    match content {
        Content::Octets(octets) => octets.to_vec(),
        Content::Packed(packed) => {
            let mut out = Vec::new();
            for scalar in &packed.scalars {
                scalar.write(&mut out);
            }
            out.extend_from_slice(&packed.tail);
            out
        }
        Content::Message(tree) => encode(tree),
    }
}
