//! The canonical form that values are generated from.
//!
//! A bundled schema becomes a graph of [`Node`]s, each a choice of [`Branch`]es of one JSON type
//! with all constraints merged: `allOf` and `$ref` are folded in, `anyOf`, `oneOf`, `if`, `not` and
//! `dependentSchemas` become branches. Where merging is not exact the node is guarded:
//! what its branches give must be confirmed. Recursion is an edge back, never an endless tree. The
//! idea, more by construction and less by filtering, is that of hypothesis-jsonschema's
//! canonicalisation.

mod build;
mod conjunction;
mod constants;
mod guard;
mod height;
mod merge;
mod negate;
mod number;
mod object;

pub use constants::Constants;
pub use guard::Guard;
pub use number::{Grid, NumberShape};

use std::any::Any;
use std::sync::{Arc, OnceLock};

use super::format::Format;
use super::measure::Measured;
use super::pattern::Pattern;
use crate::value::{Object, Text, Value};

/// So many nodes of what a schema forbids are worked out; where it begins is what matters.
const MOST_NEGATED: usize = 200;

/// A graph of shapes.
#[derive(Debug)]
pub struct Shapes {
    nodes: Vec<Node>,
    /// The bundle it was made of, for its definitions.
    bundle: Arc<Value>,
    constants: OnceLock<Constants>,
    /// The node of [`Self::ANY`].
    any: Node,
}

/// A node of a [`Shapes`] graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// What values at one place look like.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// The ways a value can look, `null` first, then as the schema orders them. Empty where nothing
    /// satisfies the schema.
    pub branches: Vec<Branch>,
    /// Judges what the branches give, where that may still be invalid.
    pub guard: Option<Guard>,
    /// The least nesting a value needs; [`u32::MAX`] where there is none.
    pub height: u32,
    /// `default`, `example` and `examples` found here.
    pub examples: Vec<Value>,
    /// `readOnly`: the server owns it.
    pub read_only: bool,
}

/// One way a value can look.
#[derive(Clone, Debug)]
pub enum Branch {
    /// `null`
    Null,
    /// `false` and `true`.
    Bool,
    /// One of these values (`const`, `enum`).
    Constants(Vec<Value>),
    /// A number.
    Number(NumberShape),
    /// A string.
    String(StringShape),
    /// An array.
    Array(ArrayShape),
    /// An object.
    Object(ObjectShape),
}

/// A string with its bounds.
#[derive(Clone, Debug, Default)]
pub struct StringShape {
    /// Least length in code points.
    pub min: usize,
    /// Greatest length in code points.
    pub max: Option<usize>,
    /// It must match all of these.
    pub patterns: Vec<Arc<Pattern>>,
    /// `format`, where one is given.
    pub format: Option<String>,
    /// What its texts may measure, where that is bounded.
    pub measured: Option<Measured>,
    /// `contentEncoding` or a binary format: octets.
    pub binary: bool,
    /// Room for what a generator works out of it once.
    pub prepared: Prepared,
}

impl StringShape {
    /// The format that says what its texts look like, where it is one we know.
    pub fn textual_format(&self) -> Option<Format> {
        Format::of(self.format.as_deref()?)
            .filter(|format| !matches!(format, Format::Binary | Format::Password))
    }

    /// Whether any text within the bounds of length will do.
    pub fn is_free(&self) -> bool {
        self.patterns.is_empty() && self.textual_format().is_none() && self.measured.is_none()
    }
}

/// Room for one thing that a user of a shape works out of it once.
#[derive(Clone, Debug, Default)]
pub struct Prepared(OnceLock<Arc<dyn Any + Send + Sync>>);

impl Prepared {
    /// The thing, worked out when first asked for. All askers ask for the same type.
    pub fn get_or_init<T: Send + Sync + 'static>(&self, init: impl FnOnce() -> T) -> Option<&T> {
        self.0.get_or_init(|| Arc::new(init())).downcast_ref()
    }
}

/// An array with its elements.
#[derive(Clone, Debug, Default)]
pub struct ArrayShape {
    /// What stands at the first places.
    pub prefix: Vec<NodeId>,
    /// What stands after them; `None` where nothing may.
    pub rest: Option<NodeId>,
    /// Least number of elements.
    pub min: usize,
    /// Greatest number of elements.
    pub max: Option<usize>,
    /// Whether all must differ.
    pub unique: bool,
    /// What some elements must be: the node, and how many at least and at most.
    pub contains: Vec<(NodeId, usize, Option<usize>)>,
}

/// An object with its members.
#[derive(Clone, Debug, Default)]
pub struct ObjectShape {
    /// Members the schema names, in its order.
    pub members: Vec<Member>,
    /// Members whose names match a pattern.
    pub patterns: Vec<Patterned>,
    /// Members the schema names that nothing satisfies.
    pub forbidden: Vec<Text>,
    /// All other members; `None` where none are allowed.
    pub additional: Option<NodeId>,
    /// Whether the schema speaks of other members at all, so that some should be tried.
    pub open: bool,
    /// What names of members look like, where that is restricted.
    pub names: Option<NodeId>,
    /// Least number of members.
    pub min: usize,
    /// Greatest number of members.
    pub max: Option<usize>,
    /// Where the first is present the others must be.
    pub dependent: Vec<(Text, Vec<Text>)>,
}

/// Members whose names match a pattern.
#[derive(Clone, Debug)]
pub struct Patterned {
    /// The pattern.
    pub pattern: Arc<Pattern>,
    /// The value.
    pub node: NodeId,
    /// Room for what a generator works out of the pattern once.
    pub prepared: Prepared,
}

