//! Messages and groups within each other: most parsers allow 100 levels, some 10 000.

use super::{Edit, UNKNOWN, Verdict, append, messages};
use crate::wire::protobuf::{
    Content, Delimited, Field, Hint, Kind, Length, Node, Payload, Place, Tag, Tree, Varint, Wire,
    encode,
};

/// Levels below the message as a whole that every parser takes.
const USUAL: usize = 100;

/// More than any parser takes.
const ABSURD: usize = 20_000;

pub(super) static EDITS: &[Edit] = &[
    Edit {
        name: "unknown_groups_100",
        verdict: Verdict::MustAccept,
        explain: "unknown groups stand within each other down to level 100, which parsers allow",
        places: with_groups,
        apply: |tree, place| add_groups(tree, place, USUAL),
    },
    Edit {
        name: "unknown_groups_101",
        verdict: Verdict::Grey,
        explain: "unknown groups stand within each other down to level 101; most parsers refuse that",
        places: with_groups,
        apply: |tree, place| add_groups(tree, place, USUAL + 1),
    },
    Edit {
        name: "unknown_groups_20000",
        verdict: Verdict::MustReject,
        explain: "unknown groups stand within each other down to level 20 000, where a stack may overflow \
                  (CVE-2024-7254)",
        places: with_groups,
        apply: |tree, place| add_groups(tree, place, ABSURD),
    },
    Edit {
        name: "nested_message_100",
        verdict: Verdict::MustAccept,
        explain: "a message holds itself down to level 100, which parsers allow",
        places: recursive,
        apply: |tree, place| nest(tree, place, USUAL),
    },
    Edit {
        name: "nested_message_101",
        verdict: Verdict::Grey,
        explain: "a message holds itself down to level 101; most parsers refuse that",
        places: recursive,
        apply: |tree, place| nest(tree, place, USUAL + 1),
    },
    Edit {
        name: "nested_message_20000",
        verdict: Verdict::MustReject,
        explain: "a message holds itself down to level 20 000, where a stack may overflow",
        places: recursive,
        apply: |tree, place| nest(tree, place, ABSURD),
    },
];

/// The messages that are not as deep as parsers allow.
fn with_groups(tree: &Tree, hint: &Hint<'_>) -> Vec<Place> {
    let mut places = messages(tree, hint);
    places.retain(|place| place.0.len() < USUAL);
    places
}

/// Adds groups down to a level. They come raw: no tree is that deep.
fn add_groups(tree: &mut Tree, place: &Place, level: usize) -> Option<()> {
    let levels = level.checked_sub(place.0.len())?;
    let tags = |wire| {
        let mut octets = Vec::new();
        Tag::new(UNKNOWN, wire).write(&mut octets);
        octets.repeat(levels)
    };
    append(tree, place, Node::Raw([tags(Wire::Start), tags(Wire::End)].concat().into()))
}

/// The fields with a message that can hold itself under its own number, and is not as deep as parsers
/// allow.
fn recursive(tree: &Tree, hint: &Hint<'_>) -> Vec<Place> {
    let mut places = tree.fields();
    places.retain(|place| {
        let levels =
            tree.field(place).and_then(message).map(|message| place.0.len() + height(message));
        let mut path = tree.path(place).unwrap_or_default();
        path.extend(path.last().copied().into_iter().cycle().take(USUAL));
        levels.is_some_and(|levels| levels < USUAL) && hint(&path) == Kind::Message
    });
    places
}

fn message(field: &Field) -> Option<&Tree> {
    match &field.payload {
        Payload::Delimited(Delimited {
            length: Length::Right { .. },
            content: Content::Message(tree),
        }) => Some(tree),
        _ => None,
    }
}

/// How many messages and groups stand within each other in this one.
fn height(tree: &Tree) -> usize {
    let within = tree.nodes.iter().filter_map(|node| node.field()?.tree());
    within.map(|tree| 1 + height(tree)).max().unwrap_or_default()
}

/// Puts a message into itself until what it holds is down at a level. It comes as octets: no tree is
/// that deep.
fn nest(tree: &mut Tree, place: &Place, level: usize) -> Option<()> {
    let field = tree.field_mut(place)?;
    let message = message(field)?;
    let times = level.checked_sub(place.0.len() + height(message))?;
    let octets = encode(message);
    let mut length = octets.len();
    let mut heads = Vec::new();
    for _ in 0..times {
        let mut head = Vec::new();
        Tag::new(field.tag.number, Wire::Length).write(&mut head);
        Varint::new(length as u64).write(&mut head);
        length += head.len();
        heads.push(head);
    }
    // The outermost was made last, knowing the length of all within.
    let octets: Vec<u8> = heads.into_iter().rev().flatten().chain(octets).collect();
    field.payload = Payload::delimited(Content::Octets(octets.into()));
    Some(())
}
