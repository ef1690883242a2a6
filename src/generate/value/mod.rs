//! Values from shapes, and back: drawing and lifting.
//!
//! [`draw`] makes a value of a shape through a [`Source`]; [`lift`] runs it backwards, from any value
//! to the choices that make [`draw`] give exactly that value. What a shape would not give becomes a
//! raw leaf: the mark [`Raw`](crate::choice::Choice::Raw) and then the choices of [`any`], which gives every value.

pub mod any;
mod array;
mod draw;
mod lift;
mod measured;
mod number;
mod object;
mod string;

pub use draw::draw;
pub use lift::lift;
pub use object::names;
pub use string::matches;

use crate::choice::{Alphabet, Source};
use crate::schema::Shapes;
use crate::schema::shape::{Branch, Constants, NodeId};
use crate::value::{Pointer, Text};

/// Where a value will stand, as far as that restricts what is worth drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Setting {
    /// Code points of random texts.
    pub alphabet: Alphabet,
    /// Texts have at least this many code points: an empty path segment names another path.
    pub least_text: usize,
    /// Longer texts, in code points, are not worth sending there; `None` where any are.
    pub most_text: Option<usize>,
    /// Whether values travel as text: what may be anything is a text then.
    pub textual: bool,
    /// Whether octets can stand there as they are (file parts, binary bodies).
    pub octets: bool,
}

/// A place in a graph of shapes, and what makes some values likelier there than others.
#[derive(Clone, Copy, Debug)]
pub struct Place<'s> {
    /// The graph.
    pub shapes: &'s Shapes,
    /// The node.
    pub node: NodeId,
    /// Where the value will stand.
    pub setting: Setting,
    /// Constants of the contract, by the part they stand in.
    pub constants: &'s [&'s Constants],
    /// How full random values are: how likely what may be left out is there, 0 to 1.
    pub fullness: f64,
}

impl<'s> Place<'s> {
    /// The whole of a graph.
    pub fn root(shapes: &'s Shapes, setting: Setting) -> Self {
        Self { shapes, node: Shapes::ROOT, setting, constants: &[], fullness: 0.5 }
    }

    /// Another node of the same graph.
    #[must_use]
    pub fn at(self, node: NodeId) -> Self {
        Self { node, ..self }
    }

    /// The place of a member of this name.
    pub fn member(self, name: &Text) -> Option<Self> {
        let mut objects =
            self.shapes.node(self.node)?.branches.iter().filter_map(Branch::as_object);
        let node = objects.find_map(|object| object.node_of(name))?;
        Some(self.at(node))
    }

    /// The place of an element.
    pub fn element(self, index: usize) -> Option<Self> {
        let mut arrays = self.shapes.node(self.node)?.branches.iter().filter_map(Branch::as_array);
        let node = arrays.find_map(|array| array.node_of(index))?;
        Some(self.at(node))
    }

    /// The place at the end of a way.
    pub fn find(self, pointer: &Pointer) -> Option<Self> {
        pointer.tokens().iter().try_fold(self, |place, token| {
            let index = token.as_str().and_then(|text| text.parse().ok());
            place.member(token).or_else(|| place.element(index?))
        })
    }

    /// Some constants of the contract, from one part of it.
    fn some_constants(&self, source: &mut Source<'_>) -> Option<&'s Constants> {
        source.dice()?.pick(self.constants).copied()
    }
}
