//! Base addresses, with their variables filled in.

use super::node::Node;
use super::version::Version;

/// The base addresses that a document, a path or an operation names; may be relative.
pub(super) fn of(node: &Node<'_>, version: Version) -> Vec<String> {
    if version == Version::V2 {
        of_host(node)
    } else {
        node.items_of("servers").filter_map(|server| filled(&server)).collect()
    }
}

/// Swagger 2.0: `schemes`, `host` and `basePath`.
fn of_host(node: &Node<'_>) -> Vec<String> {
    let base = node.text("basePath").unwrap_or_default();
    let slash = if base.is_empty() || base.starts_with('/') { "" } else { "/" };
    let Some(host) = node.text("host").filter(|host| !host.is_empty()) else {
        return if base.is_empty() { Vec::new() } else { vec![format!("{slash}{base}")] };
    };
    let schemes = node.texts("schemes").filter(|schemes| !schemes.is_empty());
    let schemes = schemes.unwrap_or_else(|| vec!["https".to_owned(), "http".to_owned()]);
    let http = schemes.iter().filter(|scheme| scheme.starts_with("http"));
    http.map(|scheme| format!("{scheme}://{host}{slash}{base}")).collect()
}

/// The URL of a server: each variable by its default, else by its first allowed value. Where the host
/// has one that is declared nowhere, what is left is the path.
fn filled(server: &Node<'_>) -> Option<String> {
    let Some(template) = server.text("url") else {
        server.note("a server needs a `url`");
        return None;
    };
    let url = fill(server, template);
    let undeclared = match &url {
        Ok(url) => return Some(url.clone()),
        Err(name) => format!("the variable `{{{name}}}` of `{template}` is not declared"),
    };
    let after = template.split_once("://").map_or(template, |(_, rest)| rest);
    let path = after.find('/').and_then(|at| fill(server, &after[at..]).ok());
    let way_out = "give it a default under `variables`, or add --url URL";
    server.note(match &path {
        Some(path) => format!("{undeclared}, so that only `{path}` counts: {way_out}"),
        None => format!("{undeclared}, so that it does not count: {way_out}"),
    });
    path
}

/// A template with the server's variables filled in.
///
/// # Errors
/// The name of one that is not declared, or has no value.
fn fill<'t>(server: &Node<'_>, template: &'t str) -> Result<String, &'t str> {
    let mut url = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(after)?;
        let variable = server.get("variables").and_then(|variables| variables.get(name));
        let first = |variable: &Node<'_>| variable.texts("enum")?.into_iter().next();
        let value = variable.and_then(|variable| {
            variable.text("default").map(str::to_owned).or_else(|| first(&variable))
        });
        url.push_str(before);
        url.push_str(&value.ok_or(name)?);
        rest = after;
    }
    url.push_str(rest);
    Ok(url)
}
