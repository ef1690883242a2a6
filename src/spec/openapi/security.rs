//! Security schemes, and which of them an operation asks for.

use super::Reader;
use super::node::Node;
use super::version::Version;
use crate::spec::{ApiKeyPlace, Scheme, SchemeKind};

impl<'d> Reader<'d> {
    /// The schemes of a document.
    pub(super) fn schemes(&mut self, root: &Node<'d>) -> Vec<Scheme> {
        let holder = if self.version == Version::V2 {
            root.get("securityDefinitions")
        } else {
            root.get("components").and_then(|components| components.get("securitySchemes"))
        };
        let mut schemes = Vec::new();
        for (name, node) in holder.into_iter().flat_map(|holder| holder.members()) {
            match node.follow().map(|node| kind(&node)) {
                Ok(Some(kind)) => {
                    self.schemes.insert(name.clone());
                    schemes.push(Scheme { name, kind });
                }
                Ok(None) => self.note(node.fault(format!(
                    "the security scheme `{name}` has no known `type` with what belongs to it"
                ))),
                Err(fault) => self.note(fault),
            }
        }
        schemes
    }

    /// The ways to be allowed that `operation` names, else those of the whole document.
    pub(super) fn security(&mut self, operation: &Node<'d>) -> Vec<Vec<String>> {
        let own = operation.value.get("security").is_some();
        let node = if own { operation.clone() } else { self.root.clone() };
        let mut ways: Vec<Vec<String>> = Vec::new();
        for requirement in node.items_of("security") {
            let names: Vec<String> = requirement.members().map(|(name, _)| name).collect();
            if requirement.value.as_object().is_none() {
                continue;
            }
            if let Some(unknown) = names.iter().find(|name| !self.schemes.contains(*name)) {
                self.note(requirement.fault(format!(
                    "asks for the security scheme `{unknown}`, which is not defined"
                )));
            }
            if !ways.contains(&names) {
                ways.push(names);
            }
        }
        ways
    }
}

fn kind(scheme: &Node<'_>) -> Option<SchemeKind> {
    Some(match scheme.text("type")? {
        "basic" => SchemeKind::Basic,
        "oauth2" | "openIdConnect" => SchemeKind::Bearer,
        "mutualTLS" => SchemeKind::MutualTls,
        "apiKey" => SchemeKind::ApiKey {
            place: match scheme.text("in")? {
                "query" => ApiKeyPlace::Query,
                "header" => ApiKeyPlace::Header,
                "cookie" => ApiKeyPlace::Cookie,
                _ => return None,
            },
            name: scheme.text("name")?.to_owned(),
        },
        "http" => match scheme.text("scheme")?.to_ascii_lowercase().as_str() {
            "basic" => SchemeKind::Basic,
            "bearer" => SchemeKind::Bearer,
            other => SchemeKind::Other(other.to_owned()),
        },
        _ => return None,
    })
}
