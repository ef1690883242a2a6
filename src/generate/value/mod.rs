//! Values from shapes, and back: drawing and lifting.
//!
//! [`draw`] makes a value of a shape through a [`Source`]; [`lift`] runs it backwards, from any value
//! to the choices that make [`draw`] give exactly that value. What a shape would not give becomes a
//! raw leaf: the mark [`Raw`](crate::choice::Choice::Raw) and then the choices of [`any`], which gives every value.

pub mod any;
mod array;
mod draw;
mod lift;
mod number;
mod object;
mod string;

pub use draw::draw;
pub use lift::lift;

use crate::choice::Alphabet;
use crate::schema::Shapes;
use crate::schema::shape::NodeId;

/// Where a value will stand, as far as that restricts what is worth drawing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setting {
    /// Code points of random texts.
    pub alphabet: Alphabet,
    /// Texts have at least this many code points: an empty path segment names another path.
    pub least_text: usize,
    /// Whether octets can stand there as they are (file parts, binary bodies).
    pub octets: bool,
}

/// A place in a graph of shapes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'s> {
    /// The graph.
    pub shapes: &'s Shapes,
    /// The node.
    pub node: NodeId,
    /// Where the value will stand.
    pub setting: Setting,
}

impl<'s> Place<'s> {
    /// The whole of a graph.
    pub fn root(shapes: &'s Shapes, setting: Setting) -> Self {
        Self { shapes, node: Shapes::ROOT, setting }
    }

    /// Another node of the same graph.
    #[must_use]
    pub fn at(self, node: NodeId) -> Self {
        Self { node, ..self }
    }
}
