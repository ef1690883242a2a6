//! Lengths that lie ("Length-Delimited Records").

use super::{Edit, Verdict, bounded, fields_where};
use crate::wire::protobuf::varint::LONGEST_OF_32;
use crate::wire::protobuf::{Delimited, Field, Hint, Length, Payload, Place, Tree, Varint, encode};

pub(super) static EDITS: &[Edit] = &[
    Edit {
        name: "length_past_end",
        verdict: Verdict::MustReject,
        explain: "a length goes one octet past the end of the message that its field stands in",
        places: |tree, hint| bounded(tree, delimited(tree, hint)),
        apply: |tree, place| {
            let (message, index) = place.split()?;
            let after = tree.message(&message)?.nodes.get(index + 1..)?;
            let after = encode::nodes(after).len();
            announce(tree, place, |length| Length::Wrong(Varint::new((length + after + 1) as u64)))
        },
    },
    Edit {
        name: "length_2_31",
        verdict: Verdict::MustReject,
        explain: "a length is 2^31, more than 32 bits with a sign hold; no memory may be set aside for it",
        places: delimited,
        apply: |tree, place| announce(tree, place, |_| Length::Wrong(Varint::new(1_u64 << 31))),
    },
    Edit {
        name: "length_2_63",
        verdict: Verdict::MustReject,
        explain: "a length is 2^63, more than 64 bits with a sign hold; no memory may be set aside for it",
        places: delimited,
        apply: |tree, place| announce(tree, place, |_| Length::Wrong(Varint::new(1_u64 << 63))),
    },
    Edit {
        name: "overlong_length",
        verdict: Verdict::Grey,
        explain: "a length is written in 5 octets, more than it needs; some parsers take none but the \
                  shortest",
        places: delimited,
        apply: |tree, place| {
            announce(tree, place, |length| {
                let surplus = Varint::new(length as u64).stretched(LONGEST_OF_32).surplus;
                Length::Right { surplus }
            })
        },
    },
];

fn right(field: &Field) -> Option<&Delimited> {
    match &field.payload {
        Payload::Delimited(delimited) => {
            matches!(delimited.length, Length::Right { .. }).then_some(delimited)
        }
        _ => None,
    }
}

/// The fields with a length, which is right.
fn delimited(tree: &Tree, _: &Hint<'_>) -> Vec<Place> {
    fields_where(tree, |field| right(field).is_some())
}

/// Announces another length, by the one that is right.
fn announce(tree: &mut Tree, place: &Place, length: impl FnOnce(usize) -> Length) -> Option<()> {
    let right = encode::content(&right(tree.field(place)?)?.content).len();
    if let Payload::Delimited(delimited) = &mut tree.field_mut(place)?.payload {
        delimited.length = length(right);
    }
    Some(())
}