/// A member of an object that the schema names.
#[derive(Clone, Debug)]
pub struct Member {
    /// The key.
    pub name: Text,
    /// The value.
    pub node: NodeId,
    /// Whether it must be there.
    pub required: bool,
    /// Whether the server owns it, so that requests leave it out.
    pub read_only: bool,
}

impl Shapes {
    /// The node that any JSON value fits.
    pub const ANY: NodeId = NodeId(u32::MAX);

    /// The graph of a bundled schema; its root is [`Self::ROOT`].
    pub fn new(bundle: &Value) -> Self {
        Self::of(Arc::new(bundle.clone()))
    }

    /// The same for a schema that is shared.
    pub fn of(bundle: Arc<Value>) -> Self {
        build::build(bundle, build::MOST_NODES)
    }

    /// The node of the whole schema.
    pub const ROOT: NodeId = NodeId(0);

    /// A node; `None` for [`Self::ANY`].
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// A node; for [`Self::ANY`] one with a branch for each JSON type.
    pub fn node_or_any(&self, id: NodeId) -> &Node {
        self.node(id).unwrap_or(&self.any)
    }

    /// Whether the whole schema says nothing that would tell texts from other values: it admits every
    /// JSON type, and no keyword of it is about numbers, arrays or objects.
    pub fn is_untyped(&self) -> bool {
        let free = |branch: &Branch| match branch {
            Branch::Null | Branch::Bool | Branch::String(_) => true,
            Branch::Constants(_) => false,
            Branch::Number(shape) => shape.is_any(),
            Branch::Array(shape) => shape.is_any(),
            Branch::Object(shape) => shape.is_any(),
        };
        let Some(root) = self.node(Self::ROOT) else { return true };
        root.branches.len() == self.any.branches.len() && root.branches.iter().all(free)
    }

    /// The graph of the texts that the whole schema admits.
    #[must_use]
    pub fn texts(&self) -> Self {
        let mut bundle = match &*self.bundle {
            Value::Object(object) => object.clone(),
            _ => Object::new(),
        };
        bundle.set("type", Value::text("string"));
        Self::of(Arc::new(Value::Object(bundle)))
    }

    /// All nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The constants that the schema names.
    pub fn constants(&self) -> &Constants {
        self.constants.get_or_init(|| Constants::of(&self.nodes))
    }

    /// The bundle it was made of.
    pub fn bundle(&self) -> &Arc<Value> {
        &self.bundle
    }

    /// The graph of what the whole schema forbids, or a guarded node; `None` for a node whose branches
    /// are exact.
    pub fn negation(&self, id: NodeId) -> Option<Self> {
        if id == Self::ROOT {
            let whole = Value::object([("$ref", Value::text("#/$defs/phi:whole"))]);
            let denied = guard::negated(&[whole], &self.bundle);
            return Some(build::build(Arc::new(denied), MOST_NEGATED));
        }
        let guard = self.node(id)?.guard.as_ref()?;
        Some(build::build(Arc::new(guard.negated(&self.bundle)), MOST_NEGATED))
    }

    /// The least nesting a branch needs.
    pub fn branch_height(&self, branch: &Branch) -> u32 {
        height::branch_height(branch, &|id| self.node(id).map_or(0, |node| node.height))
    }

    /// Whether a value that the node gave is valid there: always, where it has no guard.
    pub fn confirms(&self, node: &Node, value: &Value) -> bool {
        node.guard.as_ref().is_none_or(|guard| guard.accepts(value, &self.bundle))
    }
}

impl ArrayShape {
    /// Whether it is an array of anything.
    fn is_any(&self) -> bool {
        self.prefix.is_empty()
            && self.rest == Some(Shapes::ANY)
            && (self.min, self.max, self.unique) == (0, None, false)
            && self.contains.is_empty()
    }

    /// What stands at an index; `None` where nothing may.
    pub fn node_of(&self, index: usize) -> Option<NodeId> {
        self.prefix.get(index).copied().or(self.rest)
    }
}

impl ObjectShape {
    /// Whether it is an object of anything.
    fn is_any(&self) -> bool {
        self.members.is_empty()
            && self.patterns.is_empty()
            && self.forbidden.is_empty()
            && self.additional == Some(Shapes::ANY)
            && (self.min, self.max, self.names) == (0, None, None)
            && self.dependent.is_empty()
    }

    /// What stands under a name; `None` where nothing may.
    pub fn node_of(&self, name: &Text) -> Option<NodeId> {
        let named = self.members.iter().find(|member| member.name == *name).map(|m| m.node);
        let matching = || self.patterns.iter().find(|p| p.pattern.matches(name)).map(|p| p.node);
        named.or_else(matching).or(self.additional)
    }
}

impl Branch {
    /// The array, if it is one.
    pub fn as_array(&self) -> Option<&ArrayShape> {
        if let Self::Array(shape) = self { Some(shape) } else { None }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&ObjectShape> {
        if let Self::Object(shape) = self { Some(shape) } else { None }
    }

    /// The JSON type it gives; `None` for constants, which may be of several.
    pub fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Null => Some("null"),
            Self::Bool => Some("boolean"),
            Self::Constants(_) => None,
            Self::Number(_) => Some("number"),
            Self::String(_) => Some("string"),
            Self::Array(_) => Some("array"),
            Self::Object(_) => Some("object"),
        }
    }
}
