//! Which value of which answer can stand at which place of another call's input.
//!
//! Responsible for reading dependencies between operations, and the resources they handle, off a
//! service's description: pure, without network, and a guess wherever the document does not say so.
//! How far an edge is believed is a prior; whoever calls the service learns better. Knows nothing of
//! generation.
//!
//! | belief | why |
//! |---|---|
//! | 1 | a person configured it |
//! | 0.95 | a link of the document |
//! | 0.8 | nesting: the create of a collection fills the item's parameter in every path below; what names the parent is what the create was given; `PUT` makes what it was asked for |
//! | 0.7 | the `Location` of a 201 (0.5 where the document does not promise the header) |
//! | 0.65 | nesting: what the list of the collection shows |
//! | 0.6 | a name with its kind: `user_id` ← `User.id`, `{username}` ← `User.username`; the same component `UserId` |
//! | 0.5 | a member that is the same component as an answer; `product` ← `Product.id` where the type tells; `parent` |
//! | 0.45 | a name whose end names the kind: `billing_account_id` ← `Account.id` |
//! | 0.4 | `product` ← `Product.id` where both are any text; `{product}` ← `Product.name` |
//! | 0.3 | the same name alone: `{batch_no}` ← `batch_no`; never `id`, `name`, `code` and the like |
//!
//! Each is less by 0.7 where the answer only mentions the thing (`Order.user_id` says nothing of where
//! users come from), by 0.85 where it is an element of a list, which may be empty, and by 0.75 where a
//! number goes into a place of text.

mod configured;
mod fields;
mod foreign;
mod identity;
mod links;
mod location;
mod names;
mod nesting;
mod references;
mod resource;
mod route;
mod scalar;
mod survey;
mod tally;
pub(crate) mod words;

pub use configured::{Own, knows};
pub use resource::Resource;

use std::fmt;
use std::sync::OnceLock;

use super::Service;
use crate::value::Source;
use survey::Survey;
use tally::Tally;

/// The number of an edge in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EdgeId(pub usize);

/// A value of one call that can stand at a place of another call's input.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The operation that gives, by its number in the service.
    pub from: usize,
    /// What of it.
    pub given: Given,
    /// The operation that takes, by its number in the service.
    pub to: usize,
    /// Where: `path/id`, `query/userId`, `json/customer_id`, `json/product_ids/0`.
    pub place: String,
    /// Why it is believed.
    pub why: Why,
    /// How far it is believed before anything was tried, 0 to 1.
    pub belief: f64,
}

/// What of a call another takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Given {
    /// A part of its answer.
    Answer {
        /// Which part.
        source: Source,
        /// A template with one `{name}` whose place gives the value: `/users/{id}`.
        matching: Option<String>,
    },
    /// What it was itself given at a place such as `path/id`.
    Input(String),
}

/// Why an edge is believed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// The document links the two.
    Link {
        /// The link's name.
        name: String,
    },
    /// The answer says where what it made is.
    Location,
    /// The paths are nested.
    Nesting,
    /// A path parameter is called like what the answer tells.
    Name,
    /// Both are the same component.
    Reference,
    /// A member or parameter carries the identity of another thing.
    Foreign,
    /// A person said so.
    Configured,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link { name } => write!(f, "the document links them as `{name}`"),
            Self::Location => f.write_str("its answer says where what it made is"),
            Self::Nesting => f.write_str("its path is the collection of this one"),
            Self::Name => f.write_str("the parameter is called so"),
            Self::Reference => f.write_str("both are the same component"),
            Self::Foreign => f.write_str("the place is called so"),
            Self::Configured => f.write_str("configured"),
        }
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(place) => write!(f, "what it was given at {place}"),
            Self::Answer { source, matching } => {
                match source {
                    Source::Status => f.write_str("status")?,
                    Source::Header(name) => write!(f, "header/{name}")?,
                    Source::Trailer(name) => write!(f, "trailer/{name}")?,
                    Source::Body(pointer) => write!(f, "body{pointer}")?,
                    Source::Message(number, pointer) => write!(f, "message/{number}{pointer}")?,
                }
                matching.iter().try_for_each(|template| write!(f, " as {template}"))
            }
        }
    }
}

