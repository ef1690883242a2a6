//! Building the graph: a work list of conjunctions, each a node once.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::conjunction::expand;
use super::{
    ArrayShape, Branch, Guard, Node, NodeId, NumberShape, ObjectShape, Shapes, StringShape, height,
    merge,
};
use crate::value::Value;

/// A graph has at most this many nodes; places beyond take any value.
pub(super) const MOST_NODES: usize = 4096;

/// The graph of a bundled schema, of at most so many nodes.
pub(super) fn build(bundle: Arc<Value>, most: usize) -> Shapes {
    let mut builder =
        Builder { root: &bundle, nodes: Vec::new(), known: HashMap::new(), todo: Vec::new(), most };
    let whole = match &*bundle {
        Value::Object(object) => {
            Value::Object(object.iter().filter(|(key, _)| key != "$defs").cloned().collect())
        }
        other => other.clone(),
    };
    builder.node(vec![whole]);
    while let Some((id, schemas)) = builder.todo.pop() {
        builder.nodes[id.0 as usize] = builder.work_out(&schemas);
    }
    let mut nodes = builder.nodes;
    height::measure(&mut nodes);
    Shapes { nodes, bundle, constants: OnceLock::new(), any: anything() }
}

/// The graph on its way.
pub(super) struct Builder<'b> {
    root: &'b Value,
    nodes: Vec<Node>,
    known: HashMap<String, NodeId>,
    todo: Vec<(NodeId, Vec<Value>)>,
    most: usize,
}

impl Builder<'_> {
    /// The node of schemas that hold at once; worked out later where it is new.
    pub(super) fn node(&mut self, mut schemas: Vec<Value>) -> NodeId {
        schemas.retain(|schema| !accepts_all(schema));
        let mut key: Vec<String> = schemas.iter().map(Value::to_string).collect();
        if key.is_empty() {
            return Shapes::ANY;
        }
        key.sort_unstable();
        key.dedup();
        let key = key.join("\n");
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.nodes.len() >= self.most {
            return Shapes::ANY;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node::default());
        self.known.insert(key, id);
        self.todo.push((id, schemas));
        id
    }

    fn work_out(&mut self, schemas: &[Value]) -> Node {
        let (alternatives, cut) = expand(self.root, schemas);
        let mut node = Node::default();
        let mut guarded = cut;
        for alternative in &alternatives {
            guarded |= alternative.guarded;
            for plain in &alternative.plain {
                annotate(&mut node, plain);
            }
            let (branches, loose) = merge::branches(self, &alternative.plain);
            guarded |= loose;
            for branch in branches {
                let repeated = matches!(branch, super::Branch::Null | super::Branch::Bool)
                    && node.branches.iter().any(|known| known.kind() == branch.kind());
                if !repeated {
                    node.branches.push(branch);
                }
            }
        }
        // `null` is the simplest value there is.
        node.branches.sort_by_key(|branch| !matches!(branch, super::Branch::Null));
        if guarded {
            node.guard = Some(Guard::new(schemas.to_vec()));
        }
        node
    }
}

/// The node that any JSON value fits.
fn anything() -> Node {
    let array = ArrayShape { rest: Some(Shapes::ANY), ..ArrayShape::default() };
    let additional = Some(Shapes::ANY);
    let object = ObjectShape { additional, open: true, ..ObjectShape::default() };
    Node {
        branches: vec![
            Branch::Null,
            Branch::Bool,
            Branch::Number(NumberShape::default()),
            Branch::String(StringShape::default()),
            Branch::Array(array),
            Branch::Object(object),
        ],
        ..Node::default()
    }
}

fn accepts_all(schema: &Value) -> bool {
    match schema {
        Value::Bool(bool) => *bool,
        Value::Object(object) => object.is_empty(),
        _ => true,
    }
}

/// Takes over what a plain schema says beside its constraints.
fn annotate(node: &mut Node, plain: &crate::value::Object) {
    node.read_only |= plain.get("readOnly") == Some(&Value::Bool(true));
    let listed = plain.get("examples").and_then(Value::as_array).unwrap_or_default();
    let single = [plain.get("default"), plain.get("example")].into_iter().flatten();
    for example in single.chain(listed) {
        if node.examples.len() < 8 && !node.examples.contains(example) {
            node.examples.push(example.clone());
        }
    }
}
