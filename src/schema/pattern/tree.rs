//! From the parts of a regular expression to the tree that texts are made by.

use super::Class;
use super::parse::Ast;

/// What whole texts are made of: a pattern without anchors, look-around and references.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// One code point.
    Class(Class),
    /// One after the other; the empty text where there are none.
    Concat(Vec<Tree>),
    /// One of them; no text at all where there are none.
    Alternate(Vec<Tree>),
    /// Again and again: at least and at most so often.
    Repeat {
        /// What is repeated.
        tree: Box<Tree>,
        /// Least often.
        min: u32,
        /// Most often.
        max: Option<u32>,
    },
}

/// Growing trees beyond this many parts by repeating what references name is given up.
const LARGEST: usize = 100_000;

impl Tree {
    /// The empty text.
    pub fn empty() -> Self {
        Self::Concat(Vec::new())
    }

    /// The length of the shortest text in code points; `None` where there is no text.
    pub fn shortest(&self) -> Option<usize> {
        match self {
            Self::Class(class) => (!class.is_empty()).then_some(1),
            Self::Concat(parts) => parts
                .iter()
                .try_fold(0_usize, |sum, part| Some(sum.saturating_add(part.shortest()?))),
            Self::Alternate(branches) => branches.iter().filter_map(Self::shortest).min(),
            Self::Repeat { min: 0, .. } => Some(0),
            Self::Repeat { tree, min, .. } => Some(tree.shortest()?.saturating_mul(*min as usize)),
        }
    }

    /// The length of the longest text in code points; `usize::MAX` where there is no longest.
    pub fn longest(&self) -> usize {
        match self {
            Self::Class(_) => 1,
            Self::Concat(parts) => {
                parts.iter().fold(0, |sum, part| sum.saturating_add(part.longest()))
            }
            Self::Alternate(branches) => branches
                .iter()
                .filter(|b| b.shortest().is_some())
                .map(Self::longest)
                .max()
                .unwrap_or(0),
            Self::Repeat { tree, max, .. } => match (tree.longest(), max) {
                (0, _) => 0,
                (_, None) => usize::MAX,
                (longest, Some(max)) => longest.saturating_mul(*max as usize),
            },
        }
    }

    /// Every code point that can stand in a text.
    pub fn alphabet(&self) -> Class {
        match self {
            Self::Class(class) => class.clone(),
            Self::Concat(parts) | Self::Alternate(parts) => {
                Class::new(parts.iter().flat_map(|part| part.alphabet().ranges().to_vec()))
            }
            Self::Repeat { tree, .. } => tree.alphabet(),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Class(_) => 1,
            Self::Concat(parts) | Self::Alternate(parts) => {
                1 + parts.iter().map(Self::size).sum::<usize>()
            }
            Self::Repeat { tree, .. } => 1 + tree.size(),
        }
    }
}

/// A regular expression made ready to make texts by.
#[derive(Debug)]
pub(super) struct Lowered {
    /// All texts that hold a match.
    pub(super) tree: Tree,
    /// The same, with what positive look-around asks for written out where it stands, first of two
    /// branches; `None` where there is no such look-around.
    pub(super) written_out: Option<Tree>,
    /// Whether the tree is exact: where look-around, word boundaries, references or atomic groups had
    /// to be left out, it gives texts that do not match, too; where anchors are repeated, it leaves
    /// out some that do.
    pub(super) exact: bool,
}

/// The trees of an expression.
pub(super) fn lower(ast: &Ast) -> Lowered {
    let mut plain = Lowering { groups: Vec::new(), exact: true, write_out: false, looks: false };
    let tree = plain.whole(ast);
    let Lowering { exact, looks, .. } = plain;
    let mut other = Lowering { groups: Vec::new(), exact: true, write_out: true, looks: false };
    Lowered { tree, written_out: looks.then(|| other.whole(ast)), exact }
}

/// The texts that hold one of these ways to match.
fn searched(branches: Vec<Branch>) -> Tree {
    let pad = || Tree::Repeat { tree: Box::new(Tree::Class(Class::any())), min: 0, max: None };
    let branches = branches.into_iter().map(|branch| {
        let mut parts = Vec::new();
        if !branch.start {
            parts.push(pad());
        }
        match branch.tree {
            Tree::Concat(inner) => parts.extend(inner),
            tree => parts.push(tree),
        }
        if !branch.end {
            parts.push(pad());
        }
        if parts.len() == 1 { parts.remove(0) } else { Tree::Concat(parts) }
    });
    let mut branches: Vec<Tree> = branches.collect();
    if branches.len() == 1 { branches.remove(0) } else { Tree::Alternate(branches) }
}

/// One way to match: whether the text must begin, and must end, where it does.
struct Branch {
    start: bool,
    tree: Tree,
    end: bool,
}

struct Lowering {
    /// The trees of the capturing groups so far, for references to them.
    groups: Vec<(u32, Tree)>,
    exact: bool,
    /// Whether what positive look-around asks for is written out.
    write_out: bool,
    /// Whether there is any.
    looks: bool,
}

