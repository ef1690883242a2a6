//! Laws of the tree, and the rows of the table of what parsers have to take.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::value::hex;

/// What the fields of the messages of these tests hold, at every depth: 2 the message itself, 3 and 7
/// numbers, 8 a group.
pub(super) fn hint(path: &[u32]) -> Kind {
    match path.last() {
        Some(2) => Kind::Message,
        Some(3) => Kind::Packed(Element::Varint),
        Some(7) => Kind::Packed(Element::Fixed32),
        _ => Kind::Octets,
    }
}

pub(super) fn octets(hexadecimal: &str) -> Bytes {
    hex::parse(hexadecimal).unwrap().into()
}

/// Octets that are likely to be tags, lengths and ends of varints.
pub(super) fn wild() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![any::<u8>(), 0_u8..0x40, Just(0x12), Just(0x80), Just(0x1a)];
    prop::collection::vec(octet, 0..80)
}

/// A well-formed message, as far as it can be opened.
pub(super) fn message() -> impl Strategy<Value = Tree> {
    let varint = || {
        (any::<u64>(), 1_usize..=10)
            .prop_map(|(value, octets)| Scalar::Varint(Varint::new(value).stretched(octets)))
    };
    let fixed32 = || any::<u32>().prop_map(Scalar::Fixed32);
    let packed = |element, scalars| {
        Payload::delimited(Content::Packed(Packed { element, scalars, tail: Bytes::new() }))
    };
    let text = prop::collection::vec(any::<u8>(), 0..8);
    let several = |numbers: BoxedStrategy<Scalar>| prop::collection::vec(numbers, 0..4);
    let leaf = prop_oneof![
        varint().prop_map(|number| Field::new(1, Payload::Scalar(number))),
        varint().prop_map(|number| Field::new(3, Payload::Scalar(number))),
        several(varint().boxed()).prop_map(move |n| Field::new(3, packed(Element::Varint, n))),
        text.prop_map(|t| Field::new(4, Payload::delimited(Content::Octets(t.into())))),
        fixed32().prop_map(|number| Field::new(5, Payload::Scalar(number))),
        any::<u64>().prop_map(|number| Field::new(6, Payload::Scalar(Scalar::Fixed64(number)))),
        fixed32().prop_map(|number| Field::new(7, Payload::Scalar(number))),
        several(fixed32().boxed()).prop_map(move |n| Field::new(7, packed(Element::Fixed32, n))),
    ];
    let node = leaf.prop_map(Node::Field).prop_recursive(3, 16, 3, |inner| {
        let tree = prop::collection::vec(inner, 0..3).prop_map(|nodes| Tree { nodes });
        (tree, any::<bool>()).prop_map(|(tree, is_group)| {
            Node::Field(if is_group {
                let end = Some(Tag::new(8, Wire::End));
                Field::new(8, Payload::Group { tree, end })
            } else {
                Field::new(2, Payload::delimited(Content::Message(tree)))
            })
        })
    });
    prop::collection::vec(node, 0..5).prop_map(|nodes| Tree { nodes })
}

proptest! {
    #[test]
    fn any_octets_are_given_back(octets in wild()) {
        let octets = Bytes::from(octets);
        for hint in [&hint as &Hint<'_>, &unknown, &|_: &[u32]| Kind::Message] {
            let mut tree = parse(&octets, hint);
            prop_assert_eq!(encode(&tree), octets.clone());
            tree.open_plausible();
            prop_assert_eq!(encode(&tree), octets.clone());
            let _ = listing(&tree);
        }
    }

    #[test]
    fn a_well_formed_message_is_read_as_it_was_written(tree in message()) {
        prop_assert!(tree.is_well_formed());
        prop_assert_eq!(parse(&encode(&tree).into(), &hint), tree);
    }
}

