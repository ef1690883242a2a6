//! Finding every schema of a service that cannot be bundled, each place visited once.

use std::collections::HashMap;

use super::Broken;
use super::rewrite::{Edge, Key, Rewriter};
use crate::schema::{Dialect, Direction, Documents, Location};

/// What is known of the schemas of some documents: whether each can be bundled.
#[derive(Debug)]
pub struct Survey<'d> {
    rewriter: Rewriter<'d>,
    edges: Vec<Vec<Edge>>,
    errors: HashMap<usize, Broken>,
    visits: Vec<Visit>,
}

/// How far a walk has come with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    New,
    Open,
    Done,
}

impl<'d> Survey<'d> {
    /// Nothing is known yet.
    pub fn new(documents: &'d Documents, dialect: Dialect) -> Self {
        Self {
            rewriter: Rewriter::new(documents, dialect, Direction::Neither),
            edges: Vec::new(),
            errors: HashMap::new(),
            visits: Vec::new(),
        }
    }

    /// What has been found wrong since the last call that costs nothing: where, and what.
    pub fn take_notes(&mut self) -> Vec<(Location, String)> {
        self.rewriter.take_notes()
    }

    /// Why the schema at `at` cannot be bundled; `None` where it can.
    pub fn fault(&mut self, at: &Location) -> Option<Broken> {
        let root = self.rewriter.root(at);
        while let Some(key) = self.rewriter.keys().get(self.edges.len()).cloned() {
            if let Err(error) = self.rewriter.rewrite(&key) {
                self.errors.insert(self.edges.len(), error);
            }
            self.edges.push(self.rewriter.take_edges());
        }
        self.visits.resize(self.edges.len(), Visit::New);
        if let Some(circle) = circle(&self.edges, &mut self.visits, root) {
            let error = circle_error(&self.rewriter.keys()[circle]);
            self.errors.entry(circle).or_insert(error);
        }
        if self.errors.is_empty() {
            return None;
        }
        let mut seen = vec![false; self.edges.len()];
        let mut open = vec![root];
        while let Some(schema) = open.pop() {
            if std::mem::replace(&mut seen[schema], true) {
                continue;
            }
            if let Some(error) = self.errors.get(&schema) {
                return Some(error.clone());
            }
            open.extend(self.edges[schema].iter().map(|edge| edge.target));
        }
        None
    }
}

/// A schema reachable from `root` that leads back to itself without going into the value.
pub(super) fn circle(edges: &[Vec<Edge>], visits: &mut [Visit], root: usize) -> Option<usize> {
    // Edges that go into the value close no circle, but what lies behind them may hold one.
    let mut roots = vec![root];
    while let Some(root) = roots.pop() {
        let mut path = vec![(root, 0)];
        while let Some((schema, next)) = path.last_mut() {
            let schema = *schema;
            visits[schema] = match (visits[schema], *next) {
                (Visit::Done, _) => Visit::Done,
                _ => Visit::Open,
            };
            match edges[schema].get(*next) {
                Some(edge) if visits[schema] == Visit::Open => {
                    *next += 1;
                    match visits[edge.target] {
                        Visit::Open if edge.in_place => {
                            for (schema, _) in path {
                                visits[schema] = Visit::Done;
                            }
                            return Some(edge.target);
                        }
                        Visit::New if edge.in_place => path.push((edge.target, 0)),
                        Visit::New => roots.push(edge.target),
                        _ => {}
                    }
                }
                _ => {
                    visits[schema] = Visit::Done;
                    path.pop();
                }
            }
        }
    }
    None
}

/// What is wrong with a schema that [`circle`] found.
pub(super) fn circle_error(key: &Key) -> Broken {
    let message =
        "the schema refers back to itself without going into the value, so it says nothing";
    Broken::new(&key.at, message)
}
