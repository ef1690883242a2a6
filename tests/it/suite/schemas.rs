//! The schemas of the suite with their instances, read as the product reads schemas.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use phi_fuzz::schema::{Dialect, Direction, Documents, Schema};
use phi_fuzz::spec::{Body, BodyKind, Content, Operation, Place, Responses};
use phi_fuzz::value::{Value, read};

use crate::shared::shared;

/// Where the suite's remote documents are said to be.
const REMOTES: &str = "http://localhost:1234/";

/// A schema with instances of which the suite says whether they are valid.
pub(super) struct Group {
    /// Its file and description.
    pub(super) name: String,
    /// The draft it is written in.
    pub(super) draft: &'static str,
    /// The schema as it stands in the file.
    pub(super) source: Value,
    /// The schema, ready.
    pub(super) schema: Schema,
    /// The instances.
    pub(super) instances: Vec<(Value, bool)>,
}

/// All schemas of a draft; `None` where the suite is not at hand.
pub(super) fn groups(draft: &'static str) -> Option<Vec<Group>> {
    groups_in(draft, "")
}

/// The schemas of a draft in a folder below its own.
pub(super) fn groups_in(draft: &'static str, below: &str) -> Option<Vec<Group>> {
    let folder = shared()?.join("specs/json-schema-suite");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join("tests").join(draft).join(below))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let mut groups = Vec::new();
    for file in files {
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        for group in value(&file).as_array().unwrap() {
            let source = group.get("schema").unwrap().clone();
            let tests = group.get("tests").unwrap().as_array().unwrap();
            let instance = |test: &Value| {
                (test.get("data").unwrap().clone(), test.get("valid").unwrap().as_bool().unwrap())
            };
            groups.push(Group {
                name: format!("{draft} {stem}: {}", group.get("description").unwrap()),
                draft,
                schema: schema(&source, draft),
                source,
                instances: tests.iter().map(instance).collect(),
            });
        }
    }
    Some(groups)
}

fn value(path: &Path) -> Value {
    read::json(&std::fs::read(path).unwrap()).unwrap()
}

/// The document at an address of the suite's.
pub(super) fn remote(address: &str) -> Option<Value> {
    if let Some(path) = address.strip_prefix(REMOTES) {
        let path = shared()?.join("specs/json-schema-suite/remotes").join(path);
        return path.is_file().then(|| value(&path));
    }
    published(address)
}

/// A published meta-schema.
fn published(address: &str) -> Option<Value> {
    let schema = serde_json::json!({ "$ref": address });
    let registry = jsonschema::Registry::new().add("urn:phi", schema).ok()?.prepare().ok()?;
    let resolver = registry.resolver(jsonschema::uri::from_str(address).ok()?);
    let found = resolver.lookup(address).ok()?;
    read::json(found.contents().to_string().as_bytes()).ok()
}

fn schema(source: &Value, draft: &str) -> Schema {
    let dialect = if draft == "draft4" { Dialect::Draft4 } else { Dialect::Draft2020 };
    let mut documents = Documents::new();
    let root = documents.add("", source.clone(), None);
    while let Some(address) = documents.wanted() {
        match remote(&address) {
            Some(value) => drop(documents.add(&address, value, None)),
            None => documents.refuse(&address, "is not there"),
        }
    }
    Schema::new(Arc::new(documents), root, dialect, Direction::Neither)
}

impl Group {
    /// An operation that takes such a value as its body.
    pub(super) fn operation(&self) -> Operation {
        let content = Content {
            media_type: "application/json".to_owned(),
            kind: BodyKind::Json,
            schema: Some(self.schema.clone()),
            encoding: Vec::new(),
            examples: Vec::new(),
        };
        Operation {
            name: "POST /values".to_owned(),
            method: "POST".to_owned(),
            path: "/values".to_owned(),
            id: None,
            tags: Vec::new(),
            deprecated: false,
            servers: Vec::new(),
            parameters: Vec::new(),
            body: Some(Body { required: true, contents: vec![content] }),
            responses: Responses::default(),
            security: Vec::new(),
            produces: Vec::new(),
            rpc: None,
            place: Place::default(),
        }
    }
}
