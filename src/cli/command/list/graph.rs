//! `phi-fuzz list --graph`: what operations take from each other.

use std::fmt::Write as _;

use crate::report::words::{counted, number, shown};
use crate::spec::graph::{Edge, Graph, Resource};
use crate::spec::{Operation, Service};

/// The edges by the operation that takes, then the resources.
pub(super) fn text(service: &Service, address: &str, picks: impl Fn(&Operation) -> bool) -> String {
    let graph = service.graph();
    let mut text = format!("{} ({})\n\n", shown(&service.title), shown(address));
    let mut takers = 0;
    for (to, operation) in service.operations.iter().enumerate().filter(|(_, o)| picks(o)) {
        let edges: Vec<&Edge> = graph.producers(to).map(|(_, edge)| edge).collect();
        if edges.is_empty() {
            continue;
        }
        takers += 1;
        let _ = writeln!(text, "{}", shown(&operation.name));
        for (at, edge) in edges.iter().enumerate() {
            let same = at > 0 && edges[at - 1].place == edge.place;
            if !same {
                let _ = writeln!(text, "  {}", shown(&edge.place));
            }
            let from = service.operations.get(edge.from).map_or("", |o| &*o.name);
            let _ = writeln!(
                text,
                "    {:.2} {} {}: {}",
                edge.belief,
                shown(from),
                shown(&edge.given.to_string()),
                shown(&edge.why.to_string())
            );
        }
        text.push('\n');
    }
    if !graph.resources().is_empty() {
        text.push_str("resources\n");
        for resource in graph.resources() {
            let _ = writeln!(text, "  {}", shown(&resource_line(service, graph, resource)));
        }
        text.push('\n');
    }
    let summary = [
        counted(graph.edges().len() as u64, "edge"),
        format!("{} that take", counted(takers, "operation")),
        counted(graph.resources().len() as u64, "resource"),
    ];
    text + &summary.join(" · ")
}

/// `/users/{id}: create, read, delete; id from body/id; in /teams/{id}; 2 more operations`
fn resource_line(service: &Service, graph: &Graph, resource: &Resource) -> String {
    let create = if resource.create_is_put { "create by PUT" } else { "create" };
    let calls = [
        (create, resource.create),
        ("read", resource.read),
        ("replace", resource.replace.filter(|_| !resource.create_is_put)),
        ("update", resource.update),
        ("delete", resource.delete),
        ("list", resource.list),
    ];
    let there = |call: Option<usize>| call.is_some_and(|call| service.operations.len() > call);
    let known: Vec<String> =
        calls.iter().filter(|(_, call)| there(*call)).map(|(name, _)| (*name).to_owned()).collect();
    let mut parts = vec![known.join(", ")];
    parts.extend(resource.id.as_ref().map(|id| format!("id from {id}")));
    let parent = resource.parent.and_then(|parent| graph.resources().get(parent));
    parts.extend(parent.map(|parent| format!("in {}", parent.item)));
    if !resource.others.is_empty() {
        parts.push(format!("{} more", number(resource.others.len() as u64)));
    }
    parts.retain(|part| !part.is_empty());
    format!("{}: {}", resource.item, parts.join("; "))
}
