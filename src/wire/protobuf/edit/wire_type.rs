//! Payloads of another wire type than the descriptor says, or than there is ("Message Structure").

use bytes::Bytes;

use super::{Edit, Verdict, fields, fields_where};
use crate::wire::protobuf::{
    Content, Field, Payload, Place, Scalar, Tag, Tree, Varint, Wire, encode,
};

pub(super) static EDITS: &[Edit] = &[
    Edit {
        name: "wire_type_varint",
        verdict: Verdict::Grey,
        explain: "a field comes as the varint 1; parsers keep it as unknown, or refuse it",
        places: |tree, _| others(tree, Wire::Varint),
        apply: |tree, place| {
            swap(tree, place, |_, _| Payload::Scalar(Scalar::Varint(Varint::new(1_u8))))
        },
    },
    Edit {
        name: "wire_type_fixed64",
        verdict: Verdict::Grey,
        explain: "a field comes as a 1 of 8 octets; parsers keep it as unknown, or refuse it",
        places: |tree, _| others(tree, Wire::Fixed64),
        apply: |tree, place| swap(tree, place, |_, _| Payload::Scalar(Scalar::Fixed64(1))),
    },
    Edit {
        name: "wire_type_length",
        verdict: Verdict::Grey,
        explain: "the octets of a field come with their length before them; parsers keep it as unknown, \
                  refuse it, or take it for packed numbers",
        places: |tree, _| others(tree, Wire::Length),
        apply: |tree, place| {
            swap(tree, place, |_, payload| Payload::delimited(Content::Octets(inner(payload))))
        },
    },
    Edit {
        name: "wire_type_group",
        verdict: Verdict::Grey,
        explain: "a message comes as a group of its fields, another field as an empty one; parsers keep it \
                  as unknown, or refuse it",
        places: |tree, _| others(tree, Wire::Start),
        apply: |tree, place| {
            let content = tree.field(place)?.tree().cloned().unwrap_or_default();
            swap(tree, place, |number, _| {
                let end = Some(Tag::new(number, Wire::End));
                Payload::Group { tree: content, end }
            })
        },
    },
    Edit {
        name: "wire_type_fixed32",
        verdict: Verdict::Grey,
        explain: "a field comes as a 1 of 4 octets; parsers keep it as unknown, or refuse it",
        places: |tree, _| others(tree, Wire::Fixed32),
        apply: |tree, place| swap(tree, place, |_, _| Payload::Scalar(Scalar::Fixed32(1))),
    },
    Edit {
        name: "wire_type_6",
        verdict: Verdict::MustReject,
        explain: "a field has the wire type 6, which there is not: nobody knows where it ends",
        places: fields,
        apply: |tree, place| announce(tree, place, Wire::Six),
    },
    Edit {
        name: "wire_type_7",
        verdict: Verdict::MustReject,
        explain: "a field has the wire type 7, which there is not: nobody knows where it ends",
        places: fields,
        apply: |tree, place| announce(tree, place, Wire::Seven),
    },
];

/// The fields of another wire type.
fn others(tree: &Tree, wire: Wire) -> Vec<Place> {
    fields_where(tree, |field| field.tag.wire != wire)
}

/// Gives a field another payload, and the wire type of that.
fn swap(
    tree: &mut Tree,
    place: &Place,
    payload: impl FnOnce(u32, &Payload) -> Payload,
) -> Option<()> {
    let field = tree.field_mut(place)?;
    let number = field.tag.number;
    *field = Field::new(number, payload(number, &field.payload));
    Some(())
}

/// Changes the wire type alone.
fn announce(tree: &mut Tree, place: &Place, wire: Wire) -> Option<()> {
    tree.field_mut(place)?.tag.wire = wire;
    Some(())
}

/// The octets of a payload, without what ends it.
fn inner(payload: &Payload) -> Bytes {
    let mut out = Vec::new();
    match payload {
        Payload::Group { tree, .. } => out = encode(tree),
        _ => encode::payload(payload, &mut out),
    }
    out.into()
}
