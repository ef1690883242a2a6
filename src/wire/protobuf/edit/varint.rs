//! Varints that are longer than they need to be, or do not end ("Base 128 Varints").

use super::{Edit, Verdict, append, bounded, cut, fields_where, is_bounded, messages};
use crate::wire::protobuf::varint::{LONGEST, LONGEST_OF_32};
use crate::wire::protobuf::{Field, Hint, Node, Payload, Place, Scalar, Tree, Varint};

pub(super) static EDITS: &[Edit] = &[
    Edit {
        name: "overlong_varint",
        verdict: Verdict::MustAccept,
        explain: "a number is written in 10 octets, more than it needs; it means the same",
        places: |tree, _| {
            fields_where(tree, |field| varint(field).is_some_and(|v| v.octets() < LONGEST))
        },
        apply: |tree, place| change(tree, place, |varint| varint.stretched(LONGEST)),
    },
    Edit {
        name: "varint_of_11_octets",
        verdict: Verdict::MustReject,
        explain: "a number is written in 11 octets; 10 are the most, and enough for 64 bits",
        places: varints,
        apply: |tree, place| change(tree, place, |varint| varint.stretched(LONGEST + 1)),
    },
    Edit {
        name: "varint_beyond_64_bits",
        verdict: Verdict::Grey,
        explain: "the tenth octet of a number holds a bit above its 64; some parsers drop it, others \
                  refuse it",
        places: varints,
        apply: |tree, place| change(tree, place, |varint| Varint::new(varint.value | 1 << 64)),
    },
    Edit {
        name: "overlong_tag",
        verdict: Verdict::Grey,
        explain: "a tag is written in 5 octets, more than it needs; some parsers take none but the \
                  shortest",
        places: |tree, _| fields_where(tree, |field| field.tag.varint().octets() < LONGEST_OF_32),
        apply: |tree, place| {
            let tag = &mut tree.field_mut(place)?.tag;
            tag.surplus = tag.varint().stretched(LONGEST_OF_32).surplus;
            Some(())
        },
    },
    Edit {
        name: "truncated_varint",
        verdict: Verdict::MustReject,
        explain: "the message ends in a number whose last octet says that another one follows",
        places: |tree, hint| bounded(tree, varints(tree, hint)),
        apply: |tree, place| {
            tree.field(place).and_then(varint)?;
            cut(tree, place, |octets| {
                if let Some(last) = octets.last_mut() {
                    *last |= 0x80;
                }
            })
        },
    },
    Edit {
        name: "truncated_tag",
        verdict: Verdict::MustReject,
        explain: "the message ends in a tag whose last octet says that another one follows",
        places: |tree, hint| {
            let mut places = messages(tree, hint);
            places.retain(|place| is_bounded(tree, place));
            places
        },
        apply: |tree, place| append(tree, place, Node::Raw(vec![0x80].into())),
    },
];

fn varint(field: &Field) -> Option<Varint> {
    match field.payload {
        Payload::Scalar(Scalar::Varint(varint)) => Some(varint),
        _ => None,
    }
}

fn varints(tree: &Tree, _: &Hint<'_>) -> Vec<Place> {
    fields_where(tree, |field| varint(field).is_some())
}

fn change(tree: &mut Tree, place: &Place, change: impl Fn(Varint) -> Varint) -> Option<()> {
    let field = tree.field_mut(place)?;
    field.payload = Payload::Scalar(Scalar::Varint(change(varint(field)?)));
    Some(())
}
