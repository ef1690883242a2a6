//! Numbers of fields that no descriptor has ("Message Structure", "Unknown Fields").

use super::{Edit, UNKNOWN, Verdict, append, fields, messages};
use crate::wire::protobuf::{Field, Node, Payload, Scalar, Varint};

pub(super) static EDITS: &[Edit] = &[
    Edit {
        name: "field_number_zero",
        verdict: Verdict::MustReject,
        explain: "a field has the number 0, which none can have",
        places: fields,
        apply: |tree, place| {
            let field = tree.field_mut(place)?;
            field.tag.number = 0;
            if let Payload::Group { end: Some(end), .. } = &mut field.payload {
                end.number = 0;
            }
            Some(())
        },
    },
    Edit {
        name: "unknown_field",
        verdict: Verdict::MustAccept,
        explain: "a message has a field of a number that no descriptor can have; parsers keep or drop it",
        places: messages,
        apply: |tree, place| {
            let one = Payload::Scalar(Scalar::Varint(Varint::new(1_u8)));
            append(tree, place, Node::Field(Field::new(UNKNOWN, one)))
        },
    },
];
