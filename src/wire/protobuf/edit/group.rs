//! Groups, which only old descriptors have and every parser has to pass over ("Groups").

use bytes::Bytes;

use super::{Edit, UNKNOWN, Verdict, append, messages};
use crate::wire::protobuf::{Field, Node, Payload, Place, Scalar, Tag, Tree, Varint, Wire};

pub(super) static EDITS: &[Edit] = &[
    Edit {
        name: "unknown_group",
        verdict: Verdict::MustAccept,
        explain: "a message has a group of a number that no descriptor can have; parsers keep or drop it",
        places: messages,
        apply: |tree, place| add(tree, place, Some(UNKNOWN)),
    },
    Edit {
        name: "unmatched_start_group",
        verdict: Verdict::MustReject,
        explain: "a group begins and does not end within its message",
        places: messages,
        apply: |tree, place| add(tree, place, None),
    },
    Edit {
        name: "unmatched_end_group",
        verdict: Verdict::MustReject,
        explain: "a group ends that did not begin",
        places: messages,
        apply: |tree, place| {
            let end = Field::new(UNKNOWN, Payload::Unknown(Bytes::new()));
            append(tree, place, Node::Field(end))
        },
    },
    Edit {
        name: "wrong_end_group",
        verdict: Verdict::MustReject,
        explain: "a group ends under another number than it began with",
        places: messages,
        apply: |tree, place| add(tree, place, Some(UNKNOWN + 1)),
    },
];

/// Adds a group of one field that ends under a number, or does not.
fn add(tree: &mut Tree, place: &Place, end: Option<u32>) -> Option<()> {
    let one = Field::new(1, Payload::Scalar(Scalar::Varint(Varint::new(1_u8))));
    let group = Payload::Group {
        tree: Tree { nodes: vec![Node::Field(one)] },
        end: end.map(|number| Tag::new(number, Wire::End)),
    };
    append(tree, place, Node::Field(Field::new(UNKNOWN, group)))
}
