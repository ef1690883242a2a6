//! Octets into a tree.

use bytes::Bytes;

use super::scalar::{Element, Scalar};
use super::tag::{Tag, Wire};
use super::tree::{Content, Delimited, Field, Hint, Kind, Length, Node, Packed, Payload, Tree};
use super::varint::Varint;

/// How many messages and groups a tree has within each other at most. What is deeper stays closed or
/// raw; parsers in the field allow 100.
pub const DEEPEST: usize = 128;

/// The tree of a message. Any octets have one, and [`super::encode`] gives them back.
///
/// It takes more than parsers do: varints of up to 18 octets, ends of groups with any number. Octets are
/// shared, never copied, and nothing is set aside for a length that is only announced.
pub fn parse(octets: &Bytes, hint: &Hint<'_>) -> Tree {
    within(octets, hint, &mut Vec::new(), DEEPEST)
}

/// The tree of the message at a path, where so many more levels may follow.
pub(super) fn within(octets: &Bytes, hint: &Hint<'_>, path: &mut Vec<u32>, room: usize) -> Tree {
    Reader { octets, at: 0, hint, path }.nodes(room, false).0
}

struct Reader<'r> {
    octets: &'r Bytes,
    at: usize,
    hint: &'r Hint<'r>,
    /// The numbers of the fields around.
    path: &'r mut Vec<u32>,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        &self.octets[self.at..]
    }

    /// The next octets, which are there.
    fn take(&mut self, length: usize) -> Bytes {
        let begin = self.at;
        self.at += length;
        self.octets.slice(begin..self.at)
    }

    /// All there is; in a group up to its end, and the tag of that.
    fn nodes(&mut self, room: usize, in_group: bool) -> (Tree, Option<Tag>) {
        let mut tree = Tree::default();
        while !self.rest().is_empty() {
            let begin = self.at;
            let tag = self.tag();
            if in_group && tag.is_some_and(|tag| tag.wire == Wire::End) {
                return (tree, tag);
            }
            let field = tag.and_then(|tag| Some(Field { tag, payload: self.payload(tag, room)? }));
            tree.nodes.push(field.map_or_else(
                || {
                    self.at = self.octets.len();
                    Node::Raw(self.octets.slice(begin..))
                },
                Node::Field,
            ));
        }
        (tree, None)
    }

    fn tag(&mut self) -> Option<Tag> {
        let tag = Tag::read(self.rest())?;
        self.at += tag.varint().octets();
        Some(tag)
    }

    fn varint(&mut self) -> Option<Varint> {
        let varint = Varint::read(self.rest())?;
        self.at += varint.octets();
        Some(varint)
    }

    fn scalar(&mut self, element: Element) -> Option<Payload> {
        let scalar = Scalar::read(element, self.rest())?;
        self.at += scalar.octets();
        Some(Payload::Scalar(scalar))
    }

    /// The payload after a tag; `None` where it is not whole, or too deep.
    fn payload(&mut self, tag: Tag, room: usize) -> Option<Payload> {
        match tag.wire {
            Wire::Varint => self.scalar(Element::Varint),
            Wire::Fixed64 => self.scalar(Element::Fixed64),
            Wire::Fixed32 => self.scalar(Element::Fixed32),
            Wire::Length => self.delimited(tag.number, room).map(Payload::Delimited),
            Wire::Start => {
                let room = room.checked_sub(1)?;
                self.path.push(tag.number);
                let (tree, end) = self.nodes(room, true);
                self.path.pop();
                Some(Payload::Group { tree, end })
            }
            Wire::End => Some(Payload::Unknown(Bytes::new())),
            Wire::Six | Wire::Seven => Some(Payload::Unknown(self.take(self.rest().len()))),
        }
    }

    fn delimited(&mut self, number: u32, room: usize) -> Option<Delimited> {
        let announced = self.varint()?;
        let left = self.rest().len();
        let length = usize::try_from(announced.value).ok().filter(|length| *length <= left);
        let Some(length) = length else {
            let content = Content::Octets(self.take(left));
            return Some(Delimited { length: Length::Wrong(announced), content });
        };
        let octets = self.take(length);
        self.path.push(number);
        let content = match ((self.hint)(self.path), room.checked_sub(1)) {
            (Kind::Message, Some(room)) => {
                Content::Message(within(&octets, self.hint, self.path, room))
            }
            (Kind::Packed(element), _) => Content::Packed(packed(&octets, element)),
            _ => Content::Octets(octets),
        };
        self.path.pop();
        Some(Delimited { length: Length::Right { surplus: announced.surplus }, content })
    }
}

fn packed(octets: &Bytes, element: Element) -> Packed {
    let mut at = 0;
    let mut scalars = Vec::new();
    while let Some(scalar) = Scalar::read(element, &octets[at..]) {
        at += scalar.octets();
        scalars.push(scalar);
    }
    Packed { element, scalars, tail: octets.slice(at..) }
}
