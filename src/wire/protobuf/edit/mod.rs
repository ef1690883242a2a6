//! Edits of a message on the wire: each damages a well-formed tree in one place, or writes the same
//! message in an unusual way.
//!
//! An edit says what a parser has to make of the result. That holds where the tree was opened by one
//! who knows the descriptor: within octets that only look like a message nothing is refused. It speaks
//! of the parser alone; what rules say of the values is another matter.

mod cut;
mod group;
mod length;
mod nesting;
mod number;
mod packing;
mod repetition;
#[cfg(test)]
mod tests;
mod varint;
mod wire_type;

use super::{Field, Hint, Node, Payload, Place, Tree, encode};

/// One way to edit a message.
#[derive(Debug)]
pub struct Edit {
    /// The name in case files and reports.
    pub name: &'static str,
    /// What a parser has to make of it.
    pub verdict: Verdict,
    /// What it does and why it has its verdict, for a person.
    pub explain: &'static str,
    places: fn(&Tree, &Hint<'_>) -> Vec<Place>,
    apply: fn(&mut Tree, &Place) -> Option<()>,
}

/// What a parser has to make of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every conformant parser takes it.
    MustAccept,
    /// Every conformant parser refuses it.
    MustReject,
    /// Conformant parsers differ.
    Grey,
}

impl Edit {
    /// The places of a well-formed tree that it can be applied at, in the order of the tree.
    pub fn places(&self, tree: &Tree, hint: &Hint<'_>) -> Vec<Place> {
        (self.places)(tree, hint)
    }

    /// The tree with this edit; `None` where it does not fit the place, or changes no octet.
    pub fn apply(&self, tree: &Tree, place: &Place) -> Option<Tree> {
        let mut edited = tree.clone();
        (self.apply)(&mut edited, place)?;
        // Its verdict would be a lie.
        (encode(&edited) != encode(tree)).then_some(edited)
    }
}

/// Every edit, family by family, in a fixed order.
pub fn all() -> impl Iterator<Item = &'static Edit> {
    [
        varint::EDITS,
        number::EDITS,
        wire_type::EDITS,
        group::EDITS,
        packing::EDITS,
        repetition::EDITS,
        length::EDITS,
        nesting::EDITS,
        cut::EDITS,
    ]
    .into_iter()
    .flatten()
}

/// The edit of this name.
pub fn find(name: &str) -> Option<&'static Edit> {
    all().find(|edit| edit.name == name)
}

/// A number that no field has: `protoc` refuses 19000 to 19999 in descriptors, and parsers do not.
const UNKNOWN: u32 = 19_000;

/// Every field.
fn fields(tree: &Tree, _: &Hint<'_>) -> Vec<Place> {
    tree.fields()
}

/// The fields of which something holds.
fn fields_where(tree: &Tree, holds: impl Fn(&Field) -> bool) -> Vec<Place> {
    let mut places = tree.fields();
    places.retain(|place| tree.field(place).is_some_and(&holds));
    places
}

/// The message as a whole, and every message and group within it.
fn messages(tree: &Tree, _: &Hint<'_>) -> Vec<Place> {
    let within = fields_where(tree, |field| field.tree().is_some());
    [Place::default()].into_iter().chain(within).collect()
}

/// Whether a message is in no group, and none itself: where it ends does not depend on what is in it.
fn is_bounded(tree: &Tree, message: &Place) -> bool {
    let mut tree = Some(tree);
    message.0.iter().all(|index| {
        let field = tree.and_then(|tree| tree.nodes.get(*index)?.field());
        tree = field.and_then(Field::tree);
        field.is_some_and(|field| matches!(field.payload, Payload::Delimited(_)))
    })
}

/// Those fields that stand in a message that is bounded.
fn bounded(tree: &Tree, mut places: Vec<Place>) -> Vec<Place> {
    places.retain(|place| place.split().is_some_and(|(message, _)| is_bounded(tree, &message)));
    places
}

/// Adds something at the end of a message.
fn append(tree: &mut Tree, message: &Place, node: Node) -> Option<()> {
    tree.message_mut(message)?.nodes.push(node);
    Some(())
}

/// Changes the octets of a field, and drops what follows it in its message.
fn cut(tree: &mut Tree, place: &Place, change: impl FnOnce(&mut Vec<u8>)) -> Option<()> {
    let (message, index) = place.split()?;
    let nodes = &mut tree.message_mut(&message)?.nodes;
    let mut octets = encode::nodes(nodes.get(index..=index)?);
    change(&mut octets);
    nodes.truncate(index);
    nodes.push(Node::Raw(octets.into()));
    Some(())
}
