//! Walking the places of an input: each with the whole value it stands in.
//!
//! The boundary and deviation catalogues say what is worth trying at *one* place; the walk puts it
//! into a value that is otherwise as usual.

use foldhash::HashSet;
use std::sync::Arc;

use super::edit::Site;
use super::value::{Place, draw, names};
use crate::choice::{Item, Rng, Source};
use crate::schema::Shapes;
use crate::schema::shape::{ArrayShape, Branch, Grid, Node, NodeId, ObjectShape};
use crate::value::{Object, Pointer, Text, Value};

/// Places lie at most this deep.
const DEEPEST: usize = 12;

/// At most this many places of one input are walked; real documents have fewer but for a handful.
const MOST_SPOTS: usize = 2_000;

/// A place in an input.
#[derive(Clone, Debug)]
pub struct Spot<'s> {
    /// Its graph and node.
    pub place: Place<'s>,
    /// What the schema says there.
    pub node: &'s Node,
    /// Where it is in a whole value.
    pub site: Arc<Site>,
    /// Whether the object it is a member of can do without it. Elements and the root cannot.
    pub optional: bool,
    /// Whether it is a member that its object needs.
    pub required: bool,
}

impl Spot<'_> {
    /// What stands at the place in the usual value.
    pub fn current(&self) -> &Value {
        self.site.pointer.find(&self.site.root).unwrap_or(&Value::Null)
    }

    /// The simplest valid value of a node.
    pub fn simplest(&self, node: NodeId) -> Option<Value> {
        simplest(self.place.at(node))
    }

    /// The simplest value of one of its branches.
    pub fn simplest_of(&self, branch: &Branch) -> Option<Value> {
        simplest_branch(self.place, branch)
    }

    /// What stands there usually, where that is an object; else the simplest object.
    pub fn usual_of_object(&self) -> Option<Value> {
        if matches!(self.current(), Value::Object(_)) {
            return Some(self.current().clone());
        }
        let object = self.node.branches.iter().find(|b| matches!(b, Branch::Object(_)))?;
        self.simplest_of(object)
    }

    /// So many different valid values of a node, or as many as are found; the simplest first.
    pub fn several(&self, node: NodeId, count: usize) -> Vec<Value> {
        let place = self.place.at(node);
        let mut values: Vec<Value> = self.simplest(node).into_iter().collect();
        if let Some(Branch::Number(shape)) =
            place.shapes.node(node).and_then(|n| n.branches.first())
            && let Some(Grid::Multiples { step, min, max, toward }) = shape.grid()
        {
            let factors = (1..).flat_map(|distance| [toward + distance, toward - distance]);
            let inside = factors.take(4 * count).filter(|factor| (min..=max).contains(&factor));
            let numbers = inside.map(|factor| Value::Number(Grid::number(step.as_ref(), factor)));
            values.extend(numbers.take(count.saturating_sub(values.len())));
        }
        let mut seen: HashSet<Value> = values.iter().cloned().collect();
        for seed in 0..4 * count as u64 {
            if values.len() >= count {
                break;
            }
            let drawn = Source::random(Rng::new(seed)).run(|source| draw(place, source));
            if let Ok((value, _)) = drawn
                && !seen.contains(&value)
                && place.shapes.node(node).is_none_or(|node| place.shapes.confirms(node, &value))
            {
                seen.insert(value.clone());
                values.push(value);
            }
        }
        values
    }
}

/// The simplest valid value of a place; `None` where none is found.
pub fn simplest(place: Place<'_>) -> Option<Value> {
    let node = place.shapes.node(place.node);
    let confirmed = |value: &Value| node.is_none_or(|node| place.shapes.confirms(node, value));
    let plain = Source::simplest(&[]).run(|source| draw(place, source)).ok();
    let plain = plain.map(|(value, _)| value).filter(confirmed);
    plain.or_else(|| {
        (0..40).find_map(|seed| {
            let drawn = Source::random(Rng::new(seed)).run(|source| draw(place, source)).ok();
            drawn.map(|(value, _)| value).filter(confirmed)
        })
    })
}

/// Visits every place of an input, outermost first; `base` is the usual value, where one is known.
pub fn walk<'s>(place: Place<'s>, base: Option<&Value>, visit: &mut dyn FnMut(&Spot<'s>)) {
    let Some(root) = base.cloned().or_else(|| simplest(place)) else { return };
    let mut walker = Walker { visit, left: MOST_SPOTS, path: Vec::new() };
    walker.node(place, Site { pointer: Pointer::root(), root }, (false, false));
}

struct Walker<'v, 's> {
    visit: &'v mut dyn FnMut(&Spot<'s>),
    left: usize,
    /// The nodes from the root to here, so that recursion is walked once.
    path: Vec<NodeId>,
}

