//! Paths and their operations.

use std::collections::{HashMap, HashSet};

use super::Reader;
use super::node::{Fault, Node};
use super::servers;
use super::version::Version;
use crate::schema::Location as At;
use crate::spec::{Location, Operation, Parameter, Responses, Schema, Style};
use crate::value::{Text, Value};

/// Where the operations stand, and what they are called.
#[derive(Debug, Default)]
pub(super) struct Routes<'d> {
    all: Vec<Route<'d>>,
    by_id: HashMap<String, String>,
    by_place: HashMap<At, String>,
}

/// One operation before it is read.
#[derive(Clone, Debug)]
struct Route<'d> {
    name: String,
    method: String,
    path: String,
    /// The path items it belongs to: that of the document, and those it refers to.
    items: Vec<Node<'d>>,
    node: Node<'d>,
}

impl<'d> Reader<'d> {
    /// All operations that can be used; the others become problems.
    pub(super) fn operations(&mut self, root: &Node<'d>) -> Vec<Operation> {
        self.find_routes(root);
        self.take_notes();
        let mut operations = Vec::new();
        for route in std::mem::take(&mut self.routes.all) {
            self.current = Some((route.name.clone(), route.node.at.clone()));
            let operation = self.operation(&route);
            self.take_notes();
            match operation {
                Ok(operation) => operations.push(operation),
                Err(fault) => self.lose(route.name, fault),
            }
        }
        self.current = None;
        operations
    }

    fn find_routes(&mut self, root: &Node<'d>) {
        let Some(paths) = root.get("paths") else {
            if self.version < Version::V31 {
                self.note(root.fault("there are no `paths`"));
            }
            return;
        };
        let mut seen = HashSet::new();
        for (path, item) in paths.members().filter(|(path, _)| !path.starts_with("x-")) {
            let rooted = if path.starts_with('/') { path.clone() } else { format!("/{path}") };
            if rooted != path {
                self.note(item.fault(format!("the path `{path}` does not begin with `/`")));
            }
            let mut items = vec![item.clone()];
            match item.follow() {
                Ok(target) if target.at != item.at => items.push(target),
                Ok(_) => {}
                Err(fault) => self.lose(format!("* {rooted}"), item.fault(fault.message)),
            }
            for item in &items {
                for (method, node) in methods(item, self.version) {
                    let name = format!("{method} {rooted}");
                    let path = rooted.clone();
                    self.routes.by_place.insert(node.at.clone(), name.clone());
                    if let Some(id) = node.text("operationId") {
                        self.routes.by_id.entry(id.to_owned()).or_insert_with(|| name.clone());
                    }
                    if seen.insert(name.clone()) {
                        let items = items.clone();
                        self.routes.all.push(Route { name, method, path, items, node });
                    }
                }
            }
        }
        for earlier in paths.overridden() {
            let path = earlier.at.pointer.tokens().last().map(Text::lossy).unwrap_or_default();
            for (method, node) in methods(&earlier, self.version) {
                let name = format!("{method} {path}");
                if !seen.contains(&name) {
                    let message = format!("a later `{path}` takes its place; put both into one");
                    self.lose(name, node.fault(message));
                }
            }
        }
    }

    fn operation(&mut self, route: &Route<'d>) -> Result<Operation, Fault> {
        let node = &route.node;
        if node.value.as_object().is_none() {
            return Err(node.fault("an operation should be an object"));
        }
        let mut id = node.text("operationId").map(str::to_owned);
        if let Some(text) = &id
            && self.routes.by_id.get(text) != Some(&route.name)
        {
            let first = self.routes.by_id.get(text).cloned().unwrap_or_default();
            self.note(node.fault(format!("the operationId `{text}` is that of {first} already")));
            id = None;
        }
        let levels: Vec<&Node<'d>> =
            route.items.iter().rev().chain(std::iter::once(node)).collect();
        let (parameters, body) = if self.version == Version::V2 {
            let (parameters, form, body) = self.swagger_parameters(&levels)?;
            (parameters, self.swagger_body(node, &form, body)?)
        } else {
            (self.parameters(&levels)?, self.body(node)?)
        };
        let parameters = self.fit_to_path(route, parameters);
        let responses = self.responses(node);
        let produces = self.produces(node, &responses);
        let servers = [node].into_iter().chain(&route.items).map(|level| {
            if self.version == Version::V2 { Vec::new() } else { servers::of(level, self.version) }
        });
        Ok(Operation {
            name: route.name.clone(),
            method: route.method.clone(),
            path: route.path.clone(),
            id,
            tags: node.texts("tags").unwrap_or_default(),
            deprecated: node.flag("deprecated"),
            servers: servers.into_iter().find(|servers| !servers.is_empty()).unwrap_or_default(),
            parameters,
            body,
            responses,
            security: self.security(node),
            produces,
            place: node.place(),
            rpc: None,
        })
    }