impl Given {
    /// A place of the answer's body.
    pub(super) fn body(pointer: &crate::value::Pointer) -> Self {
        Self::Answer { source: Source::Body(pointer.clone()), matching: None }
    }
}

/// The dependencies between the operations of a service.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// By the operation that takes, then as far as they are believed.
    edges: Vec<Edge>,
    /// By operation: where the edges that it takes by begin; one more at the end.
    taken: Vec<usize>,
    /// By operation: the edges that it gives.
    given: Vec<Vec<EdgeId>>,
    resources: Vec<Resource>,
    /// By operation: the resource it belongs to.
    of: Vec<Option<usize>>,
}

impl Graph {
    /// The graph of a service, with what a person has added and switched off.
    pub fn of(service: &Service, own: &[Own]) -> Self {
        let mut survey = Survey::of(service);
        identity::tell(&mut survey);
        let mut tally = Tally::new(&survey);
        links::find(&survey, &mut tally);
        nesting::find(&survey, &mut tally);
        location::find(&survey, &mut tally);
        names::find(&survey, &mut tally);
        references::find(&survey, &mut tally);
        foreign::find(&survey, &mut tally);
        configured::apply(&survey, own, &mut tally);
        let edges = tally.edges();
        let count = service.operations.len();
        let mut given = vec![Vec::new(); count];
        for (number, edge) in edges.iter().enumerate() {
            given[edge.from].push(EdgeId(number));
        }
        let taken = (0..=count).map(|to| edges.partition_point(|edge| edge.to < to)).collect();
        let resources = survey.resources;
        let of = (0..count)
            .map(|operation| resources.iter().position(|resource| resource.handles(operation)))
            .collect();
        Self { edges, taken, given, resources, of }
    }

    /// All edges: by the operation that takes, by place, the most believed first.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edge of a number.
    pub fn edge(&self, id: EdgeId) -> Option<&Edge> {
        self.edges.get(id.0)
    }

    /// What can fill the places of an operation.
    pub fn producers(&self, consumer: usize) -> impl Iterator<Item = (EdgeId, &Edge)> {
        let bound = |at: usize| self.taken.get(at).copied().unwrap_or(self.edges.len());
        let range = bound(consumer)..bound(consumer.saturating_add(1));
        range.filter_map(|number| Some((EdgeId(number), self.edges.get(number)?)))
    }

    /// The places that an operation can fill.
    pub fn consumers(&self, producer: usize) -> impl Iterator<Item = (EdgeId, &Edge)> {
        let ids = self.given.get(producer).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| Some((*id, self.edges.get(id.0)?)))
    }

    /// The kinds of things that the service handles, parents before what is nested in them where the
    /// document orders them so.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The resource that an operation belongs to: the one it handles, or the one it does something else
    /// with.
    pub fn resource(&self, operation: usize) -> Option<&Resource> {
        self.resources.get(self.resource_of(operation)?)
    }

    /// The number of that.
    fn resource_of(&self, operation: usize) -> Option<usize> {
        self.of.get(operation).copied().flatten()
    }
}

/// The graph of a service, worked out when first asked for, and the edges of its own that a person
/// configured.
#[derive(Clone, Debug, Default)]
pub struct Dependencies {
    own: Vec<Own>,
    graph: OnceLock<Graph>,
}

impl Service {
    /// The dependencies between its operations, worked out once. Operations must not come or go
    /// afterwards.
    pub fn graph(&self) -> &Graph {
        let dependencies = &self.dependencies;
        dependencies.graph.get_or_init(|| Graph::of(self, &dependencies.own))
    }

    /// Takes in edges that a person added or switched off.
    pub fn configure_edges(&mut self, own: Vec<Own>) {
        self.dependencies = Dependencies { own, graph: OnceLock::new() };
    }
}

#[cfg(test)]
mod tests;