impl<'s> Walker<'_, 's> {
    fn node(&mut self, place: Place<'s>, site: Site, (optional, required): (bool, bool)) {
        let node = place.shapes.node_or_any(place.node);
        let seen = self.path.iter().filter(|id| **id == place.node).count();
        if self.left == 0 || seen > 1 || self.path.len() > DEEPEST {
            return;
        }
        self.left -= 1;
        let site = Arc::new(site);
        let spot = Spot { place, node, site, optional, required };
        (self.visit)(&spot);
        if place.node == Shapes::ANY {
            return;
        }
        self.path.push(place.node);
        for branch in &node.branches {
            match branch {
                Branch::Object(shape) => self.object(&spot, branch, shape),
                Branch::Array(shape) => self.array(&spot, branch, shape),
                _ => {}
            }
        }
        self.path.pop();
    }

    /// The value at a spot in the form of one of its branches.
    fn in_form(spot: &Spot<'s>, branch: &Branch) -> Option<Value> {
        let current = spot.current();
        if branch.kind() == Some(current.kind()) && spot.node.branches.len() == 1 {
            return Some(current.clone());
        }
        simplest_branch(spot.place, branch)
    }

    fn object(&mut self, spot: &Spot<'s>, branch: &Branch, shape: &'s ObjectShape) {
        let Some(Value::Object(usual)) = Self::in_form(spot, branch) else { return };
        for member in shape.members.iter().filter(|member| !member.read_only) {
            let mut object = Object::new();
            let value = match usual.get(&member.name.lossy()) {
                Some(value) => value.clone(),
                None => match simplest(spot.place.at(member.node)) {
                    Some(value) => value,
                    None => continue,
                },
            };
            // Members stand in the schema's order, so that the value can be lifted.
            for named in &shape.members {
                if named.name == member.name {
                    object.push(member.name.clone(), value.clone());
                } else if let Some(value) = usual.get(&named.name.lossy()) {
                    object.push(named.name.clone(), value.clone());
                }
            }
            let others =
                usual.iter().filter(|(key, _)| shape.members.iter().all(|m| m.name != *key));
            others.for_each(|(key, value)| object.push(key.clone(), value.clone()));
            let root = spot.site.with(Value::Object(object));
            let pointer = spot.site.pointer.child(&member.name);
            let presence = (!member.required, member.required);
            self.node(spot.place.at(member.node), Site { pointer, root }, presence);
        }
        for patterned in &shape.patterns {
            let Some(names) = names(patterned) else { continue };
            let named = Source::replay(&[]).run(|source| names.draw(source)).ok();
            let Some(name) = named
                .map(|(name, _)| name)
                .filter(|name| patterned.pattern.matches(name) && !object_has(&usual, name))
            else {
                continue;
            };
            let Some(value) = simplest(spot.place.at(patterned.node)) else { continue };
            let mut object = usual.clone();
            object.push(name.clone(), value);
            let root = spot.site.with(Value::Object(object));
            let pointer = spot.site.pointer.child(name);
            self.node(spot.place.at(patterned.node), Site { pointer, root }, (true, false));
        }
        let extra = shape.additional.filter(|_| shape.open && shape.patterns.is_empty());
        if let Some(node) = extra
            && let Some(value) = simplest(spot.place.at(node))
        {
            let mut object = usual.clone();
            let name = ["0", "a", "x-0"].into_iter().find(|name| !object.contains(name));
            let Some(name) = name.filter(|_| shape.names.is_none()) else { return };
            object.push(name, value);
            let root = spot.site.with(Value::Object(object));
            let pointer = spot.site.pointer.child(name);
            self.node(spot.place.at(node), Site { pointer, root }, (true, false));
        }
    }

    fn array(&mut self, spot: &Spot<'s>, branch: &Branch, shape: &'s ArrayShape) {
        let Some(Value::Array(usual)) = Self::in_form(spot, branch) else { return };
        let places = shape.prefix.len() + usize::from(shape.rest.is_some());
        for index in 0..places.min(shape.max.unwrap_or(usize::MAX)) {
            let mut list = usual.clone();
            while list.len() <= index {
                let node = shape.prefix.get(list.len()).copied().or(shape.rest);
                match node.and_then(|node| simplest(spot.place.at(node))) {
                    Some(value) => list.push(value),
                    None => return,
                }
            }
            let node = shape.prefix.get(index).copied().or(shape.rest).unwrap_or(Shapes::ANY);
            let root = spot.site.with(Value::Array(list));
            let pointer = spot.site.pointer.index(index);
            self.node(spot.place.at(node), Site { pointer, root }, (false, false));
        }
    }
}

fn object_has(object: &Object, name: &Text) -> bool {
    object.keys().any(|key| key == name)
}

/// The simplest value of a kind, where nothing more is asked for.
fn simplest_of_kind(branch: &Branch) -> Value {
    match branch {
        Branch::Null | Branch::Constants(_) => Value::Null,
        Branch::Bool => Value::Bool(false),
        Branch::Number(_) => Value::int(0),
        Branch::String(_) => Value::text(""),
        Branch::Array(_) => Value::Array(Vec::new()),
        Branch::Object(_) => Value::Object(Object::new()),
    }
}

/// The simplest value of one branch of a node.
pub(super) fn simplest_branch(place: Place<'_>, branch: &Branch) -> Option<Value> {
    let Some(node) = place.shapes.node(place.node) else { return Some(simplest_of_kind(branch)) };
    let index = node.branches.iter().position(|b| std::ptr::eq(b, branch))?;
    let choice = crate::choice::Choice::Branch(index as u32);
    let items = if node.branches.len() > 1 { vec![Item::Choice(choice)] } else { vec![] };
    let (value, _) = Source::simplest(&items).run(|source| draw(place, source)).ok()?;
    branch.kind().is_none_or(|kind| value.kind() == kind).then_some(value)
}
