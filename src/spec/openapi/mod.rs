//! OpenAPI documents, Swagger 2.0 to OpenAPI 3.2, read into the one model of a service.
//!
//! Responsible for the structure: paths, parameters, bodies, answers, links, security, servers.
//! Schemas are only located. What is broken is noted as a [`Problem`] with its place and costs at
//! most the operation it stands in. Knows nothing of files and networks.

mod bodies;
mod examples;
mod node;
mod parameters;
mod paths;
mod responses;
mod security;
mod servers;
mod swagger2;
mod version;

use std::collections::HashSet;
use std::sync::Arc;

use super::{Index, Problem, Schema, Service};
use crate::schema::{Dialect, Direction, Documents, Location, Survey};
use node::{Fault, Node};
pub use version::Version;

/// Reads the document at `root`; the documents it refers to are in `documents`.
///
/// # Errors
/// It is no OpenAPI document, or one of a version that is not known: a phrase that says what it is
/// instead and the way out.
pub fn read(documents: &Arc<Documents>, root: &Location) -> Result<Service, String> {
    let node = Node::of(documents, root.clone()).ok_or("there is no document")?;
    let version = Version::of(node.value)?;
    let mut reader = Reader::new(documents, &node, version);
    let title = node.get("info").and_then(|info| Some(info.text("title")?.to_owned()));
    let title = title.unwrap_or_default();
    let mut service = Service {
        name: slug(&title, documents.address(root)),
        title,
        servers: servers::of(&node, version),
        operations: Vec::new(),
        schemes: reader.schemes(&node),
        problems: Vec::new(),
        index: Index::default(),
        dependencies: super::graph::Dependencies::default(),
    };
    service.operations = reader.operations(&node);
    service.problems = reader.problems;
    Ok(service)
}

/// What stays the same while a document is read.
struct Reader<'d> {
    documents: &'d Arc<Documents>,
    root: Node<'d>,
    version: Version,
    dialect: Dialect,
    survey: Survey<'d>,
    schemes: HashSet<String>,
    routes: paths::Routes<'d>,
    problems: Vec<Problem>,
    noted: HashSet<(Location, String)>,
}

impl<'d> Reader<'d> {
    fn new(documents: &'d Arc<Documents>, root: &Node<'d>, version: Version) -> Self {
        let dialect = version.dialect();
        Self {
            documents,
            root: root.clone(),
            version,
            dialect,
            survey: Survey::new(documents, dialect),
            schemes: HashSet::new(),
            routes: paths::Routes::default(),
            problems: Vec::new(),
            noted: HashSet::new(),
        }
    }

    /// Notes what is wrong at a place and costs no operation; each thing once.
    fn note(&mut self, fault: Fault) {
        if self.noted.insert((fault.at.clone(), fault.message.clone())) {
            let place = node::place(self.documents, &fault.at);
            self.problems.push(Problem { place, operation: None, message: fault.message });
        }
    }

    /// The schema at a node.
    fn schema(&mut self, node: &Node<'d>, direction: Direction) -> Result<Schema, Fault> {
        let fault = self.survey.fault(&node.at);
        for (at, message) in self.survey.take_notes() {
            self.note(Fault { at, message });
        }
        match fault {
            Some(message) => Err(node.fault(message)),
            None => Ok(Schema::new(
                Arc::clone(self.documents),
                node.at.clone(),
                self.dialect,
                direction,
            )),
        }
    }
}

/// A name for files: letters, digits and single hyphens, from the title, else from the address.
fn slug(title: &str, address: &str) -> String {
    let file = address.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or_default();
    for text in [title, file.split('.').next().unwrap_or_default()] {
        let plain: String =
            text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
        let slug = plain.split_whitespace().collect::<Vec<_>>().join("-").to_ascii_lowercase();
        if !slug.is_empty() {
            return slug.chars().take(60).collect::<String>().trim_end_matches('-').to_owned();
        }
    }
    "service".to_owned()
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