impl Lowering {
    fn whole(&mut self, ast: &Ast) -> Tree {
        searched(self.branches(ast))
    }

    /// The ways to match, at most one for each pair of anchors.
    fn branches(&mut self, ast: &Ast) -> Vec<Branch> {
        let plain = |tree| vec![Branch { start: false, tree, end: false }];
        match ast {
            Ast::Empty => plain(Tree::empty()),
            Ast::Class(class) => plain(Tree::Class(class.clone())),
            Ast::Start => vec![Branch { start: true, tree: Tree::empty(), end: false }],
            Ast::End => vec![Branch { start: false, tree: Tree::empty(), end: true }],
            // Before a search, and before what takes any text, what is asked for may well stand.
            Ast::Look { positive: true, ast, .. } if self.write_out => {
                let mut ways = self.branches(ast);
                ways.extend(plain(Tree::empty()));
                merged(ways)
            }
            Ast::Boundary(_) | Ast::Look { .. } => {
                self.exact = false;
                self.looks |= matches!(ast, Ast::Look { positive: true, .. });
                plain(Tree::empty())
            }
            Ast::Atomic(ast) => {
                self.exact = false;
                self.branches(ast)
            }
            Ast::Group(number, ast) => {
                let branches = self.branches(ast);
                let tree = match &branches[..] {
                    [only] => only.tree.clone(),
                    many => {
                        Tree::Alternate(many.iter().map(|branch| branch.tree.clone()).collect())
                    }
                };
                self.groups.push((*number, tree));
                branches
            }
            Ast::Backreference(number) => {
                self.exact = false;
                let group = self.groups.iter().rev().find(|(known, _)| known == number);
                // A group that has not matched yet is empty.
                let tree = group.map_or_else(Tree::empty, |(_, tree)| tree.clone());
                plain(if tree.size() > LARGEST { Tree::empty() } else { tree })
            }
            Ast::Alternate(all) => merged(all.iter().flat_map(|ast| self.branches(ast)).collect()),
            Ast::Concat(parts) => {
                let mut ways = plain(Tree::empty());
                for part in parts {
                    let next = self.branches(part);
                    let pairs =
                        ways.iter().flat_map(|a| next.iter().filter_map(move |b| joined(a, b)));
                    ways = merged(pairs.collect());
                }
                ways
            }
            Ast::Repeat { ast, min, max, .. } => self.repeat(ast, *min, *max),
        }
    }

    fn repeat(&mut self, ast: &Ast, min: u32, max: Option<u32>) -> Vec<Branch> {
        let inner = self.branches(ast);
        if max == Some(0) {
            return vec![Branch { start: false, tree: Tree::empty(), end: false }];
        }
        let (free, anchored): (Vec<_>, Vec<_>) =
            inner.into_iter().partition(|branch| !branch.start && !branch.end);
        let mut ways = Vec::new();
        match free.into_iter().next() {
            Some(branch) => {
                let tree = Box::new(branch.tree);
                let tree = Tree::Repeat { tree, min, max };
                ways.push(Branch { start: false, tree, end: false });
            }
            None if min == 0 => {
                ways.push(Branch { start: false, tree: Tree::empty(), end: false });
            }
            None => {}
        }
        let once = min <= 1 && max == Some(1);
        self.exact &= anchored.is_empty() || once;
        ways.extend(anchored);
        merged(ways)
    }
}

/// One way after the other; `None` where an anchor has text on its wrong side that cannot be empty.
fn joined(first: &Branch, second: &Branch) -> Option<Branch> {
    let empty = |tree: &Tree| tree.shortest() == Some(0);
    if first.end && !empty(&second.tree) || second.start && !empty(&first.tree) {
        return None;
    }
    let mut parts = Vec::new();
    for (tree, dropped) in [(&first.tree, second.start), (&second.tree, first.end)] {
        match tree {
            _ if dropped => {}
            Tree::Concat(inner) => parts.extend(inner.iter().cloned()),
            tree => parts.push(tree.clone()),
        }
    }
    let tree = if parts.len() == 1 { parts.remove(0) } else { Tree::Concat(parts) };
    Some(Branch { start: first.start || second.start, tree, end: first.end || second.end })
}

/// Ways with the same anchors as one.
fn merged(ways: Vec<Branch>) -> Vec<Branch> {
    let mut all: Vec<Branch> = Vec::new();
    for way in ways {
        match all.iter_mut().find(|known| known.start == way.start && known.end == way.end) {
            Some(known) => {
                let old = std::mem::replace(&mut known.tree, Tree::empty());
                known.tree = match old {
                    Tree::Alternate(mut branches) if !branches.is_empty() => {
                        branches.push(way.tree);
                        Tree::Alternate(branches)
                    }
                    old => Tree::Alternate(vec![old, way.tree]),
                };
            }
            None => all.push(way),
        }
    }
    all
}
