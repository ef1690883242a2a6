//! The calls that handle one kind of thing: create, read, replace, update, delete, list.

use std::collections::HashMap;

use super::Given;
use super::route::{Route, Segment};
use crate::spec::{Location, Operation, StatusPattern};

/// A kind of thing and the calls that handle it. Calls are numbers of operations of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What things of this kind are told by in names: `user`; stems, as names are compared.
    pub kind: String,
    /// The path of all of them: `/users`.
    pub collection: String,
    /// The path of one of them: `/users/{id}`.
    pub item: String,
    /// The name of the parameter at the end of that path.
    pub parameter: String,
    /// Makes one.
    pub create: Option<usize>,
    /// Whether one is made by `PUT` to its own path, so that the caller names it.
    pub create_is_put: bool,
    /// Shows one.
    pub read: Option<usize>,
    /// Puts another in its place (`PUT`); also where that is what creates.
    pub replace: Option<usize>,
    /// Changes one (`PATCH`; `POST` to its path where there is no `PATCH`).
    pub update: Option<usize>,
    /// Takes one away.
    pub delete: Option<usize>,
    /// Shows all.
    pub list: Option<usize>,
    /// Whatever else is done to one: `POST /users/{id}/suspend`.
    pub others: Vec<usize>,
    /// The resource it is nested in, by its number.
    pub parent: Option<usize>,
    /// How what was created is called: a part of the answer of `create`, or what that was given.
    pub id: Option<Given>,
    /// The same for one that `list` shows.
    pub listed_id: Option<Given>,
    /// Its path, parameters alike; the number of its segments.
    pub(super) form: String,
    pub(super) depth: usize,
}

impl Resource {
    /// Whether an operation handles things of this kind, or does something else with one.
    pub fn handles(&self, operation: usize) -> bool {
        let main = [self.create, self.read, self.replace, self.update, self.delete, self.list];
        main.contains(&Some(operation)) || self.others.contains(&operation)
    }
}

/// The resource a path stands under, deepest first, and how the operation belongs to it.
#[derive(Debug)]
struct Family {
    by_form: HashMap<String, usize>,
}

/// What a call to a collection may be called that makes one.
const MAKING: [&str; 4] = ["create", "new", "add", "register"];

/// All resources; ids are not told yet.
pub(super) fn all(operations: &[Operation], routes: &[Route<'_>]) -> Vec<Resource> {
    let mut at: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, route) in routes.iter().enumerate() {
        at.entry(route.whole()).or_default().push(number);
    }
    let calls = |form: &str, method: &str| {
        let here = at.get(form).map(Vec::as_slice).unwrap_or_default();
        here.iter().copied().find(|number| operations[*number].method == method)
    };
    let mut resources: Vec<Resource> = Vec::new();
    let mut family = Family { by_form: HashMap::new() };
    for route in routes {
        for (end, parameter) in route.parameters() {
            let form = route.form(end + 1);
            if family.by_form.contains_key(form) {
                continue;
            }
            let collection = route.form(end);
            let named = end.checked_sub(1).is_some_and(|at| route.literal(at).is_some());
            let call = |method| calls(collection, method).filter(|_| named);
            let making = || {
                let making =
                    MAKING.iter().find_map(|w| calls(&format!("{collection}/{w}"), "POST"));
                making.filter(|_| named)
            };
            let replace = calls(form, "PUT");
            let posted = call("POST").or_else(making);
            let list = call("GET");
            let makes = |put: &usize| {
                posted.is_none() && creates(&operations[*put], parameter, list.is_some())
            };
            let put = replace.filter(makes);
            if !at.contains_key(form) && posted.is_none() {
                continue;
            }
            let patch = calls(form, "PATCH");
            family.by_form.insert(form.to_owned(), resources.len());
            resources.push(Resource {
                kind: route.kind(end).or_else(|| super::words::kind(parameter)).unwrap_or_default(),
                collection: route.written(end),
                item: route.written(end + 1),
                parameter: parameter.to_owned(),
                create: posted.or(put),
                create_is_put: put.is_some(),
                read: calls(form, "GET"),
                replace,
                update: patch.or_else(|| calls(form, "POST")),
                delete: calls(form, "DELETE"),
                list,
                others: Vec::new(),
                parent: None,
                id: None,
                listed_id: None,
                form: form.to_owned(),
                depth: end + 1,
            });
        }
    }
    family.relate(&mut resources, routes);
    resources
}

impl Family {
    /// The deepest resource that a path is at or under, among those of at most so many segments.
    fn over(&self, route: &Route<'_>, most: usize) -> Option<usize> {
        let lengths = (1..=most.min(route.segments.len())).rev();
        let mut parameters = lengths
            .filter(|count| matches!(route.segments.get(count - 1), Some(Segment::Parameter(_))));
        parameters.find_map(|count| self.by_form.get(route.form(count)).copied())
    }

    fn relate(&self, resources: &mut [Resource], routes: &[Route<'_>]) {
        let mut of_collections = vec![false; routes.len()];
        for resource in resources.iter() {
            let known = [resource.create, resource.list].into_iter().flatten();
            known.for_each(|number| of_collections[number] = true);
        }
        for (number, route) in routes.iter().enumerate() {
            for count in 1..=route.segments.len() {
                if let Some(&own) = self.by_form.get(route.form(count)) {
                    resources[own].parent = self.over(route, count - 1);
                }
            }
            let Some(owner) = self.over(route, route.segments.len()) else { continue };
            let resource = &mut resources[owner];
            let main = [
                resource.read,
                resource.replace,
                resource.update,
                resource.delete,
                resource.create,
            ];
            if !main.contains(&Some(number)) && !of_collections[number] {
                resource.others.push(number);
            }
        }
    }
}

/// Whether `PUT` to the path of one thing makes it: it says so, or what it is called is free text and
/// there is no list of things that came to be in another way.
fn creates(put: &Operation, parameter: &str, is_listed: bool) -> bool {
    let made =
        put.responses.by_status.iter().any(|(status, _)| *status == StatusPattern::Code(201));
    let free = || {
        let schema = put.parameter(Location::Path, parameter)?.schema.source()?;
        let is_text = schema.get("type")?.as_str()? == "string";
        (is_text && schema.get("format").is_none()).then_some(())
    };
    made || !is_listed && free().is_some()
}
