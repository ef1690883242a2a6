//! The one language that picks operations: on the command line, in the configuration, in reports.

use crate::spec::Operation;

/// Picks operations.
///
/// `POST /orders*` (a method and a path glob), `/orders*` (any method), `POST` (any path),
/// `tag:x`, `id:createOrder`, `shop.v1.Orders/*`. `*` stands for any text; case counts, but for
/// methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// A method, or any; and a glob over the path.
    Path {
        /// The method in upper case.
        method: Option<String>,
        /// The glob.
        path: String,
    },
    /// A glob over tags.
    Tag(String),
    /// A glob over `operationId`s.
    Id(String),
    /// A glob over the names of RPC methods.
    Rpc(String),
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// The text picks nothing by any of the forms.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_method = |word: &str| {
            !word.is_empty() && word != "*" && word.bytes().all(|b| b.is_ascii_alphabetic())
        };
        if let Some(tag) = text.strip_prefix("tag:") {
            return Ok(Self::Tag(tag.trim().to_owned()));
        }
        if let Some(id) = text.strip_prefix("id:") {
            return Ok(Self::Id(id.trim().to_owned()));
        }
        if text.starts_with('/') || text == "*" {
            return Ok(Self::Path { method: None, path: text.to_owned() });
        }
        if let Some((method, path)) = text.split_once(char::is_whitespace) {
            let (method, path) = (method.trim(), path.trim());
            if (is_method(method) || method == "*")
                && (path.starts_with('/') || path.starts_with('*'))
            {
                let method = (method != "*").then(|| method.to_ascii_uppercase());
                return Ok(Self::Path { method, path: path.to_owned() });
            }
        } else if text.contains('/') {
            return Ok(Self::Rpc(text.to_owned()));
        } else if is_method(text) && text.bytes().all(|b| b.is_ascii_uppercase()) {
            return Ok(Self::Path { method: Some(text.to_owned()), path: "*".to_owned() });
        }
        Err(format!(
            "`{text}` picks no operations; write 'POST /orders*', '/orders*', POST, tag:NAME, \
             id:NAME or package.Service/*"
        ))
    }

    /// Whether it picks the operation.
    pub fn matches(&self, operation: &Operation) -> bool {
        match self {
            Self::Path { method, path } => {
                method.as_ref().is_none_or(|method| *method == operation.method)
                    && glob(path, &operation.path)
            }
            Self::Tag(tag) => operation.tags.iter().any(|own| glob(tag, own)),
            Self::Id(id) => operation.id.as_deref().is_some_and(|own| glob(id, own)),
            Self::Rpc(name) => glob(name, &operation.name),
        }
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = pattern.contains('*').then(|| parts.next_back()).flatten() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_texts() {
        for (pattern, text, matches) in [
            ("/orders*", "/orders/{id}", true),
            ("/orders", "/orders/{id}", false),
            ("*/items", "/orders/{id}/items", true),
            ("/a*b*c", "/a1b2b3c", true),
            ("/a*b", "/ab", true),
            ("/ab*b", "/ab", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern, text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn every_form_is_read() {
        let path = |method: Option<&str>, path: &str| Filter::Path {
            method: method.map(str::to_owned),
            path: path.to_owned(),
        };
        assert_eq!(Filter::parse("post /orders*"), Ok(path(Some("POST"), "/orders*")));
        assert_eq!(Filter::parse("/orders"), Ok(path(None, "/orders")));
        assert_eq!(Filter::parse("DELETE"), Ok(path(Some("DELETE"), "*")));
        assert_eq!(Filter::parse("tag:admin"), Ok(Filter::Tag("admin".to_owned())));
        assert_eq!(
            Filter::parse("shop.v1.Orders/*"),
            Ok(Filter::Rpc("shop.v1.Orders/*".to_owned()))
        );
        assert!(Filter::parse("orders please").is_err());
    }
}