/// The fields are: 1 text, 2 the message itself, 3 numbers, 4 a map, 5 and 6 one of two, 7 an enum, 9 a
/// number.
#[test]
fn what_parsers_have_to_take_is_well_formed() {
    let hint = |path: &[u32]| match path.last() {
        Some(2 | 4) => Kind::Message,
        Some(3) => Kind::Packed(Element::Varint),
        _ => Kind::Octets,
    };
    for (what, hexadecimal, expected) in [
        ("an empty message", "", true),
        ("an unknown field", "a00601", true),
        ("text as a varint", "0801", true),
        ("a number as text", "4a0161", true),
        ("half a tag", "80", false),
        ("half a varint", "38ff", false),
        ("10 octets", "38 81808080808080808000", true),
        ("11 octets", "38 8180808080808080808000", false),
        ("a bit above 64", "38 ffffffffffffffffff02", false),
        ("field 0", "0001", false),
        ("wire type 6", "0e01", false),
        ("wire type 7", "0f", false),
        ("an unknown group", "a3060801a406", true),
        ("a group within a group", "a306 1b 1c a406", true),
        ("a group without end", "a3060801", false),
        ("an end without group", "a406", false),
        ("an end of another group", "a306ac06", false),
        ("packed", "1a020102", true),
        ("unpacked", "18011802", true),
        ("both", "1a01011802", true),
        ("half a number, packed", "1a020180", false),
        ("twice", "38013802", true),
        ("both of one of two", "28013001", true),
        ("a negative enum", "38ffffffffffffffffff01", true),
        ("a number of more than 32 bits", "188080808080808001", true),
        ("a length past the end", "0a0561", false),
        ("a length of 2^31", "0a808080800861", false),
        ("a length of 2^63", "0a8080808080808080800161", false),
        ("an entry of a map without key and value", "2200", true),
        ("an unknown field in an entry", "2203 a00601", true),
        ("half a field within a message", "1201 08", false),
        ("half a number of 4 octets", "2d000000", false),
        ("half a number of 8 octets", "3100000000000000", false),
    ] {
        let octets = octets(hexadecimal);
        let tree = parse(&octets, &hint);
        assert_eq!(encode(&tree), octets, "{what}");
        assert_eq!(tree.is_well_formed(), expected, "{what}: {}", listing(&tree));
    }
}

#[test]
fn nothing_is_set_aside_for_a_length_that_is_announced() {
    for announced in [4, 1 << 31, 1 << 63, u128::from(u64::MAX), 1 << 100] {
        let mut octets = vec![0x0a];
        let length = Varint::new(announced);
        length.write(&mut octets);
        octets.extend(b"abc");
        let octets = Bytes::from(octets);
        let tree = parse(&octets, &unknown);
        let payload = Delimited {
            length: Length::Wrong(length),
            content: Content::Octets(Bytes::from_static(b"abc")),
        };
        let field = Field::new(1, Payload::Delimited(payload));
        assert_eq!(tree.nodes, [Node::Field(field)]);
        assert_eq!(encode(&tree), octets);
    }
}

#[test]
fn octets_are_shared_with_what_they_were_read_from() {
    let octets = octets("0a03616263");
    let tree = parse(&octets, &unknown);
    let Payload::Delimited(delimited) = &tree.field(&Place(vec![0])).unwrap().payload else {
        panic!("{tree:?}")
    };
    let Content::Octets(content) = &delimited.content else { panic!("{tree:?}") };
    assert_eq!(content.as_ptr(), octets[2..].as_ptr());
}

#[test]
fn depth_does_not_overflow_the_stack() {
    let mut message = Vec::new();
    for _ in 0..10_000 {
        let mut outer = vec![0x12];
        Varint::new(message.len() as u64).write(&mut outer);
        outer.extend(message);
        message = outer;
    }
    let starts = vec![0x0b; 10_000];
    let balanced = [vec![0x0b; 10_000], vec![0x0c; 10_000]].concat();
    let ends = vec![0x0c; 10_000];
    for octets in [message, starts, balanced, ends].map(Bytes::from) {
        let mut tree = parse(&octets, &hint);
        tree.open_plausible();
        assert_eq!(tree.clone(), tree);
        assert_eq!(encode(&tree), octets);
        assert!(!format!("{tree:?}{}", listing(&tree)).is_empty());
    }
}
