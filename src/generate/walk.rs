//! Walking the places of an input: each with the whole value it stands in.
//!
//! The boundary and deviation catalogues say what is worth trying at *one* place; the walk puts it
//! into a value that is otherwise as usual.

use std::collections::HashSet;
use std::sync::Arc;

use super::budget;
use super::pattern::{Exact, Texts};
use super::value::{Place, draw, names};
use crate::choice::{Item, Rng, Source};
use crate::schema::Shapes;
use crate::schema::shape::{ArrayShape, Branch, Grid, Node, NodeId, ObjectShape};
use crate::value::{Object, Pointer, Text, Value};

/// Places lie at most this deep.
const DEEPEST: usize = 12;

/// At most this many places of one input are walked; real documents have fewer but for a handful.
const MOST_SPOTS: usize = 2_000;

/// A place in a value.
#[derive(Clone, Debug)]
pub struct Site {
    /// The place.
    pub pointer: Pointer,
    /// The whole value of the parameter or body; the place is there in it.
    pub root: Value,
}

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

/// One thing to try at a place.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The class in its catalogue: a boundary class, or the rule that is broken.
    pub class: &'static str,
    /// Where it is made.
    pub site: Arc<Site>,
    /// What to put there.
    pub leaf: Leaf,
}

/// What to put at a place. What is large is written out only when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Leaf {
    /// This value.
    Value(Value),
    /// A text, and so many times another one after it.
    Repeat(Text, &'static str, usize),
    /// A text of a length that patterns ask for.
    Matching(Exact),
    /// An array of these elements, and so many times another one after them.
    Elements(Vec<Value>, Box<Value>, usize),
    /// An object of these members, and so many further ones of one value.
    Members(Object, Box<Value>, usize),
    /// A member of the object that is there.
    Member(Text, Value),
    /// Nothing: the member is left out.
    Absent,
}

impl Edit {
    /// The place that is another one after it.
    pub fn place(&self) -> Pointer {
        match &self.leaf {
            Leaf::Member(name, _) => self.site.pointer.child(name.clone()),
            _ => self.site.pointer.clone(),
        }
    }

    /// A whole value that need not be the site's own with the edit made, where the place, or the object
    /// that it is a member of, is there.
    pub fn apply_to(&self, mut whole: Value) -> Value {
        let mut parent = self.site.pointer.clone();
        let last = parent.pop();
        let there = self.site.pointer.find(&whole).is_some();
        let value = self.apply().and_then(|whole| self.site.pointer.find(&whole).cloned());
        match (last, value, there) {
            (None, Some(value), _) => value,
            (Some(_), Some(value), true) => {
                if let Some(place) = self.site.pointer.find_mut(&mut whole) {
                    *place = value;
                }
                whole
            }
            (Some(name), Some(value), false) => {
                if let Some(Value::Object(object)) = parent.find_mut(&mut whole) {
                    object.set(name, value);
                }
                whole
            }
            _ => whole,
        }
    }

    /// The whole value with the edit made; `None` where there is no such value after all.
    pub fn apply(&self) -> Option<Value> {
        Some(match &self.leaf {
            Leaf::Value(value) => self.site.with(value.clone()),
            Leaf::Repeat(head, unit, times) => {
                let text = Text::from(unit.repeat(*times));
                self.site.with(Value::String(head.joined(&text)))
            }
            Leaf::Matching(exact) => self.site.with(Value::String(exact.text()?)),
            Leaf::Elements(first, more, times) => {
                let more = std::iter::repeat_n(&**more, *times);
                self.site.with(Value::Array(first.iter().chain(more).cloned().collect()))
            }
            Leaf::Members(first, more, times) => {
                let mut object = first.clone();
                (0..*times).for_each(|index| object.push(further(index), (**more).clone()));
                self.site.with(Value::Object(object))
            }
            Leaf::Member(name, value) => {
                let mut root = self.site.root.clone();
                if let Some(Value::Object(object)) = self.site.pointer.find_mut(&mut root) {
                    object.set(name, value.clone());
                }
                root
            }
            Leaf::Absent => {
                let mut root = self.site.root.clone();
                let mut parent = self.site.pointer.clone();
                if let Some(name) = parent.pop()
                    && let Some(Value::Object(object)) = parent.find_mut(&mut root)
                {
                    object.remove(&name.lossy());
                }
                root
            }
        })
    }
}

impl Leaf {
    /// A text of so many times the same one.
    pub fn repeat(unit: &'static str, times: usize) -> Self {
        Self::Repeat(Text::default(), unit, times)
    }

    /// The simplest text of a length that patterns ask for; `None` where they have none.
    pub fn matching(texts: &Arc<Texts>, length: usize) -> Option<Self> {
        let exact = Exact::new(texts, length)?;
        if length <= budget::SHORT {
            return exact.text().map(|text| Self::Value(Value::String(text)));
        }
        (length <= budget::TEXT).then_some(Self::Matching(exact))
    }

    /// So many elements of an array, the last of them `more`; `None` where no body holds them.
    pub fn elements(first: Vec<Value>, more: Value, times: usize) -> Option<Self> {
        (times <= budget::copies(&more, 0)).then(|| Self::Elements(first, Box::new(more), times))
    }

    /// An object with so many further members; `None` where no body holds them.
    pub fn members(first: Object, more: Value, times: usize) -> Option<Self> {
        let name = further(budget::COUNT).len() + 3;
        (times <= budget::copies(&more, name)).then(|| Self::Members(first, Box::new(more), times))
    }

    /// The same for what is small enough to be written out: equal values are equal leaves.
    #[must_use]
    pub fn settled(self) -> Self {
        let small = match &self {
            Self::Repeat(_, _, times) => *times <= 1,
            Self::Elements(first, _, times) => first.len() + times <= budget::FEW,
            Self::Members(_, _, times) => *times <= budget::FEW,
            _ => false,
        };
        if !small {
            return self;
        }
        let root = Site { pointer: Pointer::root(), root: Value::Null };
        let edit = Edit { class: "", site: Arc::new(root), leaf: self.clone() };
        edit.apply().map_or(self, Self::Value)
    }
}

/// The names of further members.
pub fn further(index: usize) -> String {
    format!("k{index}")
}

impl Site {
    /// The whole value with something else at the place.
    fn with(&self, value: Value) -> Value {
        if self.pointer.tokens().is_empty() {
            return value;
        }
        let mut root = self.root.clone();
        if let Some(place) = self.pointer.find_mut(&mut root) {
            *place = value;
        }
        root
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