    /// Path parameters as the template has them: one that is not declared is text, one that the
    /// template has no place for is left out.
    fn fit_to_path(&mut self, route: &Route<'d>, mut parameters: Vec<Parameter>) -> Vec<Parameter> {
        let variables = variables(&route.path);
        parameters.retain(|parameter| {
            let stray =
                parameter.location == Location::Path && !variables.contains(&&*parameter.name);
            if stray {
                let message = format!("`{{{}}}` does not stand in the path", parameter.name);
                self.note(route.node.fault(message));
            }
            !stray
        });
        for name in variables {
            if parameters.iter().any(|p| p.location == Location::Path && p.name == name) {
                continue;
            }
            let message = format!("`{{{name}}}` is not declared; it is taken as text");
            self.note(route.node.fault(message));
            parameters.push(Parameter {
                name: name.to_owned(),
                location: Location::Path,
                required: true,
                style: Style::Simple,
                explode: false,
                allow_reserved: false,
                allow_empty: false,
                content: None,
                schema: Schema::of(Value::object([
                    ("type", Value::text("string")),
                    ("minLength", Value::int(1)),
                ])),
                examples: Vec::new(),
            });
        }
        parameters
    }

    /// The name of the operation that a link leads to.
    pub(super) fn linked(&self, link: &Node<'d>) -> Result<String, Fault> {
        if let Some(id) = link.text("operationId") {
            return self.routes.by_id.get(id).cloned().ok_or_else(|| {
                link.fault(format!("links to the operationId `{id}`, which no operation has"))
            });
        }
        let Some(reference) = link.text("operationRef") else {
            return Err(link.fault("has neither `operationId` nor `operationRef`"));
        };
        let dialect = crate::schema::Dialect::OpenApi30;
        let at = self
            .documents
            .resolve(&link.at, reference, dialect)
            .map_err(|error| link.fault(error.to_string()))?;
        self.routes
            .by_place
            .get(&at)
            .cloned()
            .ok_or_else(|| link.fault(format!("`{reference}` is no operation of this document")))
    }

    fn produces(&self, node: &Node<'d>, responses: &Responses) -> Vec<String> {
        if self.version == Version::V2 {
            return self.swagger_types(node, "produces");
        }
        let mut types: Vec<String> = Vec::new();
        for (_, response) in &responses.by_status {
            for content in &response.contents {
                if !types.contains(&content.media_type) {
                    types.push(content.media_type.clone());
                }
            }
        }
        types
    }
}

/// The operations of a path item, by method in upper case.
fn methods<'d>(
    item: &Node<'d>,
    version: Version,
) -> impl Iterator<Item = (String, Node<'d>)> + use<'d> {
    let known = item.members().filter(move |(key, _)| match &**key {
        "get" | "put" | "post" | "delete" | "options" | "head" | "patch" => true,
        "trace" => version > Version::V2,
        "query" => version == Version::V32,
        _ => false,
    });
    let known = known.map(|(method, node)| (method.to_ascii_uppercase(), node));
    let more = (version == Version::V32).then(|| item.members_of("additionalOperations"));
    known.chain(more.into_iter().flatten())
}

/// The names between braces in a path template, each once.
fn variables(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !names.contains(&name) {
            names.push(name);
        }
        rest = after;
    }
    names
}
