//! A message as it stands on the wire.

use bytes::Bytes;

use super::scalar::{Element, Scalar};
use super::tag::{Tag, Wire};
use super::varint::Varint;

/// A message, or what stands in a group: fields in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The fields, and what cannot be read as one.
    pub nodes: Vec<Node>,
}

/// A field, or what cannot be read as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A field.
    Field(Field),
    /// Octets that no field can be read from; when parsed, all that is left of the message.
    Raw(Bytes),
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What stands before the payload. Where its wire type contradicts the payload it is written all
    /// the same.
    pub tag: Tag,
    /// The payload.
    pub payload: Payload,
}

/// What a tag announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A number.
    Scalar(Scalar),
    /// Octets of a known length.
    Delimited(Delimited),
    /// All up to an end tag.
    Group {
        /// What stands in it.
        tree: Tree,
        /// The tag that ends it, of whatever number; `None` where the message ends before.
        end: Option<Tag>,
    },
    /// What follows a tag without meaning: nothing after the end of a group that did not begin, all
    /// that is left of the message after a wire type nobody knows.
    Unknown(Bytes),
}

/// Octets of a known length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delimited {
    /// The length that is announced.
    pub length: Length,
    /// What there is.
    pub content: Content,
}

/// A length that is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// That of the content, whatever it becomes.
    Right {
        /// Octets beyond those the length needs.
        surplus: u8,
    },
    /// Another one; when parsed, one that goes past the end of the message.
    Wrong(Varint),
}

/// What length-delimited octets hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Octets or text, or nothing is known of them.
    Octets(Bytes),
    /// Numbers of a repeated field.
    Packed(Packed),
    /// A message.
    Message(Tree),
}

/// Numbers of a repeated field, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// What they are.
    pub element: Element,
    /// The numbers.
    pub scalars: Vec<Scalar>,
    /// What is left that is not a whole number.
    pub tail: Bytes,
}

/// What a field is known to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A message.
    Message,
    /// The numbers of a repeated field, whether it comes packed or not.
    Packed(Element),
    /// Octets, text, one number; or nothing is known.
    Octets,
}

/// Tells what a field holds by its path: its number, after those of the fields around it, from the
/// outermost.
pub type Hint<'h> = dyn Fn(&[u32]) -> Kind + 'h;

/// The hint of one who knows nothing.
pub fn unknown(_: &[u32]) -> Kind {
    Kind::Octets
}

impl Tree {
    /// Whether a parser has to take it, as far as it is opened: whole fields with numbers and wire types
    /// that there are, lengths that are right, groups that end.
    pub fn is_well_formed(&self) -> bool {
        self.nodes.iter().all(|node| match node {
            Node::Field(field) => field.is_well_formed(),
            Node::Raw(_) => false,
        })
    }
}

impl Node {
    /// The field, where it is one.
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::Raw(_) => None,
        }
    }

    /// Whether it is a field of this number.
    pub(super) fn is_numbered(&self, number: u32) -> bool {
        self.field().is_some_and(|field| field.tag.number == number)
    }
}

impl Field {
    /// A field with the tag that its payload asks for.
    pub fn new(number: u32, payload: Payload) -> Self {
        Self { tag: Tag::new(number, payload.wire()), payload }
    }

    /// The message or group that it holds, as far as it is opened.
    pub fn tree(&self) -> Option<&Tree> {
        match &self.payload {
            Payload::Group { tree, .. } => Some(tree),
            Payload::Delimited(Delimited { content: Content::Message(tree), .. }) => Some(tree),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn tree_mut(&mut self) -> Option<&mut Tree> {
        match &mut self.payload {
            Payload::Group { tree, .. } => Some(tree),
            Payload::Delimited(Delimited { content: Content::Message(tree), .. }) => Some(tree),
            _ => None,
        }
    }

    fn is_well_formed(&self) -> bool {
        let tag = self.tag;
        if tag.number == 0 || tag.wire != self.payload.wire() || !tag.varint().is_well_formed() {
            return false;
        }
        match &self.payload {
            Payload::Scalar(scalar) => scalar.is_well_formed(),
            Payload::Delimited(Delimited { length: Length::Wrong(_), .. })
            | Payload::Unknown(_) => false,
            Payload::Delimited(Delimited { content, .. }) => content.is_well_formed(),
            Payload::Group { tree, end } => {
                end.is_some_and(|end| end.number == tag.number) && tree.is_well_formed()
            }
        }
    }
}

impl Payload {
    /// Length-delimited content, with the length it has.
    pub fn delimited(content: Content) -> Self {
        Self::Delimited(Delimited { length: Length::Right { surplus: 0 }, content })
    }

    /// The wire type that announces it.
    pub fn wire(&self) -> Wire {
        match self {
            Self::Scalar(scalar) => scalar.element().wire(),
            Self::Delimited(_) => Wire::Length,
            Self::Group { .. } => Wire::Start,
            Self::Unknown(_) => Wire::End,
        }
    }
}

impl Content {
    fn is_well_formed(&self) -> bool {
        match self {
            Self::Octets(_) => true,
            Self::Packed(packed) => {
                packed.tail.is_empty() && packed.scalars.iter().all(|s| s.is_well_formed())
            }
            Self::Message(tree) => tree.is_well_formed(),
        }
    }
}
