//! Numbers of repeated fields, which parsers take packed and one by one ("Packed Repeated Fields").

use bytes::Bytes;

use super::{Edit, Verdict, fields_where};
use crate::wire::protobuf::{
    Content, Delimited, Element, Field, Hint, Kind, Length, Node, Packed, Payload, Place, Scalar,
    Tree,
};

pub(super) static EDITS: &[Edit] = &[
    Edit {
        name: "unpacked",
        verdict: Verdict::MustAccept,
        explain: "the numbers of a packed field come one by one, each with a tag; they mean the same",
        places: |tree, _| {
            fields_where(tree, |field| run(field).is_some_and(|run| !run.scalars.is_empty()))
        },
        apply: unpack,
    },
    Edit {
        name: "packed",
        verdict: Verdict::MustAccept,
        explain: "the numbers of a repeated field that come one by one come packed; they mean the same",
        places: loose,
        apply: pack,
    },
    Edit {
        name: "truncated_packed",
        verdict: Verdict::MustReject,
        explain: "a packed field ends in a number that is not whole",
        places: |tree, _| fields_where(tree, |field| run(field).is_some()),
        apply: |tree, place| {
            let Payload::Delimited(Delimited { content: Content::Packed(packed), .. }) =
                &mut tree.field_mut(place)?.payload
            else {
                return None;
            };
            packed.tail = match packed.element {
                Element::Varint => vec![0x80],
                Element::Fixed64 => vec![0; 7],
                Element::Fixed32 => vec![0; 3],
            }
            .into();
            Some(())
        },
    },
];

/// The numbers of a field that is packed, and whole.
fn run(field: &Field) -> Option<&Packed> {
    match &field.payload {
        Payload::Delimited(Delimited {
            length: Length::Right { .. },
            content: Content::Packed(packed),
        }) => packed.tail.is_empty().then_some(packed),
        _ => None,
    }
}

fn unpack(tree: &mut Tree, place: &Place) -> Option<()> {
    let field = tree.field(place)?;
    let number = field.tag.number;
    let scalars = run(field)?.scalars.clone();
    let loose = |scalar| Node::Field(Field::new(number, Payload::Scalar(scalar)));
    let (message, index) = place.split()?;
    tree.message_mut(&message)?.nodes.splice(index..=index, scalars.into_iter().map(loose));
    Some(())
}

/// A number that stands alone.
fn number(field: &Field) -> Option<Scalar> {
    match field.payload {
        Payload::Scalar(scalar) => Some(scalar),
        _ => None,
    }
}

/// The first of each row of numbers of a repeated field.
fn loose(tree: &Tree, hint: &Hint<'_>) -> Vec<Place> {
    let repeated = |place: &Place| {
        let element = tree.field(place).and_then(number)?.element();
        let path = tree.path(place)?;
        (hint(&path) == Kind::Packed(element)).then_some(path)
    };
    let mut places = tree.fields();
    places.retain(|place| {
        let Some((message, index)) = place.split() else { return false };
        let before = index.checked_sub(1).map(|index| message.within(index));
        repeated(place).is_some_and(|path| before.and_then(|b| repeated(&b)) != Some(path))
    });
    places
}

/// Packs the numbers from a place on, up to the next other field.
fn pack(tree: &mut Tree, place: &Place) -> Option<()> {
    let first = tree.field(place)?;
    let (tag, element) = (first.tag, number(first)?.element());
    let (message, index) = place.split()?;
    let nodes = &mut tree.message_mut(&message)?.nodes;
    let scalars: Vec<Scalar> = nodes[index..]
        .iter()
        .map_while(|node| node.field().filter(|field| field.tag.number == tag.number))
        .map_while(|field| number(field).filter(|scalar| scalar.element() == element))
        .collect();
    let end = index + scalars.len();
    let packed = Content::Packed(Packed { element, scalars, tail: Bytes::new() });
    let field = Field::new(tag.number, Payload::delimited(packed));
    nodes.splice(index..end, [Node::Field(field)]);
    Some(())
}
