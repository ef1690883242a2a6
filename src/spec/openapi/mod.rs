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

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Index, Place, Problem, Schema, Service};
use crate::schema::{Broken, Dialect, Direction, Documents, Location, Survey};
use crate::value::Value;
use node::{Fault, Node, Notes};
pub use version::Version;

/// Reads the document at `root`; the documents it refers to are in `documents`.
///
/// # Errors
/// It is no OpenAPI document, or one of a version that is not known: a phrase that says what it is
/// instead and the way out.
pub fn read(documents: &Arc<Documents>, root: &Location) -> Result<Service, String> {
    let notes = Notes::default();
    let node = Node::of(documents, &notes, root.clone()).ok_or("there is no document")?;
    let version = Version::of(node.value)?;
    let mut reader = Reader::new(documents, &notes, &node, version);
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
    reader.take_notes();
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
    /// The name and the place of the operation at hand.
    current: Option<(String, Location)>,
    notes: &'d Notes,
    problems: Vec<Problem>,
    noted: HashSet<(Location, String)>,
    /// Schemas that are nothing but a reference, by what they refer to, whose they are, and whether of
    /// a sequence.
    referring: HashMap<(Location, Direction, bool), Schema>,
    /// Schemas that refer to nothing, by what they say.
    alone: HashMap<(&'d Value, Direction, bool), Schema>,
}

impl<'d> Reader<'d> {
    fn new(
        documents: &'d Arc<Documents>,
        notes: &'d Notes,
        root: &Node<'d>,
        version: Version,
    ) -> Self {
        let dialect = version.dialect();
        Self {
            documents,
            root: root.clone(),
            version,
            dialect,
            survey: Survey::new(documents, dialect),
            schemes: HashSet::new(),
            routes: paths::Routes::default(),
            current: None,
            notes,
            problems: Vec::new(),
            noted: HashSet::new(),
            referring: HashMap::new(),
            alone: HashMap::new(),
        }
    }

    /// Notes what is wrong at a place and costs no operation; each thing once.
    fn note(&mut self, fault: Fault) {
        if self.noted.insert((fault.at.clone(), fault.message.clone())) {
            let own = self.current.as_ref().filter(|(_, at)| at.contains(&fault.at));
            let operation = own.map(|(name, _)| name.clone());
            let place = Place::of(self.documents, &fault.at);
            self.problems.push(Problem { place, operation, lost: false, message: fault.message });
        }
    }

    /// Notes what costs an operation.
    fn lose(&mut self, operation: String, fault: Fault) {
        let place = Place::of(self.documents, &fault.at);
        let message = fault.message;
        self.problems.push(Problem { place, operation: Some(operation), lost: true, message });
    }

    /// Notes what was found wrong in passing.
    fn take_notes(&mut self) {
        self.notes.take().into_iter().for_each(|fault| self.note(fault));
    }

    /// The schema at a node.
    fn schema(&mut self, node: &Node<'d>, direction: Direction) -> Result<Schema, Fault> {
        self.survey(node)?;
        let schema =
            Schema::new(Arc::clone(self.documents), node.at.clone(), self.dialect, direction);
        Ok(self.shared(node, schema))
    }

    /// The schema of a sequence whose items are as the schema at a node says.
    fn sequence(&mut self, node: &Node<'d>, direction: Direction) -> Result<Schema, Fault> {
        self.survey(node)?;
        let documents = Arc::clone(self.documents);
        let schema = Schema::of_sequence(documents, node.at.clone(), self.dialect, direction);
        Ok(self.shared(node, schema))
    }

    /// The schema at a node; where nothing but a reference stands, or what refers to nothing, with what
    /// is worked out of any other such schema that refers to or says the same.
    fn shared(&mut self, node: &Node<'d>, schema: Schema) -> Schema {
        if refers_to_nothing(node.value) {
            let key = (node.value, schema.direction(), schema.is_sequence());
            return self.alone.entry(key).or_insert(schema).alike(node.at.clone());
        }
        let reference = match node.value {
            Value::Object(object) if object.len() == 1 => object.get("$ref"),
            _ => None,
        };
        let Some(reference) = reference.and_then(Value::as_str) else { return schema };
        let Ok(target) = self.documents.resolve(&node.at, reference, self.dialect) else {
            return schema;
        };
        let key = (target, schema.direction(), schema.is_sequence());
        self.referring.entry(key).or_insert(schema).alike(node.at.clone())
    }

    /// Looks whether the schema at a node can be used.
    fn survey(&mut self, node: &Node<'d>) -> Result<(), Fault> {
        let fault = self.survey.fault(&node.at);
        for (at, message) in self.survey.take_notes() {
            self.note(Fault { at, message });
        }
        match fault {
            // Where it stands in the schema itself, that is the place to look at.
            Some(Broken { at, message }) if node.at.contains(&at) => Err(Fault { at, message }),
            Some(broken) => Err(node.fault(broken.with_place(self.documents))),
            None => Ok(()),
        }
    }
}

/// Whether a schema means the same wherever it stands.
fn refers_to_nothing(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => object.iter().all(|(key, value)| {
            let leads = key.as_bytes().starts_with(b"$") || key == "discriminator";
            !leads && refers_to_nothing(value)
        }),
        Value::Array(items) => items.iter().all(refers_to_nothing),
        _ => true,
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
